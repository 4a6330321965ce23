"""The laws on the wire of `ollama_chat.py`.

Run them with `pytest examples`, or `ell2a-studio providers check examples/test_ollama_chat.py:TestOllamaChat`.
"""

from __future__ import annotations

import json
from typing import Any

from ollama_chat import OllamaChat

from ell2a import errors
from ell2a.providers.conformance import AnswerSample, ErrorSample, Meaning, ProviderConformance, StreamSample
from ell2a.providers.conformance.spellings import PARSED_AS_TEXT, REFUSAL_AS_TEXT, in_fields


def answer(message: dict[str, Any], done_reason: str = "stop") -> dict[str, Any]:
    return {
        "model": "qwen3:latest",
        "created_at": "2026-08-07T06:08:11.017589Z",
        "message": {"role": "assistant", "content": "", **message},
        "done": True,
        "done_reason": done_reason,
        "total_duration": 1671921584,
        "prompt_eval_count": 310,
        "eval_count": 145,
    }


CALLS = [
    {"id": "call_1", "function": {"index": 0, "name": "weather", "arguments": {"city": "Köln"}}},
    {"id": "call_2", "function": {"index": 1, "name": "time", "arguments": {"zone": "CET"}}},
]
WORDS = answer({"content": "Grüße aus 天津.", "thinking": "The user greets."})
LOOKING = answer({"content": "I look.", "tool_calls": CALLS})


def piece(**message: Any) -> dict[str, Any]:
    return {"model": "qwen3:latest", "message": {"role": "assistant", "content": "", **message}, "done": False}


def lines(*pieces: dict[str, Any], last: dict[str, Any]) -> bytes:
    ended = {**last, "message": {"role": "assistant", "content": ""}}
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in (*pieces, ended))


class TestOllamaChat(ProviderConformance):
    """Ollama's own chat format."""

    provider = OllamaChat
    answers = (
        AnswerSample(
            "thinking and words",
            WORDS,
            means=Meaning(
                "stop", text="Grüße aus 天津.", thinking="The user greets.", input_tokens=310, output_tokens=145
            ),
        ),
        AnswerSample(
            "agent calls",
            LOOKING,
            means=Meaning(
                "agent_calls",
                agent_calls=(("call_1", "weather", {"city": "Köln"}), ("call_2", "time", {"zone": "CET"})),
            ),
        ),
        AnswerSample("cut by the limit", answer({"content": "Once"}, "length"), means=Meaning("length", text="Once")),
    )
    streams = (
        StreamSample(
            "thinking and words",
            lines(
                piece(thinking="The user"),
                piece(thinking=" greets."),
                piece(content="Grüße"),
                piece(content=" aus"),
                piece(content=" 天津."),
                last=WORDS,
            ),
            whole=WORDS,
            content_type="application/x-ndjson",
        ),
        StreamSample(
            "agent calls",
            lines(piece(content="I look."), piece(tool_calls=CALLS[:1]), piece(tool_calls=CALLS[1:]), last=LOOKING),
            whole=LOOKING,
            content_type="application/x-ndjson",
        ),
    )
    stream_errors = (b'{"error":"an error was encountered while running the model"}\n',)
    errors = (ErrorSample(404, {"error": "model 'x' not found"}, errors.NotFound),)
    meaningless = {"done": "a whole answer is done", "message.role": "always `assistant`"}
    other_fields = {"created_at": "when the answer was made", "total_duration": "nanoseconds from request to answer"}
    normal_form = (PARSED_AS_TEXT, REFUSAL_AS_TEXT, in_fields(OllamaChat.message_fields))
    untold = {
        "agent.strict": "Ollama has no strict agents",
        "agent_call.raw_arguments": "arguments are an object",
        "agent_result.is_error": "a result has no flag for errors",
        "image.detail": "no place for it",
        "image.media_type": "the bytes tell it",
        "response_format.description": "Ollama has the schema alone",
        "response_format.name": "Ollama has the schema alone",
        "response_format.strict": "Ollama has the schema alone",
        "text.citations": "no place for them",
        "thinking.signature": "Ollama's models do not sign",
    }

    def error_body(self, status: int) -> Any:
        return {"error": f"the service says {status}"}
