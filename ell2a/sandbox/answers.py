"""An answer as the sandbox composes it, before a wire writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ell2a.sandbox.conversation import AgentCall

Finish = Literal["stop", "stop_sequence", "length", "agent_calls", "refusal"]


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Reasoning before the answer. `shown` is false where the caller may only have the signature."""

    text: str
    tokens: int
    signature: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer among several."""

    text: str
    finish: Finish
    calls: tuple[AgentCall, ...] = ()
    reasoning: Reasoning | None = None
    refusal: str | None = None
    stop_sequence: str | None = None
    """Which of the caller's stop sequences ended the text."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, counted as `ell2a.sandbox.tokens` says. Input includes what was read from or written to the cache."""

    input: int
    output: int
    cache_read: int = 0
    cache_written: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sandbox says to a conversation."""

    choices: tuple[Choice, ...]
    usage: Usage
