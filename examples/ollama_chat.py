"""A wire in one file: Ollama's own /api/chat, over plain HTTP. `docs/new-provider.md` walks through it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Literal

from ell2a.calls import AgentSpec, CallMetadata, Delta, Ell2aCall, Ell2aResponse, ResponseFormat, Usage
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Block,
    FinishReason,
    ImageBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    compact_json,
    media_type_of,
)
from ell2a.providers import UNKNOWN, ProviderCapabilities, Range, Report, UniversalRule, no, yes
from ell2a.providers.json_http import JsonHttpProvider
from ell2a.providers.structured import parse_output
from ell2a.providers.wire_params import ParamNote

WIRE = "ollama-chat"
DOCS = "https://github.com/ollama/ollama/blob/main/docs/api.md"

CAN = ["streaming", "structured_outputs", "function_calling", "agent_calling", "system_messages", "image_input"]
CAN += ["thinking", "seed", "stop", "temperature"]
CANNOT = ["agent_choice", "audio_input", "video_input", "document_input", "multiple_choices", "parallel_agent_calls"]
OPTIONS = {
    "temperature": ParamNote(float, range=Range(0, None), doc="How random the answer is."),
    "top_p": ParamNote(float, range=Range(0, 1), doc="Only the likeliest words, up to this sum, are drawn from."),
    "seed": int,
    "stop": list[str],
    "num_predict": ParamNote(int, doc="The most tokens of the answer."),
    "num_ctx": ParamNote(int, range=Range(1, None), doc="The size of the context window."),
}


def option(universal: str, name: str) -> UniversalRule:
    """A universal param that is one key of `options`."""
    read = lambda given: given.get(name) if isinstance(given, dict) else None  # noqa: E731
    return UniversalRule(universal, ("options",), read=read, write=lambda value: ({name: value}, None), source=DOCS)


class OllamaChat(JsonHttpProvider):
    """Ollama's own chat format."""

    wire = WIRE
    path = "/api/chat"
    streams_as = "lines"
    declaration = {"options": OPTIONS, "think": bool | Literal["low", "medium", "high"], "keep_alive": str | int}
    owned = {
        "model": "it is the model of the definition",
        "messages": "give the messages",
        "tools": "write `agents=[...]`",
        "format": "write `response_format=`",
        "stream": "write `stream=True` as ell2a's own word",
    }
    native_keys = {}
    universal = {
        **{u: option(u, n) for u, n in {"max_tokens": "num_predict", "temperature": "temperature"}.items()},
        **{name: option(name, name) for name in ("top_p", "seed", "stop")},
        "reasoning_effort": UniversalRule(
            "reasoning_effort",
            ("think",),
            read=lambda think: think if isinstance(think, str) else None,
            write=lambda effort: (effort if effort in ("low", "medium", "high") else effort != "none", None),
            source=DOCS,
        ),
    }

    def capabilities(self, client: Any = None, model: str | None = None) -> ProviderCapabilities:
        del client, model
        facts = dict.fromkeys(ProviderCapabilities.model_fields, UNKNOWN)
        facts |= {name: yes("wire", detail=DOCS) for name in CAN} | {name: no("wire", detail=DOCS) for name in CANNOT}
        return ProviderCapabilities(**facts)

    def answers_with_error(self, body: Any) -> bool:
        return isinstance(body, dict) and "error" in body

    # --- universal -> native ---

    def translate_ell2a_to_provider(self, call: Ell2aCall, report: Report | None = None) -> dict[str, Any]:
        report = report or Report(f"{self.name}/{call.model}")
        report.kept("model", "model")
        report.kept("stream", "stream")
        messages = [sent for i, message in enumerate(call.messages) for sent in written(message, i, report)]
        request: dict[str, Any] = {"model": call.model, "messages": messages, "stream": call.stream}
        for i, agent in enumerate(call.agents):
            if isinstance(agent, AgentSpec):
                function = {"name": agent.name, "description": agent.description, "parameters": agent.input_schema}
                kept = {key: value for key, value in function.items() if value is not None}
                request.setdefault("tools", []).append({"type": "function", "function": kept})
                report.kept(f"agents.{i}", f"tools.{i}")
            else:
                report.lost(f"agents.{i}", "Ollama runs no agents itself", capability="server_agents")
        if call.agent_choice is not None:
            report.lost("agent_choice", "say it in words", capability="agent_choice")
        if call.response_format is not None:
            request["format"] = call.response_format.json_schema or "json"
            report.renamed("response_format", "format")
        for name, value in call.api_params.items():
            request[name] = value
            report.kept(f"api_params.{name}", name)
        return request

    # --- native -> universal ---

    def translate_request_to_ell2a(self, native: dict[str, Any]) -> Ell2aCall:
        messages: list[Message] = []
        for raw in entries(native.get("messages")):
            if raw.get("role") == "tool":
                result = AgentResultBlock(call_id=words(raw.get("tool_call_id")), content=texts(raw.get("content")))
                if messages and any(isinstance(block, AgentResultBlock) for block in messages[-1].content):
                    messages[-1].content.append(result)
                else:
                    messages.append(Message(role="user", content=[result]))
            else:
                role = raw["role"] if raw.get("role") in ("system", "assistant") else "user"
                messages.append(Message(role=role, content=read(raw)))
        functions = [dict_of(tool.get("function")) for tool in entries(native.get("tools"))]
        schema = native.get("format")
        wanted = ResponseFormat(kind="json_schema", json_schema=schema) if isinstance(schema, dict) else None
        return Ell2aCall(
            model=words(native.get("model")),
            provider=self.name,
            wire=WIRE,
            messages=messages,
            agents=[
                AgentSpec(
                    name=words(f.get("name")),
                    description=f.get("description"),
                    input_schema=dict_of(f.get("parameters")),
                )
                for f in functions
            ],
            response_format=ResponseFormat(kind="json_object") if schema == "json" else wanted,
            stream=native.get("stream", True) is not False,
            api_params={k: v for k, v in native.items() if k not in self.owned},
        )

    def translate_provider_to_ell2a(self, response: dict[str, Any], call: Ell2aCall) -> Ell2aResponse:
        content, raw = read(dict_of(response.get("message"))), response.get("done_reason")
        calls = [block for block in content if isinstance(block, AgentCallBlock)]
        if (
            call.response_format
            and not calls
            and (text := "".join(b.text for b in content if isinstance(b, TextBlock)))
        ):
            parsed, _fault = parse_output(text, call.response_format)
            content = [*(b for b in content if not isinstance(b, TextBlock)), parsed] if parsed else content
        kinds = {"stop": "agent_calls" if calls else "stop", "length": "length"}
        finish = FinishReason(unified=kinds.get(str(raw), "other"), raw=None if raw is None else str(raw))
        counts = {k: n for k in ("prompt_eval_count", "eval_count") if type(n := response.get(k)) is int}
        usage = Usage(input_tokens=counts.get("prompt_eval_count"), output_tokens=counts.get("eval_count"), raw=counts)
        known = {"model", "message", "done", "done_reason", *counts}
        metadata = CallMetadata(
            provider=self.name,
            wire=WIRE,
            model=call.model,
            response_model=words(response.get("model")) or None,
            finish_reason=finish,
            usage=usage,
            other={key: value for key, value in response.items() if key not in known},
        )
        return Ell2aResponse(content, calls, metadata=metadata, finish_reason=finish)

    def accumulator(self) -> Lines:
        return Lines()


