"""How a JSON value is kept: long strings and bytes are lifted out and stored once, and the rest is compressed.

A packed body is the JSON list `[value]`, or `[value, holes]` where something was lifted out and stands in the
value as null. A hole is `[path, "text", id]` or `[path, "blob", sha256, prefix]`: put back the string, or the
prefix and the base64 of the bytes. A body or text over a bound is compressed by zlib, a short body with a dictionary;
its first byte tells.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ell2a.log import dictionary
from ell2a.log.content import content_id, json_bytes, json_value
from ell2a.log.redaction import Redactor
from ell2a.messages import media_type_of

TEXT_BOUND = 200
"""Strings of more characters are kept once, wherever they stand."""
BLOB_BOUND = 1024
"""Base64 of more characters is kept as its bytes."""
COMPRESSION_BOUND = 300
"""Bytes; below it zlib gains less than it costs."""

DICTIONARY_BOUND = 60
"""Bytes; a longer body is compressed with a dictionary (see `dictionary.py`)."""
_LONG = 8_000
"""Bytes; in longer bodies the dictionary is nothing beside what they repeat of themselves."""

_ZLIB = b"\x78"
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*;base64,")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


@dataclass
class Lifted:
    """What was lifted out of bodies, by id."""

    texts: dict[bytes, bytes] = field(default_factory=dict)
    blobs: dict[bytes, tuple[str | None, bytes]] = field(default_factory=dict)
    """SHA-256 -> (media type, bytes)."""

    def blob(self, data: bytes, media_type: str | None) -> str:
        """Keep some bytes; gives their name, 64 hexadecimal digits."""
        digest = hashlib.sha256(data)
        known, _ = self.blobs.get(digest.digest(), (None, data))
        self.blobs[digest.digest()] = (known or media_type or media_type_of(data), data)
        return digest.hexdigest()

    def text(self, string: str) -> str:
        """Keep a long string; gives its id in hexadecimal digits."""
        encoded = string.encode("utf-8", "surrogatepass")
        id = content_id(encoded)
        self.texts[id] = _compress(encoded)
        return id.hex()


def pack(value: Any, lifted: Lifted, redactor: Redactor) -> bytes:
    """The body that keeps a JSON value; what is lifted out of it is put into `lifted`."""
    text = json_bytes([value])
    if _may_hold_a_long_string(text):
        holes: list[list[Any]] = []
        skeleton = _lift(value, [], holes, lifted, redactor)
        text = json_bytes([skeleton, holes]) if holes else text
    if not DICTIONARY_BOUND < len(text) <= _LONG:
        return _compress(text)
    small = dictionary.packed(text)
    return small if len(small) < len(text) else text


def _may_hold_a_long_string(text: bytes) -> bool:
    # Most bodies hold none, and are not walked through. A quote inside a string divides it here, so its JSON is walked.
    return b'\\"' in text or max(map(len, text.split(b'"'))) > TEXT_BOUND


def _lift(value: Any, path: list[str | int], holes: list[list[Any]], lifted: Lifted, redactor: Redactor) -> Any:
    if isinstance(value, str):
        if len(value) <= TEXT_BOUND:
            return value
        holes.append([list(path), *_hole(value, lifted, redactor)])
        return None
    if isinstance(value, dict):
        return {key: _lift(item, [*path, key], holes, lifted, redactor) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_lift(item, [*path, index], holes, lifted, redactor) for index, item in enumerate(value)]
    return value


def _hole(string: str, lifted: Lifted, redactor: Redactor) -> list[str]:
    if len(string) > BLOB_BOUND:
        prefix = _DATA_URL.match(string)
        data = _decoded(string[prefix.end() :] if prefix else string)
        if data is not None:
            # A key inside base64 is not seen in the string.
            name = lifted.blob(redactor.data(data), prefix.group(1) if prefix else None)
            return ["blob", name, prefix.group() if prefix else ""]
    return ["text", lifted.text(string)]


def _decoded(string: str) -> bytes | None:
    # Taken only where the same characters come back: the request is to be given back exactly.
    if len(string) % 4 or not _BASE64.fullmatch(string):
        return None
    try:
        data = base64.b64decode(string, validate=True)
    except binascii.Error:
        return None
    return data if base64.b64encode(data).decode() == string else None


@dataclass(frozen=True)
class Packed:
    """A body that was read: its value, with null where a hole is."""

    value: Any
    holes: list[list[Any]]

    def filled(self, texts: Mapping[str, str], blobs: Mapping[str, bytes]) -> Any:
        """The value whole. `texts` and `blobs` give what stands under each name in the holes."""
        value = self.value
        for path, kind, name, *more in self.holes:
            what = texts[name] if kind == "text" else more[0] + base64.b64encode(blobs[name]).decode()
            value = _put(value, path, what)
        return value


def read(body: bytes) -> Packed:
    """What a body holds."""
    text = dictionary.unpacked(body) if body[:1] == dictionary.FIRST else _decompress(body)
    value, *holes = json_value(text)
    return Packed(value, holes[0] if holes else [])


def text_of(body: bytes) -> str:
    """The string that a row of `texts` keeps."""
    return _decompress(body).decode("utf-8", "surrogatepass")


def packed_text(string: str) -> bytes:
    """A string as a column of its own keeps it."""
    return _compress(string.encode("utf-8", "surrogatepass"))


def _put(value: Any, path: list[str | int], what: str) -> Any:
    if not path:
        return what
    place = value
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = what
    return value


def _compress(data: bytes, compress: Callable[[bytes, int], bytes] = zlib.compress) -> bytes:
    if len(data) > COMPRESSION_BOUND:
        small = compress(data, 6)
        if len(small) < len(data):
            return small
    # No JSON text begins with this byte; a string that does is compressed, however short.
    return compress(data, 6) if data[:1] == _ZLIB else data


def _decompress(data: bytes) -> bytes:
    return zlib.decompress(data) if data[:1] == _ZLIB else data
