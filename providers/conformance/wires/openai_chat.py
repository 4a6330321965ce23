"""The wire openai-chat under the laws: samples written after OpenAI's reference, and what the wire has no place for."""

from __future__ import annotations

from typing import Any

from ell2a import errors
from ell2a.providers import registry
from ell2a.providers.conformance.samples import AnswerSample, ErrorSample, Meaning, StreamSample
from ell2a.providers.conformance.spellings import PARSED_AS_TEXT
from ell2a.providers.conformance.suite import ProviderConformance
from ell2a.providers.conformance.wires.streams_written import sent
from ell2a.providers.openai_chat.equivalences import EQUIVALENCES
from ell2a.providers.openai_chat.response_leaves import MEANINGLESS, OTHER


def _answer(
    message: dict[str, Any], *, finish: str = "stop", usage: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1760000000,
        "model": "conformance-model-2026",
        "service_tier": "default",
        "system_fingerprint": "fp_1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": None, "refusal": None, "annotations": [], **message},
                "logprobs": None,
                "finish_reason": finish,
            },
            *more.pop("other_choices", ()),
        ],
        "usage": usage or {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14},
        **more,
    }


_DETAILS = {
    "prompt_tokens": 90,
    "completion_tokens": 50,
    "total_tokens": 140,
    "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": 30,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
}
_CALLS = [
    {"id": "call_a", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Köln"}'}},
    {"id": "call_b", "type": "function", "function": {"name": "time", "arguments": '{"zone":"CET"}'}},
]

ANSWERS = (
    AnswerSample(
        "words",
        _answer({"content": "Grüße aus 天津 🌦."}, usage=_DETAILS),
        means=Meaning(
            "stop",
            text="Grüße aus 天津 🌦.",
            input_tokens=90,
            output_tokens=50,
            cache_read_tokens=64,
            reasoning_tokens=30,
            agent_calls=(),
        ),
    ),
    AnswerSample(
        "parallel agent calls",
        _answer({"tool_calls": _CALLS}, finish="tool_calls"),
        means=Meaning(
            "agent_calls",
            text="",
            agent_calls=(("call_a", "weather", {"city": "Köln"}), ("call_b", "time", {"zone": "CET"})),
            input_tokens=9,
            output_tokens=5,
        ),
    ),
    AnswerSample(
        "refusal",
        _answer({"refusal": "I can't help with that."}),
        means=Meaning("stop", text="", refusal="I can't help with that."),
    ),
    AnswerSample(
        "cut by the limit",
        _answer({"content": "Once upon a"}, finish="length"),
        means=Meaning("length", text="Once upon a"),
    ),
    AnswerSample(
        "two choices",
        _answer(
            {"content": "Heads."},
            other_choices=[
                {"index": 1, "message": {"role": "assistant", "content": "Tails."}, "finish_reason": "content_filter"}
            ],
        ),
        means=Meaning("stop", text="Heads.", choices=2),
    ),
    AnswerSample(
        "citations",
        _answer(
            {
                "content": "It rains.",
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {
                            "url": "https://example.org/rain",
                            "title": "Rain",
                            "start_index": 0,
                            "end_index": 9,
                        },
                    }
                ],
            }
        ),
        means=Meaning("stop", text="It rains."),
    ),
)


def _piece(
    delta: dict[str, Any], finish: str | None = None, usage: dict[str, Any] | None = None, *, last: bool = False
) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1760000000,
        "model": "conformance-model-2026",
        "service_tier": "default",
        "system_fingerprint": "fp_1",
        "choices": [] if last else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        "usage": usage,
    }


def _called(index: int, arguments: str, **first: Any) -> dict[str, Any]:
    name = first.pop("name", None)
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    return {"tool_calls": [{"index": index, **first, "function": function}]}


STREAMS = (
    StreamSample(
        "words",
        sent(
            _piece({"role": "assistant", "content": "", "refusal": None}),
            _piece({"content": "Grüße"}),
            _piece({"content": " aus 天津"}),
            _piece({"content": " 🌦."}),
            _piece({}, "stop"),
            _piece({}, usage=_DETAILS, last=True),
            done=True,
        ),
        whole=ANSWERS[0].response,
        means=ANSWERS[0].means,
    ),
    StreamSample(
        "parallel agent calls",
        sent(
            _piece({"role": "assistant", "content": None}),
            _piece(_called(0, "", id="call_a", type="function", name="weather")),
            _piece(_called(0, '{"city":')),
            _piece(_called(0, ' "Köln"}')),
            _piece(_called(1, "", id="call_b", type="function", name="time")),
            _piece(_called(1, '{"zone":"CET"}')),
            _piece({}, "tool_calls"),
            _piece({}, usage={"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}, last=True),
            done=True,
        ),
        whole=ANSWERS[1].response,
        means=ANSWERS[1].means,
    ),
)

REQUESTS = (
    {
        "model": "conformance-model",
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "name": "Ada", "content": [{"type": "text", "text": "What is 2 + 3?"}]},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 2,  "b": 3}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "5"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "add", "description": "Adds.", "parameters": {"type": "object", "properties": {}}},
            }
        ],
        "tool_choice": {"type": "function", "function": {"name": "add"}},
        "stop": ["END"],
        "temperature": 0,
    },
)

_REFERENCE = {
    "context_length_exceeded": errors.ContextLengthExceeded,
    "model_not_found": errors.NotFound,
    "invalid_api_key": errors.AuthenticationFailed,
}


def _error(status: int, code: str, message: str) -> ErrorSample:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return ErrorSample(status, body, _REFERENCE[code])


class OpenAIChatConformance(ProviderConformance):
    """The wire openai-chat, spoken to OpenAI."""

    provider = registry.get("openai", "openai-chat")
    models = ("conformance-model", "gpt-4o")
    answers = ANSWERS
    streams = STREAMS
    stream_errors = (sent({"error": {"message": "The server had an error", "type": "server_error", "code": None}}),)
    errors = (
        _error(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."),
        _error(404, "model_not_found", "The model `x` does not exist."),
        _error(401, "invalid_api_key", "Incorrect API key provided."),
    )
    requests = REQUESTS
    equivalences = EQUIVALENCES
    meaningless = MEANINGLESS
    other_fields = {
        **OTHER,
        "usage": "what the usage tells that the vocabulary has no count for",
        "choices": "what a choice tells beside its message, by the table `CHOICE` of the wire",
    }
    param_examples = {"reasoning_effort": "medium"}
    param_companions = {"top_logprobs": {"logprobs": True}}
    beyond_types = {"messages.annotations": "answers have them, and the services ignore them in a history"}
    answer_message = "choices.0.message"
    untold = {
        "agent_result.is_error": "a tool message has no flag for errors",
    }
    normal_form = (PARSED_AS_TEXT,)
