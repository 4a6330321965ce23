"""What the studio runs on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from ell2a.studio import inspector
from ell2a.studio.pages.settings import settings_page
from ell2a.studio.rendering import render
from ell2a.studio.state import StudioDep

router = APIRouter(include_in_schema=False)


@router.get("/settings")
def settings(request: Request, studio: StudioDep) -> Response:
    return render(request, studio, settings_page(studio.log.info(), inspector.provider_list()))
