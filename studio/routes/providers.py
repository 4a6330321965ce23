"""The providers: the matrix, one of them, several side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from ell2a import providers as known
from ell2a import refreshing
from ell2a.providers import learned
from ell2a.studio import inspector
from ell2a.studio.pages.compare_providers import compare_providers_page
from ell2a.studio.pages.provider import provider_page
from ell2a.studio.pages.providers import provider_url, providers_page
from ell2a.studio.rendering import render
from ell2a.studio.state import StudioDep

SNAPSHOTS_SHOWN = 5

router = APIRouter(prefix="/providers", include_in_schema=False)


@router.get("")
def matrix(request: Request, studio: StudioDep, need: Annotated[list[str] | None, Query()] = None) -> Response:
    return render(request, studio, providers_page(inspector.provider_list(), need or []))


@router.get("/compare")
def compare(
    request: Request,
    studio: StudioDep,
    name: Annotated[list[str] | None, Query()] = None,
    model: str = "",
    only: str = "",
) -> Response:
    names = list(dict.fromkeys(n.strip() for n in name or [] if n.strip()))
    told, fault = None, None
    if names:
        try:
            told = inspector.compare(names, model.strip() or None)
        except ValueError as error:
            fault = f"{error}."
    page = compare_providers_page(
        told, names=names, known=known.names(), model=model.strip(), only_differences=only == "differences", fault=fault
    )
    return render(request, studio, page)


@router.get("/{name}")
def one(
    request: Request,
    studio: StudioDep,
    name: str,
    model: str | None = None,
    wire: str | None = None,
    params: str = "all",
    models: str = "",
) -> Response:
    # Other processes write to the log too.
    learned.forget()
    told = inspector.provider_detail(name, model or None, wire or None)
    snapshots = inspector.snapshots(studio.log, name, limit=SNAPSHOTS_SHOWN)
    return render(request, studio, provider_page(told, params, every_model=models == "all", snapshots=snapshots))


@router.post("/{name}/refresh")
def refresh(studio: StudioDep, name: str, wire: str | None = None) -> Response:
    refreshing.refresh(name, wire=wire, log=studio.log)
    return RedirectResponse(f"{provider_url(name, wire=wire)}#learned", status_code=303)
