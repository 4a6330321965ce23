"""The JSON API for people: every address with its words, from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method."""

    method: str
    path: str
    words: str
    params: Sequence[tuple[str, str]]
    body: str | None


@dataclass(frozen=True, slots=True)
class ApiPage:
    """What the API has."""

    template: ClassVar[str] = "api.html"
    section: ClassVar[str | None] = None

    operations: Sequence[Operation]
    openapi_url: str

    @property
    def title(self) -> str:
        return "JSON API"


def api_page(document: Mapping[str, Any], openapi_url: str) -> ApiPage:
    """The page of an OpenAPI document."""
    found = [
        Operation(
            method=method.upper(),
            path=path,
            words=str(told.get("description") or ""),
            params=[
                (p["name"], str(p.get("description") or "")) for p in told.get("parameters", ()) if p["in"] == "query"
            ],
            body=_body(told),
        )
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]
    return ApiPage(found, openapi_url)


def _body(told: Mapping[str, Any]) -> str | None:
    if "requestBody" not in told:
        return None
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    return str(schema.get("$ref", "")).rpartition("/")[2] or None
