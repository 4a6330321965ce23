"""A stream of events -> the response that the same answer would have been whole, and the deltas on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from ell2a.calls import Delta
from ell2a.calls.delta import DeltaKind
from ell2a.messages import parse_json
from ell2a.providers.anthropic_messages.tables import SERVER_CALLS

_SPOKEN: dict[str, tuple[str, str, DeltaKind]] = {
    "text_delta": ("text", "text", "text"),
    "thinking_delta": ("thinking", "thinking", "thinking"),
}
"""Type of a delta -> (its key, the block's key, our kind of delta)."""

_CALLS = ("tool_use", *SERVER_CALLS)


class MessagesAccumulator:
    """Builds a message out of its events. What it cannot place is kept under `unread_events`, never dropped."""

    def __init__(self) -> None:
        self.done = False
        self.error: Any = None
        self._message: dict[str, Any] = {}
        self._blocks: list[dict[str, Any]] = []
        self._places: dict[Any, int] = {}
        """The wire's index of a block -> its place in the order of arrival."""
        self._arguments: dict[int, list[str]] = {}
        """Place of a call -> the pieces of its arguments."""
        self._unread: list[Any] = []

    def feed(self, event: Any) -> Iterable[Delta]:
        """Take in one event; give the deltas in it."""
        kind = event.get("type") if isinstance(event, dict) else None
        if isinstance(event, dict) and (kind == "error" or (kind is None and "error" in event)):
            self.error = event
            return ()
        taker = self._TAKERS.get(kind) if isinstance(kind, str) else None
        deltas = taker(self, event) if taker is not None else None
        if deltas is None:
            self._unread.append(event)
            return ()
        return deltas

    def response(self) -> dict[str, Any]:
        """The message so far."""
        whole = {**self._message}
        content = [self._whole(place, block) for place, block in enumerate(self._blocks)]
        if content or self._message:
            whole["content"] = content
        if self._unread:
            whole["unread_events"] = list(self._unread)
        return whole

    def _whole(self, place: int, block: dict[str, Any]) -> dict[str, Any]:
        text = "".join(self._arguments.get(place, ()))
        if not text:
            return dict(block)
        value, parses = parse_json(text)
        return {**block, "input": value if parses and isinstance(value, dict) else text}

    # Each taker gives the deltas of an event, or None where the event has not its promised shape.

    def _start(self, event: dict[str, Any]) -> list[Delta] | None:
        message = event.get("message")
        if not isinstance(message, dict) or self._message:
            return None
        self._message = dict(message)
        content = self._message.pop("content", None)
        for index, block in enumerate(content if isinstance(content, list) else ()):
            if isinstance(block, dict):
                self._open(index, block)
        return []

    def _block_start(self, event: dict[str, Any]) -> list[Delta] | None:
        block = event.get("content_block")
        if not isinstance(block, dict):
            return None
        place = self._open(_index(event), dict(block))
        if block.get("type") in _CALLS:
            return [Delta("agent_call", "", block=place, name=_text(block.get("name")))]
        for _, key, kind in _SPOKEN.values():
            if block.get("type") == key and _text(block.get(key)):
                return [Delta(kind, block[key], block=place)]
        return []

    def _open(self, index: Any, block: dict[str, Any]) -> int:
        self._places[index] = len(self._blocks)
        self._blocks.append(block)
        return self._places[index]

    def _block_delta(self, event: dict[str, Any]) -> list[Delta] | None:
        place, delta = self._places.get(_index(event)), event.get("delta")
        if place is None or not isinstance(delta, dict):
            return None
        kind = _text(delta.get("type"))
        block = self._blocks[place]
        if kind in _SPOKEN:
            return self._speak(block, place, delta)
        if kind == "input_json_delta":
            return self._argue(place, delta)
        if kind == "citations_delta":
            if "citation" not in delta:
                return None
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]
            return [Delta("other", "", block=place)]
        if kind == "signature_delta":
            block["signature"] = delta.get("signature")
            return []
        _merge(block, delta)
        return [Delta("other", "", block=place)]

    def _speak(self, block: dict[str, Any], place: int, delta: dict[str, Any]) -> list[Delta] | None:
        key, target, kind = _SPOKEN[delta["type"]]
        piece, before = delta.get(key), block.get(target) or ""
        if not isinstance(piece, str) or not isinstance(before, str):
            return None
        block[target] = before + piece
        return [Delta(kind, piece, block=place)] if piece else []

    def _argue(self, place: int, delta: dict[str, Any]) -> list[Delta] | None:
        piece = delta.get("partial_json")
        if not isinstance(piece, str):
            return None
        self._arguments.setdefault(place, []).append(piece)
        return [Delta("agent_call", piece, block=place)] if piece else []

    def _message_delta(self, event: dict[str, Any]) -> list[Delta] | None:
        delta, usage = event.get("delta"), event.get("usage")
        if not isinstance(delta, dict | None) or not isinstance(usage, dict | None):
            return None
        beside = {key: value for key, value in event.items() if key not in ("type", "delta", "usage")}
        _overwrite(self._message, {**(delta or {}), **beside})
        if usage is not None:
            counted = self._message.get("usage")
            # Counts of a later event are totals, not additions.
            self._message["usage"] = dict(counted) if isinstance(counted, dict) else {}
            _overwrite(self._message["usage"], usage)
        return []

    def _nothing(self, event: dict[str, Any]) -> list[Delta] | None:
        del event
        return []

    def _stop(self, event: dict[str, Any]) -> list[Delta] | None:
        del event
        self.done = True
        return []

    _TAKERS: ClassVar[dict[str, Callable[[MessagesAccumulator, dict[str, Any]], list[Delta] | None]]] = {
        "message_start": _start,
        "content_block_start": _block_start,
        "content_block_delta": _block_delta,
        "content_block_stop": _nothing,
        "message_delta": _message_delta,
        "message_stop": _stop,
        "ping": _nothing,
    }


def _index(event: dict[str, Any]) -> Any:
    index = event.get("index")
    return index if isinstance(index, int | str | None) else repr(index)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _overwrite(target: dict[str, Any], news: dict[str, Any]) -> None:
    """Take over what is said; a null only where nothing stood, since it says that there is no news."""
    for key, value in news.items():
        if value is not None or key not in target:
            target[key] = value


def _merge(block: dict[str, Any], delta: dict[str, Any]) -> None:
    """A delta of a kind that is not known: strings and lists grow, anything else is taken over."""
    for key, value in delta.items():
        before = block.get(key)
        if key == "type":
            continue
        if isinstance(before, str) and isinstance(value, str):
            block[key] = before + value
        elif isinstance(before, list) and isinstance(value, list):
            block[key] = [*before, *value]
        elif value is not None or key not in block:
            block[key] = value
