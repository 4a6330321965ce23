"""The JSON twins of the providers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

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


class Comparison(BaseModel):
    """Providers side by side; the cells of a row stand in the order of `providers`."""

    providers: list[dict[str, Any]]
    capabilities: list[dict[str, Any]]
    params: list[dict[str, Any]]


@router.get("", response_model=list[ProviderTold])
def providers(studio: StudioDep) -> Response:
    """Every provider, without its params: no SDK is loaded."""
    del studio
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


@router.get("/{name}", response_model=ProviderWhole)
def provider(studio: StudioDep, name: str, model: str | None = None, wire: str | None = None) -> Response:
    """One provider with its params. Loads its SDK."""
    del studio
    return json_answer(inspector.provider_detail(name, model, wire))
