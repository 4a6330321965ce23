"""The wire anthropic-messages: what answers, streams and faults look like on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ell2a.sandbox import anthropic_messages_request, tokens
from ell2a.sandbox.answers import Answer, Choice, Finish
from ell2a.sandbox.conversation import Conversation
from ell2a.sandbox.faults import Fault, Kind
from ell2a.sandbox.ids import new_id
from ell2a.sandbox.keys import bearer, check_key
from ell2a.sandbox.models import MODELS, Model
from ell2a.sandbox.wire import Event, Wire

_FINISH: dict[Finish, str] = {
    "stop": "end_turn",
    "stop_sequence": "stop_sequence",
    "length": "max_tokens",
    "agent_calls": "tool_use",
    "refusal": "refusal",
}
_FAULTS: dict[Kind, tuple[int, str]] = {
    "invalid": (400, "invalid_request_error"),
    "too_large": (400, "invalid_request_error"),
    "filtered": (400, "invalid_request_error"),
    "authentication": (401, "authentication_error"),
    "permission": (403, "permission_error"),
    "not_found": (404, "not_found_error"),
    "rate_limit": (429, "rate_limit_error"),
    "server": (500, "api_error"),
    "overloaded": (529, "overloaded_error"),
}
"""Kind of fault -> status, type. Source: Anthropic's page on errors."""
_RELEASED = "2026-11-22T00:00:00Z"


class AnthropicMessages(Wire):
    """What is served at /v1/messages."""

    name = "anthropic-messages"
    path = "/v1/messages"
    request_id_header = "request-id"

    def check_headers(self, headers: Mapping[str, str]) -> None:
        check_key(headers.get("x-api-key") or bearer(headers))
        if "anthropic-version" not in headers:
            raise Fault("invalid", "anthropic-version: header is required")

    def read(self, body: Any, model: Model) -> Conversation:
        return anthropic_messages_request.read(body, model)

    def whole(self, answer: Answer, conversation: Conversation, model: Model) -> dict[str, Any]:
        choice = answer.choices[0]
        return {
            **_envelope(model),
            "content": list(_blocks(choice)),
            "stop_reason": _FINISH[choice.finish],
            "stop_sequence": choice.stop_sequence,
            "stop_details": _stop_details(choice),
            "usage": {**_input_usage(answer, conversation), **_output_usage(answer)},
        }

    def events(self, answer: Answer, conversation: Conversation, model: Model) -> Iterator[Event]:
        choice = answer.choices[0]
        usage = _input_usage(answer, conversation)
        start = {**_envelope(model), "content": [], "stop_reason": None, "stop_sequence": None, "stop_details": None}
        yield _event("message_start", message={**start, "usage": {**usage, "output_tokens": 1}})
        for index, block in enumerate(_blocks(choice)):
            empty, deltas = _opened(block)
            yield _event("content_block_start", index=index, content_block=empty)
            if index == 0:
                yield _event("ping")
            for delta in deltas:
                yield _event("content_block_delta", piece=True, index=index, delta=delta)
            yield _event("content_block_stop", index=index)
        ended = {
            "stop_reason": _FINISH[choice.finish],
            "stop_sequence": choice.stop_sequence,
            "stop_details": _stop_details(choice),
        }
        told = {k: v for k, v in usage.items() if k.endswith("input_tokens")}
        yield _event("message_delta", delta=ended, usage={**told, **_output_usage(answer)})
        yield _event("message_stop")

    def fault(self, fault: Fault, request_id: str) -> tuple[int, dict[str, Any]]:
        status, kind = _FAULTS[fault.kind]
        message = f"prompt is too long: {fault.message}" if fault.kind == "too_large" else fault.message
        return status, {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}

    def fault_event(self, fault: Fault, request_id: str, number: int) -> Event:
        del number
        return Event(self.fault(fault, request_id)[1], name="error")

    def model_list(self) -> dict[str, Any]:
        listed = [self.model_body(m) for m in MODELS]
        return {"data": listed, "has_more": False, "first_id": listed[0]["id"], "last_id": listed[-1]["id"]}

    def model_body(self, model: Model) -> dict[str, Any]:
        return {
            "id": model.name,
            "type": "model",
            "display_name": f"{model.name}: {model.about}",
            "created_at": _RELEASED,
            "lifecycle": "active",
            "deprecated_at": None,
            "retires_at": None,
            "line": None,
            "max_input_tokens": model.context,
            "max_tokens": model.max_output,
            "capabilities": _capabilities(model),
        }


def _event(name: str, *, piece: bool = False, **fields: Any) -> Event:
    return Event({"type": name, **fields}, name=name, is_piece=piece)


def _envelope(model: Model) -> dict[str, Any]:
    return {"id": new_id("msg_"), "type": "message", "role": "assistant", "model": model.version}


def _blocks(choice: Choice) -> Iterator[dict[str, Any]]:
    thought = choice.reasoning
    if thought:
        yield {"type": "thinking", "thinking": thought.text if thought.shown else "", "signature": thought.signature}
    if choice.text or choice.refusal:
        yield {"type": "text", "text": choice.text or choice.refusal}
    for call in choice.calls:
        yield {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}


def _opened(block: dict[str, Any]) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    """A block as it stands when it begins, and the deltas that fill it."""
    if block["type"] == "text":
        return {**block, "text": ""}, ({"type": "text_delta", "text": p} for p in tokens.pieces(block["text"]))
    if block["type"] == "tool_use":
        said = json.dumps(block["input"], ensure_ascii=False)
        pieces = ["", *tokens.pieces(said)] if block["input"] else [""]
        return {**block, "input": {}}, ({"type": "input_json_delta", "partial_json": p} for p in pieces)
    return {**block, "thinking": "", "signature": ""}, _thinking_deltas(block)


def _thinking_deltas(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for piece in tokens.pieces(block["thinking"]):
        yield {"type": "thinking_delta", "thinking": piece}
    yield {"type": "signature_delta", "signature": block["signature"]}


def _stop_details(choice: Choice) -> dict[str, Any] | None:
    return {"type": "refusal", "category": None, "explanation": choice.refusal} if choice.refusal else None


def _input_usage(answer: Answer, conversation: Conversation) -> dict[str, Any]:
    usage = answer.usage
    written = usage.cache_written
    if conversation.caching == "automatic":
        written = 0
    return {
        "input_tokens": usage.input - usage.cache_read - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0},
        "service_tier": "standard",
    }


def _output_usage(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"output_tokens": answer.usage.output}
    if answer.usage.reasoning:
        told["output_tokens_details"] = {"thinking_tokens": answer.usage.reasoning}
    return told


def _capabilities(model: Model) -> dict[str, Any]:
    def supports(flag: bool) -> dict[str, bool]:
        return {"supported": flag}

    thinks = model.thinking != "no"
    return {
        "batch": supports(False),
        "citations": supports(False),
        "code_execution": supports(False),
        "context_management": supports(False),
        "effort": {**supports(thinks), **{e: supports(thinks) for e in anthropic_messages_request.EFFORTS}},
        "image_input": supports(model.images),
        "pdf_input": supports(model.images),
        "server_tools": supports(False),
        "structured_outputs": supports(True),
        "thinking": {**supports(thinks), "types": {k: supports(thinks) for k in ("adaptive", "enabled")}},
    }
