"""Which requests are the same to the wire though their JSON differs. Each entry says why; there is no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.providers.equivalence import Equivalence, rewritten

OWN_FIELDS = ("tools", "tool_choice", "functions", "function_call", "response_format", "stream_options", "stream")
"""The params that become fields of a call, and no `api_params`."""


def canonical(native: dict[str, Any]) -> dict[str, Any]:
    """The one request that stands for all that are equivalent to it. Idempotent; the given one is not changed."""
    return rewritten(native, EQUIVALENCES)


def _messages(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    given = request.get("messages")
    yield from (m for m in (given if isinstance(given, list) else ()) if isinstance(m, dict))


def _entries(holder: dict[str, Any], field: str) -> Iterator[dict[str, Any]]:
    given = holder.get(field)
    yield from (e for e in (given if isinstance(given, list) else ()) if isinstance(e, dict))


def _nulls(request: dict[str, Any]) -> None:
    for field in OWN_FIELDS:
        if field in request and request[field] is None:
            del request[field]
    if isinstance(request.get("messages"), list):
        request["messages"] = _without_nulls(request["messages"])
    wanted = request.get("response_format")
    # A schema may well hold a null that says something: only the fields around it are looked at.
    holders = [*_entries(request, "tools"), *_entries(request, "functions")]
    for holder in [*holders, wanted] if isinstance(wanted, dict) else holders:
        for key, value in list(holder.items()):
            if value is None:
                del holder[key]
            elif isinstance(value, dict):
                holder[key] = {k: v for k, v in value.items() if v is not None}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _defaults(request: dict[str, Any]) -> None:
    if request.get("stream") is False:
        del request["stream"]


def _empty_lists(request: dict[str, Any]) -> None:
    for field in ("tools", "functions"):
        if request.get(field) == []:
            del request[field]
    for message in _messages(request):
        for field in ("tool_calls", "annotations", "images"):
            if message.get(field) == []:
                del message[field]


def _types(request: dict[str, Any]) -> None:
    for message in _messages(request):
        for call in _entries(message, "tool_calls"):
            if "function" in call:
                call.setdefault("type", "function")
            call.pop("index", None)
    for tool in _entries(request, "tools"):
        if "function" in tool:
            tool.setdefault("type", "function")
    if isinstance(request.get("tool_choice"), dict) and "function" in request["tool_choice"]:
        request["tool_choice"].setdefault("type", "function")


EQUIVALENCES: tuple[Equivalence, ...] = (
    Equivalence("null is absent", "a field of a message, a part or a tool that is null says nothing", _nulls),
    Equivalence("stream: false is absent", "it is the wire's default", _defaults),
    Equivalence(
        "an empty list is absent",
        "no tools, no calls, no images and no annotations offer and say nothing",
        _empty_lists,
    ),
    Equivalence(
        "type: function is the default", "services take tools, calls and choices without it; `index` counts", _types
    ),
)
