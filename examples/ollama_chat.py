"""A wire in one file: Ollama's own /api/chat, over plain HTTP. `docs/new-provider.md` walks through it."""

from __future__ import annotations

from typing import Any, Literal

from ell2a.calls import ResponseFormat
from ell2a.messages import TextBlock, ThinkingBlock
from ell2a.providers import Range
from ell2a.providers.answer_places import AnswerPlaces
from ell2a.providers.json_chat import JsonChatProvider
from ell2a.providers.message_fields import AgentCalls, Pictures, Words
from ell2a.providers.universal_forms import inside, worded
from ell2a.providers.wire_params import ParamNote

DOCS = "https://github.com/ollama/ollama/blob/main/docs/api.md"

OPTIONS = {
    "temperature": ParamNote(float, range=Range(0, None), doc="How random the answer is."),
    "top_p": ParamNote(float, range=Range(0, 1), doc="Only the likeliest words, up to this sum, are drawn from."),
    "seed": int,
    "stop": list[str],
    "num_predict": ParamNote(int, doc="The most tokens of the answer."),
    "num_ctx": ParamNote(int, range=Range(1, None), doc="The size of the context window."),
}


class OllamaChat(JsonChatProvider):
    """Ollama's own chat format."""

    # Where it is spoken, and how an answer streams.
    wire = "ollama-chat"
    docs = DOCS
    path = "/api/chat"
    streams_as = "lines"

    # What a model can be asked for.
    can = (
        *("streaming", "structured_outputs", "function_calling", "agent_calling", "system_messages", "image_input"),
        *("thinking", "seed", "stop", "temperature"),
    )
    cannot = (
        *("agent_choice", "audio_input", "video_input", "document_input", "multiple_choices"),
        *("image_output", "audio_output", "server_agents"),
    )

    # The params of the body, and those that ell2a writes itself.
    declaration = {"options": OPTIONS, "think": bool | Literal["low", "medium", "high"], "keep_alive": str | int}
    owned = {
        "model": "it is the model of the definition",
        "messages": "give the messages",
        "tools": "write `agents=[...]`",
        "format": "write `response_format=`",
        "stream": "write `stream=True`, ell2a's own word",
    }
    universal = {
        **inside("options", DOCS, max_tokens="num_predict", temperature="temperature", top_p="top_p"),
        **inside("options", DOCS, seed="seed", stop="stop"),
        **worded(
            *("reasoning_effort", "think", DOCS),
            words={"none": False, "low": "low", "medium": "medium", "high": "high"},
        ),
    }

    # Where things stand in a message and in an answer.
    message_fields = (
        Words("thinking", ThinkingBlock),
        Words("content", TextBlock),
        Pictures("images"),
        AgentCalls("tool_calls"),
    )
    response_format_key = "format"
    native_keys = {
        "index": "the place of an agent call in its list, which Ollama counts",
        "tool_name": "the name of the agent whose result this is, beside the id of the call",
    }
    answer_places = AnswerPlaces(
        message="message",
        finish_reason="done_reason",
        finish_kinds={"stop": "stop", "length": "length"},
        input_tokens="prompt_eval_count",
        output_tokens="eval_count",
        silent={"done": "a whole answer is done"},
    )

    # What Ollama writes in a form of its own: the structure of an answer is a bare schema, or the word `json`.
    def write_format(self, wanted: ResponseFormat) -> Any:
        return wanted.json_schema if wanted.kind == "json_schema" else "json" if wanted.kind == "json_object" else None

    def read_format(self, raw: Any) -> ResponseFormat | None:
        if isinstance(raw, dict):
            return ResponseFormat(kind="json_schema", json_schema=raw)
        return ResponseFormat(kind="json_object") if raw == "json" else None
