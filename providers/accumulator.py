"""Streams, event by event: the deltas on the way and the native response they amount to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from ell2a.calls import Delta


class Accumulator(Protocol):
    """Builds the JSON that the same answer would have had whole."""

    done: bool
    """The wire's own end has been seen; a stream that stops before it is truncated."""
    error: Any
    """The event that told of an error, whole; or None."""

    def feed(self, event: Any) -> Iterable[Delta]:
        """Take in one event; give the deltas in it."""
        ...

    def response(self) -> Any:
        """The native response so far."""
        ...
