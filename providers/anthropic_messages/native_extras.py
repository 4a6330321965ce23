"""The wire's own extras of a block, message or agent: out of the wire's JSON, and back into it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ell2a.providers.anthropic_messages.tables import CARRIED_KEYS, EXTRA


def extras_of(raw: Mapping[str, Any], universal: AbstractSet[str], **marks: Any) -> dict[str, Any] | None:
    """What `native` holds of a piece of the wire's JSON: all but its universal keys, and what marks it besides."""
    if not marks and raw.keys() <= universal:
        return None
    native: dict[str, Any] = dict(marks)
    unknown: dict[str, Any] = {}
    for key, value in raw.items():
        if key in CARRIED_KEYS:
            native[key] = value
        elif key not in universal:
            unknown[key] = value
    if unknown:
        native[EXTRA] = unknown
    return native or None


def put_extras(body: dict[str, Any], native: Mapping[str, Any] | None) -> dict[str, Any]:
    """Put the extras that are this wire's into a piece of its JSON; gives that piece."""
    for key, value in (native or {}).items():
        if key in CARRIED_KEYS:
            body[key] = value
        elif key == EXTRA and isinstance(value, dict):
            for name, unknown in value.items():
                body.setdefault(name, unknown)
    return body
