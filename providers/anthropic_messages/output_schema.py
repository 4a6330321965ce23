"""JSON schemas as the wire takes them where it holds a model to one."""

from __future__ import annotations

from typing import Any

_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
"""Source: anthropic 2.12, `lib._parse._transform`."""

_UNTAKEN = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
)
"""Keywords that the wire refuses. Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs"""

_NAMED_SCHEMAS = ("properties", "$defs", "definitions")
_LISTED_SCHEMAS = ("anyOf", "allOf", "prefixItems")


def taken(schema: Any) -> Any:
    """A schema that the wire takes, as near to the given one as there is.

    Objects are closed, `oneOf` is `anyOf`, and the keywords that the wire has not stand in the
    description, for the model to read; the answer is held against the given schema all the same.
    """
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for key, value in schema.items():
        if _is_taken(key, value):
            out["anyOf" if key == "oneOf" else key] = _inner(key, value)
        else:
            told[key] = value
    if schema.get("type") == "object" or "properties" in schema:
        out["additionalProperties"] = False
        told.pop("additionalProperties", None)
    if told:
        words = ", ".join(f"{key}: {value}" for key, value in told.items())
        said = schema.get("description")
        out["description"] = f"{said} ({words})" if said else f"({words})"
    return out


def _is_taken(key: str, value: Any) -> bool:
    if key == "format":
        return value in _FORMATS
    if key == "minItems":
        return value in (0, 1)
    if key == "additionalProperties":
        return value is False
    return key not in _UNTAKEN


def _inner(key: str, value: Any) -> Any:
    if key in _NAMED_SCHEMAS and isinstance(value, dict):
        return {name: taken(schema) for name, schema in value.items()}
    if key in (*_LISTED_SCHEMAS, "oneOf") and isinstance(value, list):
        return [taken(schema) for schema in value]
    return taken(value) if key == "items" else value
