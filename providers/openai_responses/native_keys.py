"""What may stand in `native` on this wire, and why none of it has a universal field."""

from __future__ import annotations

from collections.abc import Mapping

WIRE = "openai-responses"

NATIVE_KEYS: Mapping[str, str] = {}
