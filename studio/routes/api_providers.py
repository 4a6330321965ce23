"""The JSON twins of the providers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ell2a import refreshing
from ell2a.providers import learned
from ell2a.studio import inspector
from ell2a.studio.json_answer import json_answer
from ell2a.studio.routes.api_calls import PROBLEMS
from ell2a.studio.state import StudioDep

router = APIRouter(prefix="/api/providers", tags=["providers"], responses=PROBLEMS)


class ProviderTold(BaseModel):
    """One provider. Whether its key is there is told; the key never is."""

    name: str
    title: str
    docs: str | None
    wires: list[dict[str, Any]]
    wire: str | None
    base_url: str | None
    key: dict[str, Any]
    any_model: bool
    quirks: dict[str, Any]
    sources: list[dict[str, Any]]
    models: list[str]
    sdk: dict[str, Any] | None
    capabilities: dict[str, dict[str, Any]]
    fault: str | None


class ProviderWhole(ProviderTold):
    """One provider with its params, on one wire, for any model or for one."""

    model: str | None
    model_facts: list[dict[str, Any]]
    params: list[dict[str, Any]]
    params_source: dict[str, Any] | None
    params_fault: str | None
    listed: dict[str, Any] | None
    observations: list[dict[str, Any]]


class Comparison(BaseModel):
    """Providers side by side; the cells of a row stand in the order of `providers`."""

    providers: list[dict[str, Any]]
    capabilities: list[dict[str, Any]]
    params: list[dict[str, Any]]


class SnapshotTold(BaseModel):
    """A dated listing of a provider's models, and what it changed against the one before; null: it is the first."""

    provider: str
    number: int
    taken_at: str
    checked_at: str
    endpoint: str
    listing: str
    models: int
    previous: int | None
    added: list[str]
    gone: list[str]
    changed: list[dict[str, Any]]


class Refreshed(SnapshotTold):
    """The newest snapshot; where nothing changed it is the one that was there."""

    is_new: bool


@router.get("", response_model=list[ProviderTold])
def providers(studio: StudioDep) -> Response:
    """Every provider, without its params: no SDK is loaded."""
    del studio
    # Other processes write to the log too.
    learned.forget()
    return json_answer(inspector.provider_list())


@router.get("/compare", response_model=Comparison)
def compare(
    studio: StudioDep,
    name: Annotated[list[str] | None, Query(description="Two to six providers, or `provider/model`.")] = None,
    model: str | None = None,
) -> Response:
    """Two to six providers side by side."""
    del studio
    try:
        return json_answer(inspector.compare(list(dict.fromkeys(name or [])), model))
    except ValueError as error:
        raise HTTPException(422, f"{error}.") from error


@router.post("/{name}/refresh", response_model=Refreshed)
def refresh(studio: StudioDep, name: str, wire: str | None = None) -> Response:
    """Ask the provider's own models endpoint, and keep what it lists as a dated snapshot. Needs its key."""
    return json_answer(refreshing.refresh(name, wire=wire, log=studio.log).as_json())


@router.get("/{name}/snapshots", response_model=list[SnapshotTold])
def snapshots(
    studio: StudioDep, name: str, limit: Annotated[int, Query(ge=1, le=200, description="The newest so many.")] = 20
) -> Response:
    """The snapshots of a provider's models, the newest first, each with its difference to the one before."""
    return json_answer(inspector.snapshots(studio.log, name, limit))


@router.get("/{name}", response_model=ProviderWhole)
def provider(studio: StudioDep, name: str, model: str | None = None, wire: str | None = None) -> Response:
    """One provider with its params. Loads its SDK."""
    del studio
    learned.forget()
    return json_answer(inspector.provider_detail(name, model, wire))
