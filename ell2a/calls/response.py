"""A model's answer to a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ell2a.calls.metadata import CallMetadata
from ell2a.errors import ContractError
from ell2a.messages import (
    AgentCallBlock,
    Block,
    FinishReason,
    JsonValue,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    ThinkingBlock,
)


class Choice:
    """One answer among several. Its arguments are those of Ell2aResponse."""

    def __init__(
        self,
        content: Sequence[Block],
        agent_calls: Sequence[AgentCallBlock],
        *,
        thinking: Sequence[ThinkingBlock] = (),
        refusal: RefusalBlock | None = None,
        parsed: ParsedBlock | None = None,
        opaque: Sequence[OpaqueBlock] = (),
        finish_reason: FinishReason | None = None,
        native: dict[str, JsonValue] | None = None,
    ) -> None:
        blocks = list(content)
        present = {id(b) for b in blocks}
        declared = {id(b) for b in agent_calls}
        undeclared = [b.name for b in blocks if isinstance(b, AgentCallBlock) and id(b) not in declared]
        if undeclared:
            raise ContractError(
                f"content holds calls of {', '.join(undeclared)} that `agent_calls` does not name: list every agent call there."
            )
        lead: list[Block] = [b for b in thinking if id(b) not in present]
        tail: list[Block] = [*([refusal] if refusal else []), *([parsed] if parsed else []), *opaque, *agent_calls]
        blocks = [*lead, *blocks, *(b for b in tail if id(b) not in present)]
        self.message = Message(role="assistant", content=blocks, native=native, finish_reason=finish_reason)


class Ell2aResponse:
    """A model's answer: one message a choice, and the call's metadata.

    `content` holds the blocks in the order of the answer. `agent_calls` has no default, so that every
    translator says of every answer whether an agent was called; a call that is not in `content` already
    is put at its end, thinking at its beginning, the others between. Raises ContractError where
    `content` holds an agent call that `agent_calls` does not name.
    """

    def __init__(
        self,
        content: Sequence[Block],
        agent_calls: Sequence[AgentCallBlock],
        *,
        metadata: CallMetadata,
        thinking: Sequence[ThinkingBlock] = (),
        refusal: RefusalBlock | None = None,
        parsed: ParsedBlock | None = None,
        opaque: Sequence[OpaqueBlock] = (),
        finish_reason: FinishReason | None = None,
        native: dict[str, JsonValue] | None = None,
        other_choices: Sequence[Choice] = (),
    ) -> None:
        first = Choice(
            content,
            agent_calls,
            thinking=thinking,
            refusal=refusal,
            parsed=parsed,
            opaque=opaque,
            finish_reason=finish_reason,
            native=native,
        )
        self.messages: list[Message] = [first.message, *(c.message for c in other_choices)]
        self.metadata = metadata
        self.call_id: str | None = None

    @property
    def message(self) -> Message:
        """The first choice."""
        return self.messages[0]

    @property
    def text(self) -> str:
        """The words of the first choice."""
        return self.message.text

    @property
    def agent_calls(self) -> list[AgentCallBlock]:
        """The agents that the first choice calls."""
        return self.message.agent_calls

    @property
    def parsed(self) -> Any:
        """The structured output of the first choice; see `Message.parsed`."""
        return self.message.parsed

    def __repr__(self) -> str:
        return f"Ell2aResponse({self.text[:60]!r}, agent_calls={len(self.agent_calls)}, call_id={self.call_id!r})"
