"""Streams as Amazon frames them: binary messages with headers, each with a checksum, instead of server-sent events.

The frame: length of all, length of the headers, checksum of these two, headers, payload, checksum of all before it.
Source: https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from zlib import crc32

import pydantic_core

from ell2a.providers.sse import ServerSentEvent

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_PRELUDE = struct.Struct(">II")
_CHECKSUM = struct.Struct(">I")
_LEAST = _PRELUDE.size + 2 * _CHECKSUM.size
_FIXED_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Type of a header's value -> its size; values of other types say their length in two bytes."""
_STRING = 7


class AwsEventDecoder:
    """Feed it pieces of a body; it gives the events that are whole, as the wire's server-sent ones."""

    def __init__(self) -> None:
        self._rest = b""
        self._broken = False

    def feed(self, piece: bytes) -> Iterator[ServerSentEvent]:
        """Take in some bytes; give the events completed by them."""
        self._rest += piece
        while not self._broken and len(self._rest) >= _LEAST:
            length, headers_length = _PRELUDE.unpack_from(self._rest)
            if not self._sound(length, headers_length):
                self._broken = True
                yield _error("broken_frame", "a frame of the stream does not fit its checksum")
            elif len(self._rest) < length:
                return
            else:
                frame, self._rest = self._rest[:length], self._rest[length:]
                yield _event(frame, headers_length)

    def flush(self) -> Iterator[ServerSentEvent]:
        """The end of the body: a frame that is not whole is no event."""
        return iter(())

    def _sound(self, length: int, headers_length: int) -> bool:
        (checksum,) = _CHECKSUM.unpack_from(self._rest, _PRELUDE.size)
        if crc32(self._rest[: _PRELUDE.size]) != checksum or length < _LEAST + headers_length:
            return False
        if len(self._rest) < length:
            return True
        (whole,) = _CHECKSUM.unpack_from(self._rest, length - _CHECKSUM.size)
        return bool(crc32(self._rest[: length - _CHECKSUM.size]) == whole)


def _event(frame: bytes, headers_length: int) -> ServerSentEvent:
    start = _PRELUDE.size + _CHECKSUM.size
    headers = _headers(frame[start : start + headers_length])
    payload = frame[start + headers_length : -_CHECKSUM.size]
    try:
        body = pydantic_core.from_json(payload)
    except ValueError:
        body = None
    if headers.get(":message-type") != "event":
        kind = headers.get(":exception-type") or headers.get(":error-code") or "error"
        words = body.get("message") if isinstance(body, dict) else None
        return _error(kind, str(words or headers.get(":error-message") or payload.decode("utf-8", "replace")))
    inner = body.get("bytes") if isinstance(body, dict) else None
    data = base64.b64decode(inner) if isinstance(inner, str) else payload
    return ServerSentEvent(headers.get(":event-type", ""), data)


def _headers(raw: bytes) -> dict[str, str]:
    """The headers that are strings, by name."""
    found: dict[str, str] = {}
    at = 0
    while at < len(raw):
        name_end = at + 1 + raw[at]
        name, kind = raw[at + 1 : name_end].decode(), raw[name_end]
        at = name_end + 1
        size = _FIXED_SIZES.get(kind)
        if size is None:
            (size,) = struct.unpack_from(">H", raw, at)
            at += 2
        if kind == _STRING:
            found[name] = raw[at : at + size].decode("utf-8", "replace")
        at += size
    return found


def _error(kind: str, message: str) -> ServerSentEvent:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return ServerSentEvent("error", pydantic_core.to_json(body))
