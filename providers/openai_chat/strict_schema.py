"""JSON schemas as strict mode takes them: every object closed, with all its properties required."""

from __future__ import annotations

from typing import Any

_NAMED = ("properties", "$defs", "definitions")
"""Keywords that hold schemas by name."""
_LISTED = ("anyOf", "allOf", "prefixItems")
"""Keywords that hold a list of schemas."""
_SINGLE = ("items", "not")
"""Keywords that hold one schema."""


def strict_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema fitted to strict mode; the same where it fits already. Idempotent.

    Source: https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas": `additionalProperties`
    must be false and every property required; defaults of null, which pydantic writes for optional fields, and
    keywords beside `$ref` are refused.
    """
    fitted = {key: _inner(key, value) for key, value in schema.items()}
    if fitted.get("default", ...) is None:
        del fitted["default"]
    if "$ref" in fitted:
        return {"$ref": fitted["$ref"], **{k: fitted[k] for k in ("$defs", "definitions") if k in fitted}}
    if fitted.get("type") == "object":
        fitted.setdefault("additionalProperties", False)
        if isinstance(fitted.get("properties"), dict):
            fitted["required"] = _all_of(fitted["properties"], fitted.get("required"))
    return fitted


def _all_of(properties: dict[str, Any], required: Any) -> list[str]:
    """Every name, in the order given where that is whole already."""
    if isinstance(required, list) and set(map(str, required)) == set(properties):
        return required
    return list(properties)


def _inner(key: str, value: Any) -> Any:
    if key in _NAMED and isinstance(value, dict):
        return {name: _fit(inner) for name, inner in value.items()}
    if key in _LISTED and isinstance(value, list):
        return [_fit(inner) for inner in value]
    return _fit(value) if key in _SINGLE else value


def _fit(value: Any) -> Any:
    return strict_schema(value) if isinstance(value, dict) else value
