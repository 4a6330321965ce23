"""A stream's events on their way into the answer that they amount to, and the closing of its record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ell2a.calls import CallClosing, Chunk, Delta, Ell2aResponse
from ell2a.errors import CallError, StreamBroken
from ell2a.providers.flight import Flight

_CONTENT = ("text", "thinking", "refusal", "agent_call", "audio")


class Gathering:
    """Takes in what a stream brings, whoever reads it, and says how the call ended."""

    def __init__(self, flight: Flight) -> None:
        self._flight = flight
        self._accumulator = flight.provider.accumulator()
        self._begun = False
        """A piece of the answer has come."""
        self.over = False
        """One of `ended`, `failed` and `left` was said."""
        self.response: Ell2aResponse | None = None
        """The answer, once it is over; where it broke off, as far as it came."""
        self.error: BaseException | None = None
        """What ended it, where that was not its own end."""

    @property
    def has_end(self) -> bool:
        """The wire's own end has come already, be there more to read or not."""
        return self._accumulator.done

    @property
    def has_error(self) -> bool:
        """An event told of an error."""
        return self._accumulator.error is not None

    def take(self, event: Any, size: int, at: float | None = None) -> list[Delta]:
        """Take in one event; gives the deltas in it. `at`: when it came, by `time.perf_counter`; None for now."""
        elapsed = self._flight.chunk(size, at)
        deltas = list(self._accumulator.feed(event))
        if deltas:
            self._begun = True
            if self._flight.first_token_ms is None and any(delta.kind in _CONTENT for delta in deltas):
                self._flight.first_token_ms = elapsed
        return deltas

    def take_all(self, events: Sequence[Any], arrivals: Sequence[tuple[float, int]]) -> None:
        """Take in events that somebody else has read already, with the time and the size of each.

        They are taken one by one until the first piece of content, whose time is wanted.
        """
        flight, taken = self._flight, 0
        for event, (at, size) in zip(events, arrivals, strict=True):
            self.take(event, size, at)
            taken += 1
            if flight.first_token_ms is not None:
                break
        flight.chunks += [Chunk(flight.elapsed_ms(at), size) for at, size in arrivals[taken:]]
        for event in flight.provider.joined(events[taken:]):
            for _ in self._accumulator.feed(event):
                pass

    def ended(self) -> CallClosing:
        """The closing of a stream that has ended by itself."""
        self.over = True
        accumulator, flight = self._accumulator, self._flight
        if accumulator.error is not None:
            return self._broken_by(flight.error_told(accumulator.error))
        if not accumulator.done:
            self.error = StreamBroken(f"the stream of {flight.provider.name} ended before its end")
            return self._partial()
        closing = flight.answered(accumulator.response())
        self.response, self.error = closing.response, flight.raised
        return closing

    def failed(self, exception: BaseException) -> CallClosing:
        """The closing of a stream that raised."""
        self.over = True
        if not isinstance(exception, Exception):
            # Ctrl-C or a cancelled task.
            self.error = StreamBroken(f"the stream was stopped by {type(exception).__name__}")
            return self._partial()
        cause = self._flight.error_of(exception)
        if cause is not exception:
            cause.__cause__ = exception
        return self._broken_by(cause)

    def left(self) -> CallClosing:
        """The closing of a stream that nobody reads to its end."""
        self.over = True
        return self._partial()

    def _broken_by(self, cause: CallError) -> CallClosing:
        """The closing of a stream that an error ended: before the first piece of the answer, the error itself is the call's."""
        if not self._begun:
            self.error = cause
            return self._flight.failed(cause, raw=self._accumulator.response() or None)
        self.error = StreamBroken(f"the stream of {self._flight.provider.name} broke: {cause.message}", cause=cause)
        return self._partial()

    def _partial(self) -> CallClosing:
        broken = self.error if isinstance(self.error, StreamBroken) else None
        closing = self._flight.cut_short(self._accumulator.response(), broken=broken)
        self.response = closing.response
        return closing
