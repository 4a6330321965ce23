"""Usage, native -> universal."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Usage
from ell2a.providers.anthropic_messages.response_leaves import OF_USAGE

_COUNTED = frozenset(
    {
        "input_tokens",
        "output_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "output_tokens_details",
        "server_tool_use",
    }
)
"""What has a place in Usage."""

_KNOWN = _COUNTED | OF_USAGE.keys()


def read_usage(raw: Any) -> tuple[Usage | None, dict[str, Any], list[str]]:
    """The usage, the named facts beside it, and its faults.

    The wire counts input without what was read from or written to the cache; here it is included.
    """
    if raw is None:
        return None, {}, []
    if not isinstance(raw, dict):
        return None, {"usage_extra": raw}, [f"`usage` is {type(raw).__name__}, not an object"]
    faults: list[str] = []
    fresh = _count(raw, "input_tokens", faults)
    read = _count(raw, "cache_read_input_tokens", faults)
    written = _count(raw, "cache_creation_input_tokens", faults)
    details, unknown_details = _details(raw.get("output_tokens_details"), faults)
    calls, unknown_calls = _server_calls(raw.get("server_tool_use"), faults)
    usage = Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        output_tokens=_count(raw, "output_tokens", faults),
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=details,
        server_agent_calls=calls,
        raw=raw,
    )
    named = {key: value for key, value in raw.items() if key in OF_USAGE and value is not None}
    extra = {key: value for key, value in raw.items() if key not in _KNOWN and value is not None}
    extra.update(unknown_details)
    extra.update(unknown_calls)
    return usage, {**named, **({"usage_extra": extra} if extra else {})}, faults


def _count(raw: dict[str, Any], key: str, faults: list[str]) -> int | None:
    value = raw.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    faults.append(f"`usage.{key}` is {value!r}, not a count")
    return None


def _details(raw: Any, faults: list[str]) -> tuple[int | None, dict[str, Any]]:
    if raw is None:
        return None, {}
    if not isinstance(raw, dict):
        return None, {"output_tokens_details": raw}
    rest = {key: value for key, value in raw.items() if key != "thinking_tokens"}
    return _count(raw, "thinking_tokens", faults), {"output_tokens_details": rest} if rest else {}


def _server_calls(raw: Any, faults: list[str]) -> tuple[dict[str, int], dict[str, Any]]:
    if raw is None:
        return {}, {}
    if not isinstance(raw, dict):
        return {}, {"server_tool_use": raw}
    counts = {name: _count(raw, name, faults) for name in raw}
    return {name: count for name, count in counts.items() if count is not None}, {}
