"""The wire openai-responses under the laws: samples written after OpenAI's reference, and what the wire has no place for."""

from __future__ import annotations

from typing import Any

from ell2a import errors
from ell2a.providers import registry
from ell2a.providers.conformance.samples import AnswerSample, ErrorSample, Meaning, Rewriting, StreamSample
from ell2a.providers.conformance.spellings import PARSED_AS_TEXT
from ell2a.providers.conformance.suite import ProviderConformance
from ell2a.providers.conformance.wires.streams_written import sent
from ell2a.providers.openai_responses.equivalences import EQUIVALENCES
from ell2a.providers.openai_responses.opaque_kinds import OPAQUE_KINDS
from ell2a.providers.openai_responses.response_leaves import MEANINGLESS, OTHER, SETTINGS


def _answer(*output: dict[str, Any], status: str = "completed", **more: Any) -> dict[str, Any]:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1760000000,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "model": "conformance-model-2026",
        "output": list(output),
        "usage": _USAGE,
        **more,
    }


_USAGE = {
    "input_tokens": 90,
    "input_tokens_details": {"cached_tokens": 64},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 30},
    "total_tokens": 140,
}


def _message(*parts: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    return {"id": "msg_1", "type": "message", "status": status, "role": "assistant", "content": list(parts)}


def _text(text: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": list(annotations), "logprobs": []}


_REASONING = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [{"type": "summary_text", "text": "The user greets."}],
    "encrypted_content": "gAAAAABpzXv9r2",
}


def _call(n: int, name: str, arguments: str) -> dict[str, Any]:
    return {
        "id": f"fc_{n}",
        "type": "function_call",
        "status": "completed",
        "call_id": f"call_{n}",
        "name": name,
        "arguments": arguments,
    }


_CALLS = (_call(1, "weather", '{"city": "Köln"}'), _call(2, "time", '{"zone":"CET"}'))
_WORDS = "Grüße aus 天津 🌦."

ANSWERS = (
    AnswerSample(
        "reasoning and words",
        _answer(_REASONING, _message(_text(_WORDS))),
        means=Meaning(
            "stop",
            text=_WORDS,
            thinking="The user greets.",
            input_tokens=90,
            output_tokens=50,
            cache_read_tokens=64,
            reasoning_tokens=30,
            agent_calls=(),
        ),
    ),
    AnswerSample(
        "parallel agent calls",
        _answer(*_CALLS),
        means=Meaning(
            "agent_calls",
            text="",
            agent_calls=(("call_1", "weather", {"city": "Köln"}), ("call_2", "time", {"zone": "CET"})),
        ),
    ),
    AnswerSample(
        "refusal",
        _answer(_message({"type": "refusal", "refusal": "I can't help with that."})),
        means=Meaning("refusal", text="", refusal="I can't help with that."),
    ),
    AnswerSample(
        "cut by the limit",
        _answer(
            _message(_text("Once upon a"), status="incomplete"),
            status="incomplete",
            incomplete_details={"reason": "max_output_tokens"},
        ),
        means=Meaning("length", text="Once upon a"),
    ),
    AnswerSample(
        "citations",
        _answer(
            _message(
                _text(
                    "It rains.",
                    {
                        "type": "url_citation",
                        "url": "https://example.org/rain",
                        "title": "Rain",
                        "start_index": 0,
                        "end_index": 9,
                    },
                )
            )
        ),
        means=Meaning("stop", text="It rains."),
    ),
)


def _events(whole: dict[str, Any], *pieces: dict[str, Any]) -> bytes:
    """A stream: how it begins, its pieces, and the whole answer at its end, all numbered."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    events = [
        {"type": "response.created", "response": begun},
        *pieces,
        {"type": "response.completed", "response": whole},
    ]
    return sent(*({**event, "sequence_number": n} for n, event in enumerate(events)), named=True)


def _item(at: int, begun: dict[str, Any], done: dict[str, Any], *pieces: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "response.output_item.added", "output_index": at, "item": begun},
        *({"output_index": at, "item_id": done["id"], **piece} for piece in pieces),
        {"type": "response.output_item.done", "output_index": at, "item": done},
    ]


def _spoken(*words: str) -> list[dict[str, Any]]:
    at = {"content_index": 0}
    return [
        {"type": "response.content_part.added", **at, "part": _text("")},
        *({"type": "response.output_text.delta", **at, "delta": word, "logprobs": []} for word in words),
        {"type": "response.output_text.done", **at, "text": "".join(words), "logprobs": []},
        {"type": "response.content_part.done", **at, "part": _text("".join(words))},
    ]


def _thought(*words: str) -> list[dict[str, Any]]:
    at = {"summary_index": 0}
    return [
        {"type": "response.reasoning_summary_part.added", **at, "part": {"type": "summary_text", "text": ""}},
        *({"type": "response.reasoning_summary_text.delta", **at, "delta": word} for word in words),
        {"type": "response.reasoning_summary_text.done", **at, "text": "".join(words)},
    ]


def _called(at: int, call: dict[str, Any], *arguments: str) -> list[dict[str, Any]]:
    begun = {**call, "arguments": "", "status": "in_progress"}
    kind = "response.function_call_arguments"
    pieces = [{"type": f"{kind}.delta", "delta": piece} for piece in arguments]
    return _item(at, begun, call, *pieces, {"type": f"{kind}.done", "arguments": call["arguments"]})


STREAMS = (
    StreamSample(
        "reasoning and words",
        _events(
            dict(ANSWERS[0].response),
            *_item(0, {**_REASONING, "summary": []}, _REASONING, *_thought("The user", " greets.")),
            *_item(1, _message(status="in_progress"), _message(_text(_WORDS)), *_spoken("Grüße", " aus 天津", " 🌦.")),
        ),
        whole=ANSWERS[0].response,
        means=ANSWERS[0].means,
    ),
    StreamSample(
        "parallel agent calls",
        _events(
            dict(ANSWERS[1].response),
            *_called(0, _CALLS[0], '{"city":', ' "Köln"}'),
            *_called(1, _CALLS[1], '{"zone":"CET"}'),
        ),
        whole=ANSWERS[1].response,
        means=ANSWERS[1].means,
    ),
)


def _sealed_as_signed(call: dict[str, Any]) -> None:
    for message in call["messages"]:
        for block in message["content"]:
            if block["type"] == "thinking" and block["redacted"]:
                block["signature"], block["redacted"] = block["redacted"], None


class OpenAIResponsesConformance(ProviderConformance):
    """The wire openai-responses, spoken to OpenAI."""

    provider = registry.get("openai", "openai-responses")
    models = ("conformance-model",)
    answers = ANSWERS
    streams = STREAMS
    stream_errors = (
        sent(
            {"type": "error", "code": "server_error", "message": "The server had an error", "param": None}, named=True
        ),
    )
    errors = (
        ErrorSample(
            400,
            {"error": {"message": "Too long", "type": "invalid_request_error", "code": "context_length_exceeded"}},
            errors.ContextLengthExceeded,
        ),
    )
    equivalences = EQUIVALENCES
    opaque_kinds = OPAQUE_KINDS
    meaningless = MEANINGLESS
    other_fields = {
        **OTHER,
        "usage": "what the usage tells that the vocabulary has no count for",
        "settings": f"where they differ from the request: {', '.join(SETTINGS)}",
    }
    beyond_types = {
        "input.id": "items that the service did not store have no id; the service takes them so",
        "input.content.type": "likewise the parts of an answer in a message without an id, which the types have with one only",
    }
    answer_message = "output"
    untold = {
        "agent_result.is_error": "the wire has no flag for it",
        "image.title": "the wire has no place for it",
    }
    normal_form = (
        PARSED_AS_TEXT,
        Rewriting(
            "sealed reasoning is signed reasoning",
            "the wire has one field, `encrypted_content`, for reasoning that it encrypted",
            _sealed_as_signed,
        ),
    )
    param_examples = {
        "text": {"verbosity": "low"},
        "max_output_tokens": 400,
        "context_management": [{"type": "compaction", "compact_threshold": 20000}],
    }
