"""The items of an answer on the wire openai-responses: reasoning, what the service's agents did, calls, words."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from ell2a.sandbox import composing
from ell2a.sandbox.answers import Choice
from ell2a.sandbox.conversation import AgentCall, Conversation
from ell2a.sandbox.ids import new_id
from ell2a.sandbox.language import key_words, language_of
from ell2a.sandbox.openai_responses_request import ResponsesOptions
from ell2a.sandbox.openai_responses_tools import ServerAgentKind

SEALED = "reasoning.encrypted_content"
_MOST_WORDS = 6
_PICTURE_SIDE = 8


def items(choice: Choice, conversation: Conversation, options: ResponsesOptions) -> list[dict[str, Any]]:
    """The items of an answer, each with an id, in the order of the service."""
    found = [_reasoning(choice, options)] if choice.reasoning else []
    query = _query(conversation)
    sources = [_server_call(kind, query, conversation, options.included) for kind in options.server_calls]
    found += sources
    searched = any(item["type"] in ("web_search_call", "file_search_call") for item in sources)
    if choice.text or choice.refusal or not (choice.calls or choice.reasoning or choice.finish == "length"):
        found.append(_message(choice, _citations(choice, sources, query) if searched else []))
    status = "incomplete" if choice.finish == "length" else "completed"
    return found + [_function_call(call, status) for call in choice.calls]


def _reasoning(choice: Choice, options: ResponsesOptions) -> dict[str, Any]:
    thought = choice.reasoning
    if thought is None:
        raise ValueError("the choice has no reasoning")
    item: dict[str, Any] = {"id": new_id("rs_"), "type": "reasoning", "summary": []}
    if thought.shown and thought.text:
        item["summary"] = [{"type": "summary_text", "text": thought.text}]
    if SEALED in options.included:
        item["encrypted_content"] = thought.signature
    return item


def _message(choice: Choice, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    if choice.refusal:
        part: dict[str, Any] = {"type": "refusal", "refusal": choice.refusal}
    else:
        part = {"type": "output_text", "annotations": annotations, "logprobs": [], "text": choice.text}
    status = "incomplete" if choice.finish == "length" else "completed"
    return {"id": new_id("msg_"), "type": "message", "status": status, "content": [part], "role": "assistant"}


def _function_call(call: AgentCall, status: str) -> dict[str, Any]:
    return {
        "id": new_id("fc_"),
        "type": "function_call",
        "status": status,
        "arguments": json.dumps(call.arguments, ensure_ascii=False),
        "call_id": call.id,
        "name": call.name,
    }


# --- what the service's own agents did ---


def _query(conversation: Conversation) -> str:
    text = conversation.question.text
    return " ".join(key_words(text, language_of(text))[:_MOST_WORDS]) or "sandbox"


def _server_call(
    kind: ServerAgentKind, query: str, conversation: Conversation, included: frozenset[str]
) -> dict[str, Any]:
    made = {
        "web_search": _web_search,
        "file_search": _file_search,
        "code_interpreter": _code,
        "image_generation": _picture,
    }
    return made[kind](query, conversation, included)


def _web_search(query: str, conversation: Conversation, included: frozenset[str]) -> dict[str, Any]:
    del conversation
    action: dict[str, Any] = {"type": "search", "query": query, "queries": [query]}
    if "web_search_call.action.sources" in included:
        action["sources"] = [{"type": "url", "url": _page(query)}]
    return {"id": new_id("ws_"), "type": "web_search_call", "status": "completed", "action": action}


def _file_search(query: str, conversation: Conversation, included: frozenset[str]) -> dict[str, Any]:
    del conversation
    found = {
        "attributes": {},
        "file_id": "file-sandbox",
        "filename": "sandbox.txt",
        "score": 0.5,
        "text": f"The sandbox has no files; this passage stands for one on {query}.",
    }
    return {
        "id": new_id("fs_"),
        "type": "file_search_call",
        "status": "completed",
        "queries": [query],
        "results": [found] if "file_search_call.results" in included else None,
    }


def _code(query: str, conversation: Conversation, included: frozenset[str]) -> dict[str, Any]:
    sum_ = composing.sum_in(conversation.question.text)
    code = f"print({sum_.written})" if sum_ else f"print({json.dumps(query)})"
    logs = f"{sum_.value:g}\n" if sum_ else f"{query}\n"
    return {
        "id": new_id("ci_"),
        "type": "code_interpreter_call",
        "status": "completed",
        "code": code,
        "container_id": new_id("cntr_"),
        "outputs": [{"type": "logs", "logs": logs}] if "code_interpreter_call.outputs" in included else None,
    }


def _picture(query: str, conversation: Conversation, included: frozenset[str]) -> dict[str, Any]:
    del conversation, included
    return {
        "id": new_id("ig_"),
        "type": "image_generation_call",
        "status": "completed",
        "background": "opaque",
        "output_format": "png",
        "quality": "low",
        "result": base64.b64encode(_png(zlib.crc32(query.encode()))).decode(),
        "revised_prompt": query,
        "size": f"{_PICTURE_SIDE}x{_PICTURE_SIDE}",
    }


def _page(query: str) -> str:
    return f"https://sandbox.invalid/{'-'.join(query.lower().split())}"


def _citations(choice: Choice, sources: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    """What the first sentence of an answer is known from."""
    end = choice.text.find(". ") + 1 or len(choice.text)
    return [
        {"type": "url_citation", "start_index": 0, "end_index": end, "title": f"On {query}", "url": _page(query)}
        if source["type"] == "web_search_call"
        else {"type": "file_citation", "file_id": "file-sandbox", "filename": "sandbox.txt", "index": end}
        for source in _searches(sources)
    ]


def _searches(sources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (source for source in sources if source["type"] in ("web_search_call", "file_search_call"))


def _png(colour: int) -> bytes:
    """A small square of one colour."""
    row = b"\0" + (colour & 0xFFFFFF).to_bytes(3, "big") * _PICTURE_SIDE
    header = struct.pack(">IIBBBBB", _PICTURE_SIDE, _PICTURE_SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * _PICTURE_SIDE)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
