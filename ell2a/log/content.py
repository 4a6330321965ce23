"""Content addresses: the name of a value is a hash of it, so that equal values are one row.

The text that is hashed is the compact JSON of the value: UTF-8, no spaces, keys in the order in which
they stand. Keys are not sorted: their order can reach a model (arguments, schemas), and what was sent
is to be given back as it was. A model's own fields always come in the order of its class, so two equal
messages have one text.

An id is the first 128 bits of SHA-256: half the bytes in every index, and finding two values with one id
still takes 2^64 tries. Blobs keep all 256, since their name is public.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pydantic_core


def content_id(*parts: bytes) -> bytes:
    """The id of some bytes, or of several things with ids: 16 bytes."""
    return hashlib.sha256(b"".join(parts)).digest()[:16]


def chain_ids(items: list[bytes]) -> list[bytes]:
    """The id of each beginning of a list, from the ids of its items: `id[n] = content_id(id[n-1], item[n])`."""
    ids: list[bytes] = []
    before = b""
    for item in items:
        before = content_id(before, item)
        ids.append(before)
    return ids


def json_bytes(value: Any) -> bytes:
    """The compact JSON of a value. What has no JSON form is written as its `repr`: a log never refuses."""
    try:
        return pydantic_core.to_json(value, fallback=repr)
    except ValueError:
        # Half a surrogate pair, which providers do send, has no UTF-8: json escapes it.
        return json.dumps(value, default=repr, separators=(",", ":")).encode()


def json_value(text: bytes) -> Any:
    """The value of a JSON text that `json_bytes` wrote."""
    try:
        return pydantic_core.from_json(text)
    except ValueError:
        return json.loads(text)
