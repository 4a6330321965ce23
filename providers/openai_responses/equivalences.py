"""Which requests are the same to the wire though their JSON differs. Each entry says why; there is no other."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ell2a.providers.openai_responses.request_reading import OWN_FIELDS


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two spellings of one request: `rewrite` turns the one into the other, in place."""

    name: str
    reason: str
    rewrite: Callable[[dict[str, Any]], None]


def canonical(native: dict[str, Any]) -> dict[str, Any]:
    """The one request that stands for all that are equivalent to it. Idempotent; the given one is not changed."""
    request = copy.deepcopy(native)
    for equivalence in EQUIVALENCES:
        equivalence.rewrite(request)
    return request


def _items(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    given = request.get("input")
    yield from (item for item in (given if isinstance(given, list) else ()) if isinstance(item, dict))


def _words(request: dict[str, Any]) -> None:
    given = request.get("input")
    if isinstance(given, str):
        request["input"] = [{"role": "user", "content": given}]
    elif given is None:
        request["input"] = []
    for item in _items(request):
        if isinstance(item.get("content"), str):
            kind = "output_text" if item.get("role") == "assistant" else "input_text"
            item["content"] = [{"type": kind, "text": item["content"]}]
        if item.get("type") in ("function_call_output", "custom_tool_call_output") and isinstance(
            item.get("output"), str
        ):
            item["output"] = [{"type": "input_text", "text": item["output"]}]


def _types(request: dict[str, Any]) -> None:
    for item in _items(request):
        if item.get("type") is None and "role" in item:
            item["type"] = "message"


def _nulls(request: dict[str, Any]) -> None:
    for field in (*OWN_FIELDS, "model"):
        if field in request and (request[field] is None or request[field] in ([], False)):
            del request[field]
    if isinstance(request.get("input"), list):
        request["input"] = [_without_nulls(item) for item in request["input"]]
    tools = request.get("tools")
    if isinstance(tools, list):
        request["tools"] = [_one_without_nulls(t) if _is_function(t) else t for t in tools]
    text = request.get("text")
    if isinstance(text, dict) and isinstance(text.get("format"), dict):
        text["format"] = _one_without_nulls(text["format"])


def _is_function(tool: Any) -> bool:
    return isinstance(tool, dict) and tool.get("type") == "function"


def _one_without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if inner is not None}


_EMPTY = ("annotations", "logprobs", "outputs", "results")
"""Lists of an item or part that say nothing where they are empty; so does the `content` of reasoning."""


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kept = {k: _without_nulls(v) for k, v in value.items() if v is not None and not (k in _EMPTY and v == [])}
    if kept.get("type") == "reasoning":
        kept = {k: v for k, v in kept.items() if not (k in ("content", "summary") and v == [])}
    return kept


EQUIVALENCES: tuple[Equivalence, ...] = (
    Equivalence(
        "words as a part",
        "a string is shorthand: of an input for one message of the user, of a content or output for one part of text"
        " (openai 3.54.0, `types.responses.response_create_params` and `response_input_item_param`)",
        _words,
    ),
    Equivalence(
        "a message is a message",
        "an item with a role is one without saying so (openai 3.54.0, `types.responses.easy_input_message_param`)",
        _types,
    ),
    Equivalence(
        "null and empty say nothing",
        "null in an item, a function or a format is the same as its absence; so are no tools, no stream, and lists of"
        " no annotations, log probabilities, results or thoughts",
        _nulls,
    ),
)
