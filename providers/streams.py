"""Streamed answers: iterators of deltas that know the whole answer once they are read."""

from __future__ import annotations

import asyncio
import atexit
import weakref
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any

from ell2a.calls import CallClosing, CallMetadata, CallRecord, Delta, Ell2aResponse
from ell2a.errors import CallError
from ell2a.messages import AgentCallBlock, Message
from ell2a.providers.answer import AsyncEventAnswer, EventAnswer
from ell2a.providers.flight import Flight
from ell2a.providers.gathering import Gathering

_unread: weakref.WeakSet[_Streamed] = weakref.WeakSet()
"""The streams that are not read to their end."""


class _Streamed(ABC):
    """What both kinds of stream have, once they are read."""

    def __init__(self, flight: Flight, record: CallRecord) -> None:
        self._flight, self._record = flight, record
        self._gathering = Gathering(flight)
        self._pending: deque[Delta] = deque()
        _leave_at_exit(self)

    @property
    def call_id(self) -> str:
        """The call in the log; known from the start."""
        return self._flight.call_id

    @property
    @abstractmethod
    def response(self) -> Ell2aResponse:
        """The whole answer."""

    @property
    def message(self) -> Message:
        """The first choice."""
        return self.response.message

    @property
    def messages(self) -> list[Message]:
        """All choices."""
        return self.response.messages

    @property
    def text(self) -> str:
        """The words of the first choice."""
        return self.response.text

    @property
    def agent_calls(self) -> list[AgentCallBlock]:
        """The agents that the first choice calls."""
        return self.response.agent_calls

    @property
    def parsed(self) -> Any:
        """The structured output of the first choice."""
        return self.response.parsed

    @property
    def metadata(self) -> CallMetadata:
        """What is known of the call."""
        return self.response.metadata

    def _take(self, event: Any, size: int) -> None:
        for delta in self._gathering.take(event, size):
            self._record.delta(delta)
            self._pending.append(delta)

    def leave(self) -> None:
        """At the end of the process: what came is logged as `partial`. The connection goes with the process."""
        if not self._gathering.over:
            self._record.close(self._gathering.left())

    def _whole_error(self) -> BaseException:
        return self._gathering.error or CallError("the stream broke")

    def _whole(self) -> Ell2aResponse:
        if self._gathering.error is not None:
            raise self._gathering.error
        if self._gathering.response is None:
            raise CallError("the stream was closed before anything came", provider=self._flight.provider.name)
        return self._gathering.response


class Stream(_Streamed):
    """A streamed answer: iterate over its deltas; afterwards it has what a response has.

    Asking for `message`, `text` or the like reads it to its end first. Raises StreamBroken, with the
    response so far as `partial`, where the stream breaks. Leaving it early (`close`, the end of a
    `with`, the last reference gone) logs what came as `partial`.
    """

    # No generator: one would hold the stream in a cycle, and leaving it early would be noticed by the collector only.

    def __init__(self, flight: Flight, answer: EventAnswer, record: CallRecord) -> None:
        super().__init__(flight, record)
        self._answer = answer

    def __iter__(self) -> Iterator[Delta]:
        return self

    def __next__(self) -> Delta:
        while not self._pending:
            if self._gathering.over:
                raise StopIteration
            try:
                event, size = next(self._answer.events)
                self._take(event, size)
            except StopIteration:
                self._finish(self._gathering.ended())
                if self._gathering.error is not None:
                    raise self._gathering.error from self._gathering.error.__cause__
            except BaseException as exception:
                self._finish(self._gathering.failed(exception))
                if not isinstance(exception, Exception):
                    raise
                error = self._whole_error()
                raise error from error.__cause__
        return self._pending.popleft()

    def _finish(self, closing: CallClosing) -> None:
        self._answer.close()
        self._record.close(closing)

    def close(self) -> None:
        """Stop reading. What came is logged as `partial`, and is the response."""
        self._pending.clear()
        if not self._gathering.over:
            self._finish(self._gathering.left())

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_answer") and not self._gathering.over:
            self.close()

    @property
    def response(self) -> Ell2aResponse:
        """The whole answer; reads the stream to its end first."""
        for _ in self:
            pass
        return self._whole()


class AsyncStream(_Streamed):
    """A streamed answer, awaited: `async for delta in stream`; afterwards it has what a response has.

    Asking for `message` or the like before the end raises; `await stream.finish()` reads to the end.
    """

    def __init__(self, flight: Flight, answer: AsyncEventAnswer, record: CallRecord) -> None:
        super().__init__(flight, record)
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[Delta]:
        return self

    async def __anext__(self) -> Delta:
        while not self._pending:
            if self._gathering.over:
                raise StopAsyncIteration
            try:
                event, size = await anext(self._answer.events)
                self._take(event, size)
            except StopAsyncIteration:
                await self._finish(self._gathering.ended())
                if self._gathering.error is not None:
                    raise self._gathering.error from self._gathering.error.__cause__
            except BaseException as exception:
                await self._finish(self._gathering.failed(exception))
                if not isinstance(exception, Exception):
                    raise
                error = self._whole_error()
                raise error from error.__cause__
        return self._pending.popleft()

    async def _finish(self, closing: CallClosing) -> None:
        # A cancelled task still closes its record.
        await asyncio.shield(self._record.aclose(closing))
        await self._answer.close()

    async def finish(self) -> Ell2aResponse:
        """Read to the end and give the whole answer."""
        async for _ in self:
            pass
        return self._whole()

    async def aclose(self) -> None:
        """Stop reading. What came is logged as `partial`, and is the response."""
        self._pending.clear()
        if not self._gathering.over:
            await self._finish(self._gathering.left())

    async def __aenter__(self) -> AsyncStream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if hasattr(self, "_answer") and not self._gathering.over:
            # Nobody can await here; the record is closed all the same.
            self.leave()

    @property
    def response(self) -> Ell2aResponse:
        """The whole answer. Raises CallError before the end: `await stream.finish()` reads to it."""
        if not self._gathering.over:
            raise CallError("the stream is not read yet: iterate over it, or `await stream.finish()`")
        return self._whole()


def _leave_at_exit(stream: _Streamed) -> None:
    # Registered with the first stream: whoever observes it was there before, so it is told before it goes itself.
    if not _unread:
        atexit.unregister(_leave_all)
        atexit.register(_leave_all)
    _unread.add(stream)


def _leave_all() -> None:
    for stream in list(_unread):
        stream.leave()
