"""What agents are on record to have given: the results that a replay may answer with, since it runs no agent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pydantic_core

from ell2a.messages import AgentCallBlock, AgentResultBlock, Block, Message

if TYPE_CHECKING:
    from ell2a.log import CallLog


class RecordedResults:
    """Results by agent and arguments, out of conversations that were logged."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._results: dict[tuple[str, bytes], AgentResultBlock] = {}
        calls: dict[str, AgentCallBlock] = {}
        for message in messages:
            for block in message.content:
                if isinstance(block, AgentCallBlock):
                    calls[block.id] = block
                elif isinstance(block, AgentResultBlock) and block.call_id in calls:
                    # The first result counts: a later one may have been asked for because the first was no use.
                    self._results.setdefault(_key(calls[block.call_id]), block)

    @classmethod
    def of_call(cls, log: CallLog, call_id: str) -> RecordedResults:
        """Those of the conversation that a logged call is part of: what went before it, and what came after."""
        said = list(log.load_call(call_id).messages)
        # What came after the original counts first: its results are of this very turn.
        later = [message for id in log.following(call_id) for message in log.load_call(id).messages[len(said) :]]
        return cls([*later, *said])

    def answer(self, called: Message) -> Message | None:
        """The user message with the results of all the agents that a message calls; None where one is not on record."""
        results: list[Block] = []
        for call in called.agent_calls:
            found = self._results.get(_key(call))
            if found is None:
                return None
            results.append(found.model_copy(update={"call_id": call.id, "native": None}))
        return Message(role="user", content=results) if results else None

    def missing(self, called: Message) -> list[str]:
        """The names of called agents whose result with these arguments is not on record."""
        return [call.name for call in called.agent_calls if _key(call) not in self._results]

    def __len__(self) -> int:
        return len(self._results)


def _key(call: AgentCallBlock) -> tuple[str, bytes]:
    """Agent and arguments, alike for arguments that differ in the order of their keys or in spaces only."""
    return call.name, pydantic_core.to_json(
        _ordered(call.arguments if call.arguments is not None else call.raw_arguments)
    )


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(v) for v in value] if isinstance(value, list) else value
