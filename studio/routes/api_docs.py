"""The API's own page. The usual ones load scripts from elsewhere, which our CSP does not allow."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from ell2a.studio.pages.api import api_page
from ell2a.studio.rendering import render
from ell2a.studio.state import StudioDep

router = APIRouter(include_in_schema=False)


@router.get("/api")
def api(request: Request, studio: StudioDep) -> Response:
    return render(request, studio, api_page(request.app.openapi(), request.app.openapi_url))
