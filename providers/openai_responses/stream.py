"""A stream, event by event, into the JSON that the same answer would have had whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.calls import Delta
from ell2a.providers.openai_responses.item_stream import ItemStream
from ell2a.providers.openai_responses.spoken_stream import SpokenStream

_BEGINNINGS = ("response.created", "response.queued", "response.in_progress")
_ENDS = ("response.completed", "response.incomplete", "response.failed")
_ITEMS = ("response.output_item.added", "response.output_item.done")


class ResponsesAccumulator:
    """Takes the events of a streamed answer; see `ell2a.providers.Accumulator`."""

    def __init__(self) -> None:
        self.error: Any = None
        self.done = False
        self._body: dict[str, Any] = {}
        self._items: dict[int, ItemStream] = {}
        self._spoken = SpokenStream()
        self._unread: list[Any] = []

    def feed(self, event: Any) -> Iterator[Delta]:
        """Take in one event; give the pieces in it."""
        if not isinstance(event, dict):
            self.error = self.error or {"message": f"an event is {type(event).__name__}, not an object"}
            return
        kind = event.get("type")
        if kind == "error" or (not isinstance(kind, str) and event.get("error") is not None):
            self.error = event.get("error") or {k: v for k, v in event.items() if k not in ("type", "sequence_number")}
            self._body["error"] = self.error
        elif kind in _BEGINNINGS or kind in _ENDS:
            yield from self._whole(event, ended=kind in _ENDS)
        elif kind in _ITEMS and type(event.get("output_index")) is int and isinstance(event.get("item"), dict):
            item = self._items.setdefault(event["output_index"], ItemStream(event["output_index"]))
            yield from item.told(event["item"], whole=kind == _ITEMS[1])
        elif kind != "[DONE]":
            yield from self._piece(event, str(kind))

    def response(self) -> dict[str, Any]:
        """The answer so far."""
        body = dict(self._body)
        given = body.get("output")
        if not given and self._items:
            body["output"] = [self._items[at].item for at in sorted(self._items)]
        spoken = self._spoken.whole()
        if spoken is not None:
            body["audio"] = spoken
        if self._unread:
            body["unread_events"] = self._unread
        return body

    def _whole(self, event: dict[str, Any], *, ended: bool) -> Iterator[Delta]:
        told = event.get("response")
        if isinstance(told, dict):
            self._body = {**self._body, **told}
            output = told.get("output")
            for at, item in enumerate(output if ended and isinstance(output, list) else ()):
                if isinstance(item, dict):
                    yield from self._items.setdefault(at, ItemStream(at)).told(item, whole=True)
        if not ended:
            return
        self.done = True
        if event.get("type") == "response.failed":
            self.error = self._body.get("error") or {"message": "the answer failed, and does not say why"}

    def _piece(self, event: dict[str, Any], kind: str) -> Iterator[Delta]:
        if self._spoken.takes(event, kind):
            yield from self._spoken.feed(event, kind)
            return
        at = event.get("output_index")
        item = self._items.get(at) if type(at) is int else None
        if item is None or not item.knows(kind):
            self._unread.append(event)
            return
        yield from item.feed(event, kind)
