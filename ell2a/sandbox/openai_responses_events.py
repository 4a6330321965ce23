"""The events of a streamed answer of the wire openai-responses, in the service's own order.

Source of the events and of what each holds: openai 3.54.0, `types.responses.response_stream_event`, and recorded streams.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from ell2a.sandbox import tokens
from ell2a.sandbox.wire import Event

_Told = tuple[str, dict[str, Any]]
"""Type of an event, and its fields."""

_STEPS: dict[str, tuple[str, ...]] = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
}
"""What is told of an agent of the service while it works."""
_OBFUSCATION = 16


def events(response: dict[str, Any], *, obfuscated: bool) -> Iterator[Event]:
    """The events that an answer comes in, numbered from 0."""
    for number, (kind, fields) in enumerate(_all(response)):
        data: dict[str, Any] = {"type": kind, "sequence_number": number, **fields}
        is_piece = kind.endswith(".delta")
        if is_piece and obfuscated:
            data["obfuscation"] = secrets.token_urlsafe(_OBFUSCATION)[: 1 + number % _OBFUSCATION]
        yield Event(data, name=kind, is_piece=is_piece)


def _all(response: dict[str, Any]) -> Iterator[_Told]:
    begun = {**response, "status": "in_progress", "output": [], "usage": None}
    begun |= {"completed_at": None, "incomplete_details": None}
    yield "response.created", {"response": begun}
    yield "response.in_progress", {"response": begun}
    for index, item in enumerate(response["output"]):
        yield "response.output_item.added", {"output_index": index, "item": _empty(item)}
        where = {"item_id": item["id"], "output_index": index}
        yield from _FILLED.get(item["type"], _of_server_agent)(item, where)
        yield "response.output_item.done", {"output_index": index, "item": item}
    yield f"response.{response['status']}", {"response": response}


def _empty(item: dict[str, Any]) -> dict[str, Any]:
    """An item as it stands when it begins."""
    blank: dict[str, Any] = {"status": "in_progress"}
    blank |= {key: [] for key in ("content", "summary") if key in item}
    blank |= {key: "" for key in ("arguments", "code") if key in item}
    blank |= {key: None for key in ("result", "results", "outputs") if key in item}
    if item["type"] == "reasoning":
        del blank["status"]
    return {**item, **blank}


def _reasoning(item: dict[str, Any], where: dict[str, Any]) -> Iterator[_Told]:
    for index, part in enumerate(item["summary"]):
        here = {**where, "summary_index": index}
        yield "response.reasoning_summary_part.added", {**here, "part": {**part, "text": ""}}
        yield from _pieces("response.reasoning_summary_text", here, part["text"], "text")
        yield "response.reasoning_summary_part.done", {**here, "part": part}


def _message(item: dict[str, Any], where: dict[str, Any]) -> Iterator[_Told]:
    for index, part in enumerate(item["content"]):
        here = {**where, "content_index": index}
        if part["type"] == "refusal":
            yield "response.content_part.added", {**here, "part": {**part, "refusal": ""}}
            yield from _pieces("response.refusal", here, part["refusal"], "refusal")
        else:
            yield "response.content_part.added", {**here, "part": {**part, "text": "", "annotations": []}}
            for kind, fields in _pieces("response.output_text", here, part["text"], "text"):
                if kind.endswith(".done"):
                    yield from _annotations(part, here)
                yield kind, {**fields, "logprobs": []}
        yield "response.content_part.done", {**here, "part": part}


def _annotations(part: dict[str, Any], here: dict[str, Any]) -> Iterator[_Told]:
    for index, annotation in enumerate(part["annotations"]):
        yield (
            "response.output_text.annotation.added",
            {**here, "annotation_index": index, "annotation": annotation},
        )


def _function_call(item: dict[str, Any], where: dict[str, Any]) -> Iterator[_Told]:
    for kind, fields in _pieces("response.function_call_arguments", where, item["arguments"], "arguments"):
        yield kind, {**fields, "name": item["name"]} if kind.endswith(".done") else fields


def _code(item: dict[str, Any], where: dict[str, Any]) -> Iterator[_Told]:
    yield "response.code_interpreter_call.in_progress", where
    yield from _pieces("response.code_interpreter_call_code", where, item["code"], "code")
    yield "response.code_interpreter_call.interpreting", where
    yield "response.code_interpreter_call.completed", where


def _of_server_agent(item: dict[str, Any], where: dict[str, Any]) -> Iterator[_Told]:
    for step in _STEPS[item["type"]]:
        yield f"response.{item['type']}.{step}", where


def _pieces(kind: str, where: dict[str, Any], text: str, field: str) -> Iterator[_Told]:
    for piece in tokens.pieces(text):
        yield f"{kind}.delta", {**where, "delta": piece}
    yield f"{kind}.done", {**where, field: text}


_FILLED: dict[str, Callable[[dict[str, Any], dict[str, Any]], Iterator[_Told]]] = {
    "reasoning": _reasoning,
    "message": _message,
    "function_call": _function_call,
    "code_interpreter_call": _code,
}
"""Type of item -> how it is filled."""
