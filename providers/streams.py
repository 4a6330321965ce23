"""Streamed answers: iterators of deltas that know the whole answer once they are read."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any

from ell2a.calls import CallClosing, CallMetadata, CallRecord, Delta, Ell2aResponse
from ell2a.errors import CallError, StreamBroken
from ell2a.messages import AgentCallBlock, Message
from ell2a.providers.answer import AsyncEventAnswer, EventAnswer
from ell2a.providers.flight import Flight

_CONTENT = ("text", "thinking", "refusal", "agent_call", "audio")


class _Gathering(ABC):
    """What both kinds of stream do with events, without waiting, and have once they are read."""

    def __init__(self, flight: Flight, record: CallRecord) -> None:
        self._flight, self._record = flight, record
        self._accumulator = flight.provider.accumulator()
        self._response: Ell2aResponse | None = None
        self._error: BaseException | None = None
        self._over = False
        self._begun = False
        """A piece of the answer has come."""
        self._pending: deque[Delta] = deque()

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

    def _take(self, event: Any, size: int) -> list[Delta]:
        self._flight.chunk(size)
        deltas = list(self._accumulator.feed(event))
        self._begun = self._begun or bool(deltas)
        for delta in deltas:
            if self._flight.first_token_ms is None and delta.kind in _CONTENT:
                self._flight.first_token_ms = self._flight.elapsed_ms()
            self._record.delta(delta)
        return deltas

    def _ended(self) -> CallClosing:
        """The closing of a stream that has ended by itself."""
        self._over = True
        accumulator, flight = self._accumulator, self._flight
        if accumulator.error is not None:
            return self._broken_by(flight.error_told(accumulator.error))
        if not accumulator.done:
            self._error = StreamBroken(f"the stream of {flight.provider.name} ended before its end")
            return self._partial()
        closing = flight.answered(accumulator.response())
        self._response, self._error = closing.response, flight.raised
        return closing

    def _failed(self, exception: BaseException) -> CallClosing:
        """The closing of a stream that raised."""
        self._over = True
        if not isinstance(exception, Exception):
            # Ctrl-C or a cancelled task.
            self._error = StreamBroken(f"the stream was stopped by {type(exception).__name__}")
            return self._partial()
        cause = self._flight.error_of(exception)
        if cause is not exception:
            cause.__cause__ = exception
        return self._broken_by(cause)

    def _broken_by(self, cause: CallError) -> CallClosing:
        """The closing of a stream that an error ended: before the first piece of the answer, the error itself is the call's."""
        if not self._begun:
            self._error = cause
            return self._flight.failed(cause, raw=self._accumulator.response() or None)
        self._error = StreamBroken(f"the stream of {self._flight.provider.name} broke: {cause.message}", cause=cause)
        return self._partial()

    def _left(self) -> CallClosing:
        """The closing of a stream that nobody reads to its end."""
        self._over = True
        return self._partial()

    def _partial(self) -> CallClosing:
        broken = self._error if isinstance(self._error, StreamBroken) else None
        closing = self._flight.cut_short(self._accumulator.response(), broken=broken)
        self._response = closing.response
        return closing

    def _whole_error(self) -> BaseException:
        return self._error or CallError("the stream broke")

    def _whole(self) -> Ell2aResponse:
        if self._error is not None:
            raise self._error
        if self._response is None:
            raise CallError("the stream was closed before anything came", provider=self._flight.provider.name)
        return self._response


class Stream(_Gathering):
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
            if self._over:
                raise StopIteration
            try:
                event, size = next(self._answer.events)
                self._pending.extend(self._take(event, size))
            except StopIteration:
                self._finish(self._ended())
                if self._error is not None:
                    raise self._error from self._error.__cause__
            except BaseException as exception:
                self._finish(self._failed(exception))
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
        if not self._over:
            self._finish(self._left())

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_over", True):
            self.close()

    @property
    def response(self) -> Ell2aResponse:
        """The whole answer; reads the stream to its end first."""
        for _ in self:
            pass
        return self._whole()


class AsyncStream(_Gathering):
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
            if self._over:
                raise StopAsyncIteration
            try:
                event, size = await anext(self._answer.events)
                self._pending.extend(self._take(event, size))
            except StopAsyncIteration:
                await self._finish(self._ended())
                if self._error is not None:
                    raise self._error from self._error.__cause__
            except BaseException as exception:
                await self._finish(self._failed(exception))
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
        if not self._over:
            await self._finish(self._left())

    async def __aenter__(self) -> AsyncStream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if not getattr(self, "_over", True):
            # Nobody can await here; the record is closed all the same.
            self._record.close(self._left())

    @property
    def response(self) -> Ell2aResponse:
        """The whole answer. Raises CallError before the end: `await stream.finish()` reads to it."""
        if not self._over:
            raise CallError("the stream is not read yet: iterate over it, or `await stream.finish()`")
        return self._whole()
