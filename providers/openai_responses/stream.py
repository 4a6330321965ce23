"""A stream, event by event, into the JSON that the same answer would have had whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.calls import Delta


class ResponsesAccumulator:
    """Takes the events of a streamed answer; see `ell2a.providers.Accumulator`."""

    def __init__(self) -> None:
        self.error: Any = None
        self.done = False
        self._body: dict[str, Any] = {}

    def feed(self, event: Any) -> Iterator[Delta]:
        """Take in one event; give the pieces in it."""
        if isinstance(event, dict):
            if isinstance(event.get("response"), dict):
                self._body = event["response"]
            self.done = event.get("type") in ("response.completed", "response.incomplete", "response.failed")
            if event.get("type") == "response.output_text.delta":
                yield Delta("text", event["delta"])

    def response(self) -> dict[str, Any]:
        """The answer so far."""
        return self._body
