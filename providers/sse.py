"""Server-sent events out of bytes that may be cut anywhere.

httpx2's `iter_lines` splits at every Unicode line end, U+2028 inside a JSON string among them, so events
are cut from bytes here, by the three line ends of the standard alone.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class ServerSentEvent(NamedTuple):
    """One event: its name, empty where none was given, and its data."""

    event: str
    data: bytes


class SseDecoder:
    """Feed it pieces of a body; it gives the events that are whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._event = ""
        self._data: list[bytes] = []
        self._started = False

    def feed(self, piece: bytes) -> Iterator[ServerSentEvent]:
        """Take in some bytes; give the events completed by them."""
        buffer = self._rest + piece
        if not self._started:
            if len(buffer) < 3 and b"\xef\xbb\xbf".startswith(buffer):
                self._rest = buffer
                return
            buffer = buffer.removeprefix(b"\xef\xbb\xbf")
            self._started = True
        if b"\r" in buffer:
            # A CR at the very end may be half of a CRLF: it waits for the next piece.
            held = buffer.endswith(b"\r")
            buffer = (buffer[:-1] if held else buffer).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            *lines, rest = buffer.split(b"\n")
            self._rest = rest + (b"\r" if held else b"")
        else:
            *lines, self._rest = buffer.split(b"\n")
        for line in lines:
            event = self._line(line)
            if event is not None:
                yield event

    def flush(self) -> Iterator[ServerSentEvent]:
        """At the end of the body: an event whose closing blank line never came.

        The standard drops it; real servers end their last event so, and dropping it would lose an answer's end.
        """
        for line in (self._rest, b""):
            event = self._line(line.rstrip(b"\r"))
            if event is not None:
                yield event
        self._rest = b""

    def _line(self, line: bytes) -> ServerSentEvent | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._event = value.decode("utf-8", "replace")
        elif field == b"error":
            # No field of the standard's: so llama.cpp's server tells of an error in mid-stream.
            self._event = "error"
            self._data.append(value)
        return None

    def _dispatch(self) -> ServerSentEvent | None:
        event, data = self._event, self._data
        self._event, self._data = "", []
        return ServerSentEvent(event, b"\n".join(data)) if data else None


def events_of(body: bytes) -> Iterator[tuple[int, ServerSentEvent]]:
    """The events of a whole body, as `SseDecoder.feed` gives them, each with how far the body reaches at its end."""
    if b"\r" in body or body.startswith(b"\xef\xbb\xbf"):
        decoder, end = SseDecoder(), 0
        for line in body.splitlines(keepends=True):
            end += len(line)
            for sse in decoder.feed(line):
                yield end, sse
        return
    start = 0
    while (blank := body.find(b"\n\n", start)) >= 0:
        block = body[start:blank]
        start = blank + 2
        name, data = b"", block
        if block.startswith(b"event: "):
            name, _, data = block[7:].partition(b"\n")
        if data.startswith(b"data: ") and b"\n" not in data:
            yield start, ServerSentEvent(name.decode("utf-8", "replace"), data[6:])
            continue
        for sse in SseDecoder().feed(block + b"\n\n"):
            yield start, sse
