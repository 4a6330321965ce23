"""Sound in a stream, with its words: events of a kind that whole answers have no item for."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

from ell2a.calls import Delta

_SOUND, _WORDS = "response.audio.delta", "response.audio.transcript.delta"
_ENDS = ("response.audio.done", "response.audio.transcript.done")


class SpokenStream:
    """Joins the pieces of the sound of one answer."""

    def __init__(self) -> None:
        self._data = b""
        self._transcript: str | None = None

    def takes(self, event: dict[str, Any], kind: str) -> bool:
        """Whether the event is one of sound."""
        return kind in _ENDS or (kind in (_SOUND, _WORDS) and isinstance(event.get("delta"), str))

    def feed(self, event: dict[str, Any], kind: str) -> Iterator[Delta]:
        """Take in one event."""
        if kind == _SOUND:
            try:
                self._data += b64decode(event["delta"], validate=True)
            except (binascii.Error, ValueError):
                return
            yield Delta("audio", event["delta"])
        elif kind == _WORDS:
            self._transcript = (self._transcript or "") + event["delta"]
            yield Delta("other", event["delta"])

    def whole(self) -> dict[str, Any] | None:
        """The sound as base64, with its words; None where there is none."""
        if not self._data:
            return None
        return {"data": b64encode(self._data).decode(), "transcript": self._transcript}
