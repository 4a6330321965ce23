"""The laws on the wire of `ollama_chat.py`.

Run them with `pytest examples`, or `ell2a-studio providers check examples/test_ollama_chat.py:TestOllamaChat`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ell2a import errors
from ell2a.messages import TextBlock
from ell2a.providers.conformance import AnswerSample, ErrorSample, Meaning, ProviderConformance, Rewriting, StreamSample
from ell2a.providers.conformance.finding import module_at
from ell2a.providers.conformance.spellings import PARSED_AS_TEXT, REFUSAL_AS_TEXT

ollama_chat = module_at(Path(__file__).with_name("ollama_chat.py"))


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


def in_one_text(call: dict[str, Any]) -> None:
    """Ollama has one string a message, its pictures beside it."""
    for message in call["messages"]:
        results = [block for block in message["content"] if block["type"] == "agent_result"]
        for content in [message, *results]:
            blocks = content["content"]
            text = "".join(block["text"] for block in blocks if block["type"] == "text")
            rest = [block for block in blocks if block["type"] != "text"]
            said = [TextBlock(text=text).model_dump(mode="json")] if text else []
            before = [block for block in rest if block["type"] == "thinking"]
            content["content"] = [*before, *said, *(block for block in rest if block["type"] != "thinking")]


def without_counts(request: dict[str, Any]) -> None:
    """Answers number their agent calls; requests need not."""
    for message in request["messages"]:
        for call in message.get("tool_calls", ()):
            call["function"].pop("index", None)


class TestOllamaChat(ProviderConformance):
    """Ollama's own chat format."""

    provider = ollama_chat.OllamaChat
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
    equivalences = (
        Rewriting("calls are not numbered", "an answer's `index` counts the list that it is in", without_counts),
    )
    meaningless = {
        "done": "always true of a whole answer",
        "message.role": "always `assistant`",
        "message.tool_calls.function.index": "counts the list that it is in",
    }
    other_fields = {"created_at": "when the answer was made", "total_duration": "nanoseconds from request to answer"}
    normal_form = (
        PARSED_AS_TEXT,
        REFUSAL_AS_TEXT,
        Rewriting("one text", "a message has one string, pictures and calls beside it", in_one_text),
    )
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
