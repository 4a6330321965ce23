"""The wire anthropic-messages under the laws: samples written after Anthropic's reference, and what the wire has no place for."""

from __future__ import annotations

from typing import Any

from ell2a import errors
from ell2a.providers import registry
from ell2a.providers.anthropic_messages.equivalences import EQUIVALENCES
from ell2a.providers.anthropic_messages.opaque_kinds import OPAQUE_KINDS
from ell2a.providers.anthropic_messages.tables import MEANINGLESS_LEAVES
from ell2a.providers.conformance.samples import AnswerSample, ErrorSample, Meaning, Rewriting, StreamSample
from ell2a.providers.conformance.spellings import PARSED_AS_TEXT, REFUSAL_AS_TEXT
from ell2a.providers.conformance.suite import ProviderConformance
from ell2a.providers.conformance.wires.streams_written import sent


def _answer(*content: dict[str, Any], stop: str = "end_turn", usage: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "conformance-model-2026",
        "content": list(content),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage or {"input_tokens": 9, "output_tokens": 5},
    }


_CACHED = {
    "input_tokens": 20,
    "cache_creation_input_tokens": 6,
    "cache_read_input_tokens": 64,
    "cache_creation": {"ephemeral_5m_input_tokens": 6, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 50,
    "service_tier": "standard",
}
_CALLS = (
    {"type": "tool_use", "id": "toolu_a", "name": "weather", "input": {"city": "Köln"}},
    {"type": "tool_use", "id": "toolu_b", "name": "time", "input": {"zone": "CET"}},
)
_THINKING = {"type": "thinking", "thinking": "The user greets. I greet back.", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA"}

ANSWERS = (
    AnswerSample(
        "thinking and words",
        _answer(
            _THINKING,
            {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"},
            {"type": "text", "text": "Grüße aus 天津 🌦."},
            usage=_CACHED,
        ),
        means=Meaning(
            "stop",
            text="Grüße aus 天津 🌦.",
            thinking="The user greets. I greet back.",
            input_tokens=90,
            output_tokens=50,
            cache_read_tokens=64,
            agent_calls=(),
        ),
    ),
    AnswerSample(
        "parallel agent calls",
        _answer({"type": "text", "text": "I look."}, *_CALLS, stop="tool_use"),
        means=Meaning(
            "agent_calls",
            text="I look.",
            agent_calls=(("toolu_a", "weather", {"city": "Köln"}), ("toolu_b", "time", {"zone": "CET"})),
            input_tokens=9,
            output_tokens=5,
        ),
    ),
    AnswerSample(
        "cut by the limit",
        _answer({"type": "text", "text": "Once upon a"}, stop="max_tokens"),
        means=Meaning("length", text="Once upon a"),
    ),
    AnswerSample(
        "citations",
        _answer(
            {
                "type": "text",
                "text": "It rains.",
                "citations": [
                    {
                        "type": "char_location",
                        "cited_text": "Rain is falling.",
                        "document_index": 0,
                        "document_title": "Weather",
                        "start_char_index": 3,
                        "end_char_index": 19,
                    }
                ],
            }
        ),
        means=Meaning("stop", text="It rains."),
    ),
)


def _started() -> dict[str, Any]:
    message = {**_answer(), "stop_reason": None, "usage": {**_CACHED, "output_tokens": 1}}
    return {"type": "message_start", "message": message}


def _block(index: int, start: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def _ended(stop: str, tokens: int) -> list[dict[str, Any]]:
    return [
        {
            "type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": None},
            "usage": {"output_tokens": tokens},
        },
        {"type": "message_stop"},
    ]


def _text(words: str) -> dict[str, Any]:
    return {"type": "text_delta", "text": words}


def _json(words: str) -> dict[str, Any]:
    return {"type": "input_json_delta", "partial_json": words}


STREAMS = (
    StreamSample(
        "thinking and words",
        sent(
            _started(),
            *_block(
                0,
                {"type": "thinking", "thinking": "", "signature": ""},
                {"type": "thinking_delta", "thinking": "The user greets."},
                {"type": "thinking_delta", "thinking": " I greet back."},
                {"type": "signature_delta", "signature": _THINKING["signature"]},
            ),
            *_block(1, {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}),
            {"type": "ping"},
            *_block(2, {"type": "text", "text": ""}, _text("Grüße"), _text(" aus 天津"), _text(" 🌦.")),
            *_ended("end_turn", 50),
            named=True,
        ),
        whole=ANSWERS[0].response,
        means=ANSWERS[0].means,
    ),
    StreamSample(
        "parallel agent calls",
        sent(
            {"type": "message_start", "message": {**_answer(), "stop_reason": None}},
            *_block(0, {"type": "text", "text": ""}, _text("I "), _text("look.")),
            *_block(1, {**_CALLS[0], "input": {}}, _json(""), _json('{"city": "K'), _json('öln"}')),
            *_block(2, {**_CALLS[1], "input": {}}, _json('{"zone": '), _json('"CET"}')),
            *_ended("tool_use", 5),
            named=True,
        ),
        whole=ANSWERS[1].response,
        means=ANSWERS[1].means,
    ),
)


REQUESTS = (
    {
        "model": "conformance-model",
        "max_tokens": 100,
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": "What is 2 + 3?"},
            {
                "role": "assistant",
                "content": [_THINKING, {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {}}],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_1",
                        "is_error": True,
                        "content": [{"type": "text", "text": "no numbers", "cache_control": {"type": "ephemeral"}}],
                    },
                    {"type": "text", "text": "Try again.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
                ],
            },
        ],
        "tools": [{"name": "add", "description": "Adds.", "input_schema": {"type": "object", "properties": {}}}],
        "tool_choice": {"type": "tool", "name": "add", "disable_parallel_tool_use": True},
        "stop_sequences": ["END"],
    },
)


def _error(status: int, kind: str, message: str, error: type[errors.CallError]) -> ErrorSample:
    return ErrorSample(status, {"type": "error", "error": {"type": kind, "message": message}}, error)


def _single_calls(call: dict[str, Any]) -> None:
    params, choice = call["api_params"], call["agent_choice"]
    if "disable_parallel_tool_use" in params and choice is None:
        call["agent_choice"] = {"kind": "auto", "name": None, "among": None}
    elif choice is not None and choice["kind"] == "none":
        params.pop("disable_parallel_tool_use", None)


class AnthropicMessagesConformance(ProviderConformance):
    """The wire anthropic-messages, spoken to Anthropic."""

    provider = registry.get("anthropic", "anthropic-messages")
    models = ("conformance-model", "claude-opus-4-8")
    api_params = {"max_tokens": 4096}
    answers = ANSWERS
    streams = STREAMS
    stream_errors = (
        sent({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, named=True),
    )
    errors = (
        _error(529, "overloaded_error", "Overloaded", errors.Overloaded),
        _error(413, "request_too_large", "Request exceeds the maximum size", errors.BadRequest),
        _error(
            400,
            "invalid_request_error",
            "prompt is too long: 213000 tokens > 200000 maximum",
            errors.ContextLengthExceeded,
        ),
    )
    requests = REQUESTS
    equivalences = EQUIVALENCES
    opaque_kinds = OPAQUE_KINDS
    meaningless = MEANINGLESS_LEAVES
    other_fields = {
        "cache_creation": "the cache writes by their time to live",
        "service_tier": "the tier that served the call",
    }
    param_examples = {"output_config": {"effort": "low"}, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    answer_message = "content"
    not_sent_back = {"content.is_error": "left unsaid where it is false, as the wire takes it"}
    request_id_header = "request-id"
    untold = {
        "agent_call.raw_arguments": "the wire takes an object: how its text was spaced is not told",
        "image.detail": "the wire has no place for it",
        "image.title": "the wire has no place for it",
        "response_format.name": "the wire has the schema alone",
        "response_format.strict": "the wire always holds to the schema",
        "response_format.description": "the wire has the schema alone",
        "text.citations": "citations by address are of other wires; the wire's own point into documents",
    }
    normal_form = (
        PARSED_AS_TEXT,
        REFUSAL_AS_TEXT,
        Rewriting(
            "one call at a time needs a choice",
            "`disable_parallel_tool_use` stands inside of `tool_choice`, so that `auto` comes back where none was said, and with"
            " `none` there is no place for it",
            _single_calls,
        ),
    )

    def error_body(self, status: int) -> Any:
        return {"type": "error", "error": {"type": "other", "message": f"the service says {status}"}}
