"""Which requests are the same to the wire though their JSON differs. Each entry says why; there is no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.providers.equivalence import Equivalence, rewritten
from ell2a.providers.openai_responses.part_reading import AUTO
from ell2a.providers.openai_responses.request_reading import OWN_FIELDS


def canonical(native: dict[str, Any]) -> dict[str, Any]:
    """The one request that stands for all that are equivalent to it. Idempotent; the given one is not changed."""
    return rewritten(native, EQUIVALENCES)


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
    if kept.get("type") in ("input_image", "computer_screenshot") and kept.get("detail") == AUTO:
        del kept["detail"]
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
        "null, empty and auto say nothing",
        "null in an item, a function or a format is the same as its absence; so are no tools, no stream, lists of no"
        " annotations, log probabilities, results or thoughts, and an image's `detail` of `auto`, its default",
        _nulls,
    ),
)

UNTOLD: dict[str, str] = {
    "`redacted` thinking": "the wire has one field for reasoning that it encrypted: it comes back as a `signature`",
    "`parsed` blocks": "they come back as text",
    "a result without content": "the wire wants words: it comes back with empty ones",
    "results and words in one message of the user": "they come back as messages of their own",
    "messages of the assistant that follow each other": "they come back as one, as a turn is",
    "`detail: auto` of an image": "it is the wire's default: it comes back unsaid",
    "`is_error` of a result": "the wire has no flag for it, but for patches",
    "`title` of an image, `context` of a document": "the wire has no place for them",
    "media type of a URL or a file id": "the wire finds it out itself",
    "`data:` URLs": "they come back as bytes",
    "citations outside of the assistant's words": "the wire has no place for them",
    "extras of another wire": "they mean nothing here",
    "schemas of strict agents and formats that are open": "they come back as strict mode takes them",
}
"""What a call may say in two ways that the wire cannot tell apart -> what comes back. A call without any of these
is in the wire's normal form: it goes there and comes back the same."""
