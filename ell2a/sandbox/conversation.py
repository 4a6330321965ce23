"""A request as the sandbox understands it, whichever wire it came by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant"]
MediaKind = Literal["image", "document", "audio"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, document or sound: its bytes, or an address that the sandbox does not open."""

    kind: MediaKind
    media_type: str | None = None
    data: bytes = b""
    url: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Thought:
    """Reasoning that comes back in the history. Redacted reasoning has no text."""

    text: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class AgentCall:
    """A call of an agent, made by the sandbox or standing in the history."""

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentResult:
    """What an agent gave back."""

    call_id: str
    parts: tuple[Part, ...] = ()
    is_error: bool = False

    @property
    def text(self) -> str:
        """The words of the result."""
        return " ".join(p.text for p in self.parts if isinstance(p, Text))


Part = Text | Media | Thought | AgentCall | AgentResult


@dataclass(frozen=True, slots=True)
class Turn:
    """What one party said."""

    role: Role
    parts: tuple[Part, ...]
    cache_mark: bool = False
    """The caller asks for everything up to here to be cached."""

    @property
    def text(self) -> str:
        """The words of the turn, one part a line."""
        return "\n".join(p.text for p in self.parts if isinstance(p, Text))


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent on offer."""

    name: str
    description: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """Whether agents may, must or must not be called, or which one must."""

    kind: Literal["auto", "none", "required", "agent"] = "auto"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Thinking:
    """Whether the answer is to be reasoned about first, and how much of that is shown."""

    on: bool = False
    budget: int | None = None
    """The most tokens of it."""
    shown: bool = True


@dataclass(frozen=True)
class Conversation:
    """Everything that a request asks for."""

    model: str
    turns: tuple[Turn, ...]
    agents: tuple[Agent, ...] = ()
    choice: AgentChoice = AgentChoice()
    parallel: bool = True
    """Whether several agents may be called in one answer."""
    schema: dict[str, Any] | None = None
    """The schema of the structured output asked for; an empty one asks for any JSON object."""
    thinking: Thinking = Thinking()
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    n: int = 1
    seed: int | None = None
    stream: bool = False
    caching: Literal["automatic", "marked"] = "automatic"
    wire_options: dict[str, Any] = field(default_factory=dict)
    """What only the writer of the wire's answers needs to know."""

    @property
    def system(self) -> str:
        """The words of the system turns."""
        return "\n".join(t.text for t in self.turns if t.role == "system")

    @property
    def question_at(self) -> int:
        """The place of the last turn in which the user says or shows something; -1 where there is none."""
        asked = [i for i, t in enumerate(self.turns) if t.role == "user" and _says_something(t)]
        return asked[-1] if asked else -1

    @property
    def question(self) -> Turn:
        """The last turn in which the user says or shows something."""
        at = self.question_at
        return self.turns[at] if at >= 0 else Turn("user", (Text(""),))

    def since_question(self) -> tuple[Turn, ...]:
        """The turns after the question: agents' calls and their results."""
        return self.turns[self.question_at + 1 :]

    def parts(self) -> Iterator[Part]:
        """Every part of every turn."""
        for turn in self.turns:
            yield from turn.parts


def _says_something(turn: Turn) -> bool:
    return any(isinstance(p, (Text, Media)) for p in turn.parts)
