"""What `send` brings back: a body read as JSON, or a stream of events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

NativeEvent = dict[str, Any]
"""One event of a stream: its JSON data. The SSE event name, where it says more, stands under `event`."""


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """What the transport tells of an answer."""

    status: int = 200
    request_id: str | None = None
    retries: int = 0
    """How often the SDK tried again before this answer."""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    body: Any
    """The JSON value that came in."""
    head: AnswerHead = AnswerHead()


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """A streamed answer: `events` yields (JSON value, bytes of its data) until the stream ends."""

    events: Iterator[tuple[Any, int]]
    close: Callable[[], None]
    head: AnswerHead = AnswerHead()


@dataclass(frozen=True, slots=True)
class AsyncEventAnswer:
    """A streamed answer, awaited."""

    events: AsyncIterator[tuple[Any, int]]
    close: Callable[[], Awaitable[None]]
    head: AnswerHead = AnswerHead()


@dataclass(frozen=True, slots=True)
class ModelsAnswer:
    """One answer of a models endpoint."""

    body: Any
    """The JSON value that came in."""
    url: str
    """The address that was asked, its query included."""