class Lines:
    """A stream's lines, joined into the answer that would have come whole."""

    def __init__(self) -> None:
        self.done = False
        self.error: Any = None
        self._lines: list[dict[str, Any]] = []

    def feed(self, event: Any) -> Iterator[Delta]:
        """Take in one line."""
        line = dict_of(event)
        self._lines.append(line)
        self.done = self.done or line.get("done") is True
        self.error = line if "error" in line else self.error
        message = dict_of(line.get("message"))
        if words(message.get("thinking")):
            yield Delta("thinking", words(message["thinking"]))
        if words(message.get("content")):
            yield Delta("text", words(message["content"]))
        for call in entries(message.get("tool_calls")):
            function = dict_of(call.get("function"))
            yield Delta("agent_call", compact_json(function.get("arguments")), name=words(function.get("name")))

    def response(self) -> dict[str, Any]:
        """The answer so far."""
        messages = [dict_of(line.get("message")) for line in self._lines]
        joined: dict[str, Any] = {"role": "assistant"}
        for key in ("content", "thinking"):
            joined[key] = "".join(words(message.get(key)) for message in messages)
        joined["tool_calls"] = [call for message in messages for call in entries(message.get("tool_calls"))]
        whole = {key: value for line in self._lines for key, value in line.items() if key != "error"}
        return {**whole, "message": {key: value for key, value in joined.items() if value}} if whole else {}


