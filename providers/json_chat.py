"""A chat wire over plain JSON: `{"model", "messages": [...], "tools": [...], ...}`, with the translators written once.

A subclass says by tables where things stand. Where a wire differs, it overrides the one method that is about it; a wire of
another build altogether takes `JsonHttpProvider` and writes its own translators.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from ell2a.calls import (
    AgentChoice,
    AgentSpec,
    AnyAgent,
    CallMetadata,
    Ell2aCall,
    Ell2aResponse,
    ResponseFormat,
    ServerAgent,
)
from ell2a.messages import AgentCallBlock, AgentResultBlock, Block, Message, OpaqueBlock, TextBlock
from ell2a.providers.accumulator import Accumulator
from ell2a.providers.answer_places import AnswerPlaces, value_at
from ell2a.providers.json_chat_stream import JsonChatStream
from ell2a.providers.json_http import JsonHttpProvider
from ell2a.providers.message_fields import MessageField
from ell2a.providers.report import Report
from ell2a.providers.structured import parse_output

_ROLES = ("system", "user", "assistant")
_RESULT_KEYS = ("role", "content")
_FUNCTION_KEYS = ("name", "description", "parameters")


class JsonChatProvider(JsonHttpProvider):
    """A wire of messages with a role, one key a kind of content, and one answer a call."""

    message_fields: ClassVar[Sequence[MessageField]]
    """The keys of a message beside its role, in the order in which their blocks are read."""
    answer_places: ClassVar[AnswerPlaces]
    """Where an answer has its parts."""
    agents_key: ClassVar[str] = "tools"
    """Where the declared functions go."""
    agent_choice_key: ClassVar[str] = "tool_choice"
    """Where the choice among them goes; `write_choice` says in which form."""
    response_format_key: ClassVar[str] = "response_format"
    """Where the structure of the answer goes; `write_format` says in which form."""
    result_role: ClassVar[str] = "tool"
    """The role of the message that holds the result of an agent, as its `content`."""
    result_id_key: ClassVar[str] = "tool_call_id"
    """The key in it that names the call."""

    # --- what a wire may have in its own form ---

    def write_agent(self, agent: AgentSpec) -> dict[str, Any] | None:
        """A declared function; None where the wire has none."""
        function = {"name": agent.name, "description": agent.description, "parameters": agent.input_schema}
        return {"type": "function", "function": {key: value for key, value in function.items() if value is not None}}

    def read_agent(self, raw: Any) -> AgentSpec | None:
        """What `write_agent` wrote; None for what is of another shape."""
        function = raw.get("function") if isinstance(raw, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            return None
        if raw.keys() - {"type", "function"} or function.keys() - set(_FUNCTION_KEYS):
            return None
        description, schema = function.get("description"), function.get("parameters", {})
        if not isinstance(description, str | None) or not isinstance(schema, dict):
            return None
        return AgentSpec(name=function["name"], description=description, input_schema=schema)

    def write_choice(self, choice: AgentChoice) -> Any:
        """The choice among agents; None where the wire cannot say it."""
        del choice
        return None

    def read_choice(self, raw: Any) -> AgentChoice | None:
        """What `write_choice` wrote; None for anything else."""
        del raw
        return None

    def write_format(self, wanted: ResponseFormat) -> Any:
        """The structure asked of the answer; None where the wire has no structured outputs."""
        del wanted
        return None

    def read_format(self, raw: Any) -> ResponseFormat | None:
        """What `write_format` wrote; None for anything else."""
        del raw
        return None

    def is_last(self, event: dict[str, Any]) -> bool:
        """Whether an event of a stream is the wire's own end."""
        return event.get("done") is True or event.get("type") == "[DONE]"

    # --- universal -> native ---

    def translate_ell2a_to_provider(self, call: Ell2aCall, report: Report | None = None) -> dict[str, Any]:
        report = report or Report(f"{self.name}/{call.model}")
        report.kept("model", "model")
        report.kept("stream", "stream")
        messages = [sent for i, message in enumerate(call.messages) for sent in self._written(message, i, report)]
        request: dict[str, Any] = {"model": call.model, "messages": messages, "stream": call.stream}
        agents = [sent for i, agent in enumerate(call.agents) if (sent := self._agent(agent, i, report))]
        if agents:
            request[self.agents_key] = agents
        if call.agent_choice is not None:
            chosen = self.write_choice(call.agent_choice)
            self._place(request, "agent_choice", self.agent_choice_key, chosen, report)
        if call.response_format is not None:
            wanted = self.write_format(call.response_format)
            self._place(request, "response_format", self.response_format_key, wanted, report)
            for key in call.response_format.native or ():
                self._extra(f"response_format.native.{key}", report)
        for name, value in call.api_params.items():
            request[name] = value
            report.kept(f"api_params.{name}", name)
        return request

    def _place(self, request: dict[str, Any], path: str, key: str, value: Any, report: Report) -> None:
        if value is None:
            capability = {"response_format": "structured_outputs"}.get(path, path)
            report.lost(path, "say it in words", capability=capability)
            return
        request[key] = value
        if path == key:
            report.kept(path, key)
        else:
            report.renamed(path, key)

    def _agent(self, agent: AnyAgent, i: int, report: Report) -> dict[str, Any] | None:
        path = f"agents.{i}"
        if isinstance(agent, ServerAgent) and agent.wire == self.wire:
            report.kept(path, self.agents_key)
            return agent.raw
        sent = self.write_agent(agent) if isinstance(agent, AgentSpec) else None
        if sent is None:
            kind = "function_calling" if isinstance(agent, AgentSpec) else "server_agents"
            report.lost(path, "leave it out", capability=kind)
            return None
        if isinstance(agent, AgentSpec):
            for key in agent.native or ():
                self._extra(f"{path}.native.{key}", report)
            back = self.read_agent(sent)
            if agent.strict and not (back and back.strict):
                report.converted(
                    path, self.agents_key, "the wire has no strict agents: the schema is a hint to the model"
                )
            else:
                report.kept(path, self.agents_key)
        return sent

    def _written(self, message: Message, i: int, report: Report) -> Iterator[dict[str, Any]]:
        """The native messages of a universal one: the result of an agent is a message of its own."""
        sent: dict[str, Any] = {"role": message.role}
        for j, block in enumerate(message.content):
            path = f"messages.{i}.content.{j}"
            if isinstance(block, AgentResultBlock):
                yield self._result(block, path, report)
            else:
                self._put(sent, block, path, report)
            for key in block.native or ():
                self._extra(f"{path}.native.{key}", report)
        for key in message.native or ():
            self._extra(f"messages.{i}.native.{key}", report)
        if len(sent) > 1 or not message.content:
            yield {"role": message.role, self._words_key: "", **sent}

    @property
    def _words_key(self) -> str:
        """The key of the words, which stands in every message, be it empty."""
        return next(field.key for field in self.message_fields if field.takes(TextBlock(text="")))

    def _put(self, sent: dict[str, Any], block: Block, path: str, report: Report) -> None:
        if isinstance(block, OpaqueBlock) and block.wire == self.wire and isinstance(block.raw, dict):
            sent.update(block.raw)
            report.kept(path, "messages")
            return
        field = next((field for field in self.message_fields if field.takes(block)), None)
        if field is None:
            report.lost(path, "write it in words", capability=f"such {block.type} blocks")
            return
        sent[field.key] = field.put(block, sent.get(field.key))
        self._told(block, field.unsaid(block), path, report)

    def _result(self, block: AgentResultBlock, path: str, report: Report) -> dict[str, Any]:
        others = [inner.type for inner in block.content if not isinstance(inner, TextBlock)]
        if others:
            report.lost(path, "give the result as text", capability=f"{others[0]} blocks in the result of an agent")
        else:
            self._told(block, ["is_error"] if block.is_error else [], path, report)
        extras = {key: value for key, value in (block.native or {}).items() if key in self.native_keys}
        return {"role": self.result_role, self.result_id_key: block.call_id, "content": block.text, **extras}

    def _told(self, block: Block, unsaid: list[str], path: str, report: Report) -> None:
        if unsaid:
            report.converted(path, "messages", f"the wire has no place for {', '.join(unsaid)} of {block.type} blocks")
        else:
            report.kept(path, "messages")

    def _extra(self, path: str, report: Report) -> None:
        if path.rpartition(".")[2] in self.native_keys:
            report.kept(path, "messages")
        else:
            report.converted(path, None, "it is an extra of another wire, which means nothing here")

    # --- native -> universal ---

    def translate_request_to_ell2a(self, native: dict[str, Any]) -> Ell2aCall:
        messages: list[Message] = []
        raw_messages = native.get("messages")
        for raw in raw_messages if isinstance(raw_messages, list) else ():
            message = self._message(raw)
            last = messages[-1] if messages else None
            if last is not None and _only_results(last) and _only_results(message):
                # Results of parallel calls stand in one message here.
                messages[-1] = last.model_copy(update={"content": [*last.content, *message.content]})
            else:
                messages.append(message)
        params = {key: value for key, value in native.items() if key not in self.owned}
        raw_agents = native.get(self.agents_key)
        choice = self.read_choice(native.get(self.agent_choice_key))
        wanted = self.read_format(native.get(self.response_format_key))
        for key, read in ((self.agent_choice_key, choice), (self.response_format_key, wanted)):
            if read is None and key in native:
                params[key] = native[key]
        return Ell2aCall(
            model=str(native.get("model") or ""),
            provider=self.name,
            wire=self.wire,
            messages=messages,
            agents=[self._read_agent(raw) for raw in raw_agents] if isinstance(raw_agents, list) else [],
            agent_choice=choice,
            response_format=wanted,
            stream=bool(native.get("stream")),
            api_params=params,
        )

    def _read_agent(self, raw: Any) -> AnyAgent:
        read = self.read_agent(raw)
        return read or ServerAgent(wire=self.wire, raw=raw if isinstance(raw, dict) else {"type": str(raw)})

    def _message(self, raw: Any) -> Message:
        if not isinstance(raw, dict):
            return Message(role="user", content=[self._opaque({"content": raw})])
        role, content, id = raw.get("role"), raw.get("content"), raw.get(self.result_id_key)
        if role == self.result_role and isinstance(content, str) and isinstance(id, str):
            extras = {key: value for key, value in raw.items() if key not in (*_RESULT_KEYS, self.result_id_key)}
            said: list[Block] = [TextBlock(text=content)] if content else []
            return Message(role="user", content=[AgentResultBlock(call_id=id, content=said, native=extras or None)])
        if role not in _ROLES:
            return Message(role="user", content=[self._opaque(raw)])
        return Message(role=role, content=self._blocks(raw))

    def _blocks(self, raw: dict[str, Any]) -> list[Block]:
        """The blocks of a native message; what is of another shape is opaque."""
        content: list[Block] = []
        odd = {key: value for key, value in raw.items() if key not in ("role", *(f.key for f in self.message_fields))}
        for field in self.message_fields:
            blocks = field.blocks(raw.get(field.key))
            if blocks is None:
                odd[field.key] = raw[field.key]
            else:
                content += blocks
        odd = {key: value for key, value in odd.items() if value is not None}
        return [*content, self._opaque(odd)] if odd else content

    def _opaque(self, raw: dict[str, Any]) -> OpaqueBlock:
        return OpaqueBlock(wire=self.wire, kind="fields", raw=raw)

    def translate_provider_to_ell2a(self, response: dict[str, Any], call: Ell2aCall) -> Ell2aResponse:
        places = self.answer_places
        raw = value_at(response, places.message)
        content = self._blocks(raw) if isinstance(raw, dict) else []
        if raw and not isinstance(raw, dict):
            content.append(self._opaque({"message": raw}))
        calls = [block for block in content if isinstance(block, AgentCallBlock)]
        content, fault = _structured(content, call.response_format)
        finish = places.finish_in(response, calls_agents=bool(calls))
        metadata = CallMetadata(
            provider=self.name,
            wire=self.wire,
            model=call.model,
            response_model=places.words_at(response, places.model),
            response_id=places.words_at(response, places.id),
            finish_reason=finish,
            usage=places.usage_in(response),
            other=places.rest_of(response),
        )
        answer = Ell2aResponse(content, calls, metadata=metadata, finish_reason=finish)
        answer.message.with_parse_fault(fault)
        return answer

    def accumulator(self) -> Accumulator:
        return JsonChatStream(
            self.answer_places, self.message_fields, is_last=self.is_last, is_error=self.answers_with_error
        )


def _only_results(message: Message) -> bool:
    return bool(message.content) and all(isinstance(block, AgentResultBlock) for block in message.content)


def _structured(content: list[Block], wanted: ResponseFormat | None) -> tuple[list[Block], str | None]:
    """The blocks with the structured output in the place of its text, or why the text is none."""
    texts = [block for block in content if isinstance(block, TextBlock)]
    if wanted is None or wanted.kind == "text" or any(isinstance(block, AgentCallBlock) for block in content):
        return content, None
    parsed, fault = parse_output("".join(block.text for block in texts), wanted)
    if parsed is None or not texts:
        return content, fault
    kept = [block for block in content if block is texts[0] or not isinstance(block, TextBlock)]
    return [parsed if block is texts[0] else block for block in kept], None
