"""What the author of a wire gives to the kit: real answers, streams and errors, and the spellings that are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ell2a.errors import CallError
from ell2a.messages import FinishKind


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer means, as a person reads it in its JSON. What is left out is not compared."""

    finish_reason: FinishKind
    """Of the first choice."""
    text: str | None = None
    thinking: str | None = None
    refusal: str | None = None
    agent_calls: tuple[tuple[str, str, Any], ...] | None = None
    """(id, name, arguments) each."""
    input_tokens: int | None = None
    """Cached ones included."""
    output_tokens: int | None = None
    """Reasoning included."""
    cache_read_tokens: int | None = None
    reasoning_tokens: int | None = None
    choices: int = 1


@dataclass(frozen=True, slots=True)
class AnswerSample:
    """One whole answer as the service gives it."""

    name: str
    response: Mapping[str, Any]
    """The JSON body."""
    means: Meaning | None = None
    request: Mapping[str, Any] | None = None
    """The JSON body that it answers; None: any."""


@dataclass(frozen=True, slots=True)
class StreamSample:
    """One streamed answer as the service sends it."""

    name: str
    body: bytes
    whole: Mapping[str, Any] | None = None
    """The JSON body that the same answer has where it comes whole."""
    means: Meaning | None = None
    request: Mapping[str, Any] | None = None
    content_type: str = "text/event-stream"


@dataclass(frozen=True, slots=True)
class ErrorSample:
    """One error as the service sends it, and the class of ell2a.errors that it is."""

    status: int
    body: Any
    error: type[CallError]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Two spellings that say the same: `rewrite` turns the one into the other, in place."""

    name: str
    reason: str
    """Why they are the same."""
    rewrite: Callable[[dict[str, Any]], None]