# --- blocks ---


def written(message: Message, i: int, report: Report) -> Iterator[dict[str, Any]]:
    """The native messages of a universal one: a result of an agent is a message of its own."""
    sent: dict[str, Any] = {"role": message.role, "content": ""}
    for j, block in enumerate(message.content):
        path = f"messages.{i}.content.{j}"
        if isinstance(block, AgentResultBlock):
            lost = [inner for inner in block.content if not isinstance(inner, TextBlock)]
            if lost:
                report.lost(path, "a result is text here", capability=f"{lost[0].type} in results")
            yield {"role": "tool", "tool_call_id": block.call_id, "content": block.text}
        elif not put(sent, block):
            report.lost(path, "write it in words", capability=f"{block.type} blocks like this")
            continue
        report.kept(path, "messages")
    extras = [*(f"messages.{i}.native.{key}" for key in message.native or ())]
    extras += [f"messages.{i}.content.{j}.native.{k}" for j, b in enumerate(message.content) for k in b.native or ()]
    for path in extras:
        report.converted(path, None, "it is an extra of another wire, which means nothing here")
    if any(not isinstance(block, AgentResultBlock) for block in message.content):
        yield sent


def put(sent: dict[str, Any], block: Block) -> bool:
    """Put a block into a native message; False where there is no place for it."""
    if isinstance(block, TextBlock | RefusalBlock | ParsedBlock):
        sent["content"] += block.json_text() if isinstance(block, ParsedBlock) else block.text
    elif isinstance(block, ImageBlock) and block.data is not None:
        sent.setdefault("images", []).append(base64.b64encode(block.data).decode())
    elif isinstance(block, ThinkingBlock) and not block.redacted:
        sent["thinking"] = sent.get("thinking", "") + block.text
    elif isinstance(block, AgentCallBlock):
        function = {"name": block.name, "arguments": block.arguments if isinstance(block.arguments, dict) else {}}
        sent.setdefault("tool_calls", []).append({"id": block.id, "function": function})
    elif isinstance(block, OpaqueBlock) and block.wire == WIRE and isinstance(block.raw, dict):
        sent.update(block.raw)
    else:
        return False
    return True


def read(raw: dict[str, Any]) -> list[Block]:
    """The blocks of a native message; what is of another shape is opaque."""
    content: list[Block] = [ThinkingBlock(text=raw["thinking"])] if words(raw.get("thinking")) else []
    content += texts(raw.get("content"))
    for image in raw["images"] if isinstance(raw.get("images"), list) else ():
        data = base64.b64decode(words(image))
        content.append(ImageBlock(data=data, media_type=media_type_of(data) or "image/png"))
    for n, call in enumerate(entries(raw.get("tool_calls"))):
        function = dict_of(call.get("function"))
        id = words(call.get("id")) or f"call_{n}"
        content.append(AgentCallBlock(id=id, name=words(function.get("name")), arguments=function.get("arguments")))
    odd = {key: value for key, value in raw.items() if key not in FIELDS and value}
    return [*content, OpaqueBlock(wire=WIRE, kind="fields", raw=odd)] if odd else content


FIELDS = ("role", "content", "thinking", "images", "tool_calls")


def texts(content: Any) -> list[Block]:
    """The text block of a native content; none where it is empty."""
    return [TextBlock(text=content)] if words(content) else []


def words(value: Any) -> str:
    """A string, or nothing."""
    return value if isinstance(value, str) else ""


def dict_of(value: Any) -> dict[str, Any]:
    """A JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
