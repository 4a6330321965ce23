"""A piece of a streamed answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DeltaKind = Literal["text", "thinking", "refusal", "agent_call", "audio", "other"]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed answer. The pieces of one block, joined, are its text."""

    kind: DeltaKind
    text: str
    """The piece: words, or with `agent_call` a piece of the arguments' JSON text."""
    choice: int = 0
    block: int = 0
    """Which block of the choice, counted from 0 in order of arrival."""
    name: str | None = None
    """With `agent_call`, the agent's name, in the first piece."""

    def __str__(self) -> str:
        return self.text if self.kind == "text" else ""
