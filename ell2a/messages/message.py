"""A message: who speaks, and the blocks spoken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from ell2a.errors import AgentMissing, OutputNotParsed
from ell2a.messages.blocks import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    Block,
    ImageBlock,
    JsonValue,
    ParsedBlock,
    RefusalBlock,
    RunsAgent,
    TextBlock,
    ThinkingBlock,
)

Role = Literal["system", "user", "assistant"]

FinishKind = Literal[
    "stop", "length", "agent_calls", "content_filter", "refusal", "pause", "context_window", "error", "other"
]


class FinishReason(BaseModel):
    """Why the model stopped: our word, and the provider's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unified: FinishKind
    raw: str | None = None


class Message(BaseModel):
    """What one party says. In a response it also tells why the model stopped."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    role: Role
    content: list[Block]
    native: dict[str, JsonValue] | None = None
    """The wire's own extras of the message. Each wire lists the keys it puts here."""
    finish_reason: FinishReason | None = None
    _parse_fault: str | None = PrivateAttr(default=None)
    _call_id: str | None = PrivateAttr(default=None)

    @property
    def call_id(self) -> str | None:
        """The call in the log that gave this message; None for one that a program made itself."""
        return self._call_id

    @property
    def text(self) -> str:
        """The words of the message: its text blocks and the JSON text of a structured output, joined."""
        return "".join(_words(self.content))

    @property
    def agent_calls(self) -> list[AgentCallBlock]:
        """The agents that the model calls and this program is to run."""
        return [b for b in self.content if isinstance(b, AgentCallBlock) and not b.executed_by_provider]

    @property
    def agent_results(self) -> list[AgentResultBlock]:
        """The results in this message."""
        return [b for b in self.content if isinstance(b, AgentResultBlock)]

    @property
    def thinking(self) -> str:
        """The model's reasoning, as far as it is shown."""
        return "".join(b.text for b in self.content if isinstance(b, ThinkingBlock))

    @property
    def refusal(self) -> str | None:
        """The model's words in refusing, or None."""
        said = [b.text for b in self.content if isinstance(b, RefusalBlock)]
        return "".join(said) if said else None

    @property
    def images(self) -> list[ImageBlock]:
        """The pictures in this message."""
        return [b for b in self.content if isinstance(b, ImageBlock)]

    @property
    def audio(self) -> list[AudioBlock]:
        """The sounds in this message."""
        return [b for b in self.content if isinstance(b, AudioBlock)]

    @property
    def parsed(self) -> Any:
        """The structured output: an object of the class asked for, or the JSON value.

        None where none was asked for or the model refused or called an agent instead.
        Raises OutputNotParsed where the answer does not fit what was asked for.
        """
        for block in self.content:
            if isinstance(block, ParsedBlock):
                return block.instance
        if self._parse_fault is not None:
            raise OutputNotParsed(self._parse_fault, text=self.text)
        return None

    def with_parse_fault(self, fault: str | None) -> Message:
        """Remember why the text is no structured output; `parsed` then raises it."""
        self._parse_fault = fault
        return self

    def from_call(self, call_id: str) -> Message:
        """Remember the call that gave this message; not part of the JSON form."""
        self._call_id = call_id
        return self

    def call_agents(self, agents: Mapping[str, RunsAgent] | None = None) -> Message:
        """Run the agents that this message calls, in order, and give the user message with their results.

        `agents` says which function stands for a name where the message was not made by a call
        with agents. An agent's exception, or arguments that do not validate, becomes a result
        with `is_error`, for the model to read. Raises AgentMissing for a name nobody answers to.
        """
        return Message(role="user", content=[agent.run(call) for agent, call in self._called(agents)])

    async def acall_agents(self, agents: Mapping[str, RunsAgent] | None = None) -> Message:
        """`call_agents`, awaited; the agents run side by side, their results stand in the order of the calls."""
        results = await asyncio.gather(*(agent.arun(call) for agent, call in self._called(agents)))
        return Message(role="user", content=list(results))

    def _called(self, agents: Mapping[str, RunsAgent] | None) -> list[tuple[RunsAgent, AgentCallBlock]]:
        # All are found before the first is run.
        pairs = []
        for call in self.agent_calls:
            agent = (agents or {}).get(call.name) or call.agent
            if agent is None:
                raise AgentMissing(call.name, known=sorted(agents or {}))
            pairs.append((agent, call))
        return pairs


def _words(blocks: list[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, TextBlock):
            yield block.text
        elif isinstance(block, ParsedBlock):
            yield block.json_text()
