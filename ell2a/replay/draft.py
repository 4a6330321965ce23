"""A call on its way to another target: parts may be left out or told otherwise, and each keeps the path it had."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ell2a.calls import (
    Action,
    AgentChoice,
    AnyAgent,
    Ell2aCall,
    ReplayChoice,
    ResponseFormat,
    TranslationItem,
)
from ell2a.messages import AgentResultBlock, Block, Message

_BLOCK = re.compile(r"messages\.(\d+)\.content\.(\d+)(.*)")
_MESSAGE = re.compile(r"messages\.(\d+)(.*)")
_AGENT = re.compile(r"agents\.(\d+)(.*)")
_WITHIN = re.compile(r"\.content\.(\d+)(.*)")
INSIDE_RESULT = re.compile(r"(messages\.\d+\.content\.\d+)\.content\.(\d+)")
"""The path of a block inside of an agent's result."""


@dataclass
class Part:
    """One block of a message."""

    path: str
    block: Block
    added: bool = False
    """It stands for something that was no block of the original, such as a response format told in words."""
    inner: list[Block] = field(default_factory=list)
    """The blocks that an agent's result had at first, as they stand now: their places here are those of their paths."""

    def without_native(self) -> None:
        """Take the native keys off the block and off what is in it."""
        update: dict[str, Any] = {"native": None}
        if isinstance(self.block, AgentResultBlock):
            bare = [block.model_copy(update={"native": None}) for block in self.inner]
            there = {id(block) for block in self.block.content}
            update["content"] = [new for old, new in zip(self.inner, bare, strict=True) if id(old) in there]
            self.inner = bare
        self.block = self.block.model_copy(update=update)

    def inner_path(self, rest: str) -> str:
        """The end of a path inside of the block, such as `.content.0`, as it was at first."""
        found = _WITHIN.fullmatch(rest)
        if found is None or not isinstance(self.block, AgentResultBlock):
            return rest
        block = self.block.content[int(found[1])]
        return f".content.{next(i for i, first in enumerate(self.inner) if first is block)}{found[2]}"


@dataclass
class Turn:
    """One message."""

    path: str | None
    """None for a message that the original has not."""
    message: Message
    parts: list[Part] = field(default_factory=list)


class Draft:
    """The parts of a call with their paths, and what became of those that are settled."""

    def __init__(self, call: Ell2aCall) -> None:
        self.original = call
        self.turns = [
            Turn(
                f"messages.{i}",
                message,
                [_part(f"messages.{i}.content.{j}", block) for j, block in enumerate(message.content)],
            )
            for i, message in enumerate(call.messages)
        ]
        self.agents: list[tuple[str, AnyAgent]] = [(f"agents.{i}", agent) for i, agent in enumerate(call.agents)]
        self.agent_choice: AgentChoice | None = call.agent_choice
        self.response_format: ResponseFormat | None = call.response_format
        self.stream = call.stream
        self.settled: dict[str, TranslationItem] = {}

    # --- what became of a part ---

    def settle(
        self, path: str, action: Action, reason: str, *, to: Any = None, choices: list[ReplayChoice] | None = None
    ) -> None:
        """Say what became of a part. What is said first stands, unless only a part of it went and more is refused."""
        before = self.settled.get(path)
        if before is None or (before.action == "converted" and action == "refused"):
            self.settled[path] = TranslationItem(path=path, action=action, reason=reason, to=to, choices=choices or [])

    def leave_out(self, path: str, action: Action, reason: str, *, choices: list[ReplayChoice] | None = None) -> bool:
        """Take a part away and say why; False where there is no such part.

        A whole message, all agents, or an agent's result takes what is in it along. A block inside of an
        agent's result is no part of its own: what became of it is said of the result.
        """
        inner = INSIDE_RESULT.fullmatch(path)
        if inner:
            action = "converted" if action == "dropped" else action
            taken = self._take_inner(inner[1], int(inner[2]))
            reason = f"something in the result is not sent: {reason}"
        else:
            taken = list(self._take(path))
        for gone in taken:
            self.settle(gone, action, reason, choices=choices)
        return bool(taken)

    def _take_inner(self, path: str, index: int) -> list[str]:
        for _, part in self.blocks():
            if part.path == path and isinstance(part.block, AgentResultBlock) and index < len(part.inner):
                gone = part.inner[index]
                kept = [b for b in part.block.content if b is not gone]
                if len(kept) < len(part.block.content):
                    part.block = part.block.model_copy(update={"content": kept})
                    return [path]
        return []

    def _take(self, path: str) -> Iterator[str]:
        for turn in list(self.turns):
            yield from self._take_blocks(turn, path)
            if turn.path and (within(turn.path, path) or (not turn.parts and turn.message.content)):
                self.turns.remove(turn)
                yield from _natives(turn.path, turn.message)
        for place, agent in list(self.agents):
            if within(place, path):
                self.agents.remove((place, agent))
                yield from [place, *_natives(place, agent)]
        for name in ("agent_choice", "response_format"):
            if getattr(self, name) is not None and within(name, path):
                yield from [name, *_natives(name, getattr(self, name))]
                setattr(self, name, None)
        if self.stream and path == "stream":
            self.stream = False
            yield "stream"

    def _take_blocks(self, turn: Turn, path: str) -> Iterator[str]:
        for part in list(turn.parts):
            if not part.added and within(part.path, path):
                turn.parts.remove(part)
                yield from [part.path, *_natives(part.path, part.block)]

    # --- the call as it stands ---

    def messages(self) -> list[Message]:
        """The messages as they stand."""
        return [turn.message.model_copy(update={"content": [p.block for p in turn.parts]}) for turn in self.turns]

    def call(self, *, provider: str, wire: str, model: str, api_params: dict[str, Any]) -> Ell2aCall:
        """The call as it stands, for a target."""
        return Ell2aCall(
            model=model,
            provider=provider,
            wire=wire,
            messages=self.messages(),
            agents=[agent for _, agent in self.agents],
            agent_choice=self.agent_choice,
            response_format=self.response_format,
            stream=self.stream,
            api_params=api_params,
        )

    def blocks(self) -> Iterator[tuple[Turn, Part]]:
        """Every block as it stands, with the message that it is in."""
        for turn in self.turns:
            for part in turn.parts:
                yield turn, part

    def original_path(self, path: str) -> str | None:
        """The path that a part of the call as it stands has in the original; None for what was added."""
        found = _BLOCK.fullmatch(path)
        if found:
            part = self.turns[int(found[1])].parts[int(found[2])]
            return None if part.added else part.path + part.inner_path(found[3])
        found = _MESSAGE.fullmatch(path)
        if found:
            turn = self.turns[int(found[1])]
            return None if turn.path is None else turn.path + found[2]
        found = _AGENT.fullmatch(path)
        if found:
            return self.agents[int(found[1])][0] + found[2]
        return path


def within(path: str, other: str) -> bool:
    """Whether a path is another one or lies below it."""
    return path == other or path.startswith(f"{other}.")


def _part(path: str, block: Block) -> Part:
    return Part(path, block, inner=list(block.content) if isinstance(block, AgentResultBlock) else [])


def _natives(path: str, owner: Any) -> list[str]:
    return [f"{path}.native.{key}" for key in (getattr(owner, "native", None) or ())]
