"""The wire openai-chat: what answers, streams and faults look like on it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from ell2a.sandbox import openai_chat_request, tokens
from ell2a.sandbox.answers import Answer, Choice, Finish
from ell2a.sandbox.conversation import AgentCall, Conversation
from ell2a.sandbox.faults import Fault
from ell2a.sandbox.ids import new_id
from ell2a.sandbox.keys import bearer, check_key
from ell2a.sandbox.models import MODELS, Model
from ell2a.sandbox.openai_faults import FAULTS
from ell2a.sandbox.wire import Event, Wire

_FINISH: dict[Finish, str] = {
    "stop": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "agent_calls": "tool_calls",
    "refusal": "stop",
}
_FINGERPRINT = "fp_sandbox"
_RELEASED = 1795305600
"""22 November 2026."""


class OpenAIChat(Wire):
    """What is served at /v1/chat/completions."""

    name = "openai-chat"
    path = "/v1/chat/completions"
    request_id_header = "x-request-id"

    def check_headers(self, headers: Mapping[str, str]) -> None:
        check_key(bearer(headers))

    def read(self, body: Any, model: Model) -> Conversation:
        return openai_chat_request.read(body, model)

    def whole(self, answer: Answer, conversation: Conversation, model: Model) -> dict[str, Any]:
        del conversation
        choices = [
            {"index": i, "message": _message(c), "logprobs": None, "finish_reason": _FINISH[c.finish]}
            for i, c in enumerate(answer.choices)
        ]
        return {**_envelope("chat.completion", model), "choices": choices, "usage": _usage(answer)}

    def events(self, answer: Answer, conversation: Conversation, model: Model) -> Iterator[Event]:
        head = _envelope("chat.completion.chunk", model)
        told: dict[str, Any] = {"usage": None} if conversation.wire_options["usage_at_end"] else {}
        # Several choices come side by side, as from the real service.
        for round_ in zip_longest(*(_chunks(i, c) for i, c in enumerate(answer.choices))):
            for chunk, is_piece in filter(None, round_):
                yield Event({**head, "choices": [chunk], **told}, is_piece=is_piece)
        if told:
            yield Event({**head, "choices": [], "usage": _usage(answer)})
        yield Event("[DONE]")

    def fault(self, fault: Fault, request_id: str) -> tuple[int, dict[str, Any]]:
        del request_id
        status, kind, code = FAULTS[fault.kind]
        return status, {
            "error": {"message": fault.message, "type": kind, "param": fault.param, "code": fault.code or code}
        }

    def fault_event(self, fault: Fault, request_id: str, number: int) -> Event:
        del number
        return Event(self.fault(fault, request_id)[1])

    def model_list(self) -> dict[str, Any]:
        return {"object": "list", "data": [self.model_body(m) for m in MODELS]}

    def model_body(self, model: Model) -> dict[str, Any]:
        return {"id": model.name, "object": "model", "created": _RELEASED, "owned_by": "sandbox"}


def _envelope(kind: str, model: Model) -> dict[str, Any]:
    return {
        "id": new_id("chatcmpl-"),
        "object": kind,
        "created": int(time.time()),
        "model": model.version,
        "service_tier": "default",
        "system_fingerprint": _FINGERPRINT,
    }


def _message(choice: Choice) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": choice.text or (None if choice.calls or choice.refusal else ""),
        "refusal": choice.refusal,
        "annotations": [],
    }
    if choice.calls:
        message["tool_calls"] = [_call(c) for c in choice.calls]
    return message


def _call(call: AgentCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _arguments(call)}}


def _arguments(call: AgentCall) -> str:
    return json.dumps(call.arguments, ensure_ascii=False)


def _deltas(choice: Choice) -> Iterator[tuple[dict[str, Any], bool]]:
    """The deltas of a choice, and whether each brings content."""
    yield {"role": "assistant", "content": None if choice.calls or choice.refusal else "", "refusal": None}, False
    for piece in tokens.pieces(choice.refusal or ""):
        yield {"refusal": piece}, True
    for piece in tokens.pieces(choice.text):
        yield {"content": piece}, True
    for i, call in enumerate(choice.calls):
        start = {"index": i, **_call(call)}
        start["function"] = {"name": call.name, "arguments": ""}
        yield {"tool_calls": [start]}, True
        for piece in tokens.pieces(_arguments(call)):
            yield {"tool_calls": [{"index": i, "function": {"arguments": piece}}]}, True


def _chunks(index: int, choice: Choice) -> Iterator[tuple[dict[str, Any], bool]]:
    """The chunks of a choice, and whether each brings content."""
    for delta, is_piece in _deltas(choice):
        yield _chunk(index, delta), is_piece
    yield _chunk(index, {}, _FINISH[choice.finish]), False


def _chunk(index: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def _usage(answer: Answer) -> dict[str, Any]:
    usage = answer.usage
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
