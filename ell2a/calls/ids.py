"""Ids of calls: 26 letters that sort by time (ULID, Crockford's base 32)."""

from __future__ import annotations

import base64
import os
import threading
import time

_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""From the standard's alphabet of base 32."""
_lock = threading.Lock()
_last = 0


def new_call_id() -> str:
    """A new id: 48 bits of milliseconds and 80 random ones, growing within a process even where the clock does not."""
    global _last
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    with _lock:
        # A clock set back, or two calls in one millisecond, still give growing ids.
        if value <= _last:
            value = _last + 1 + int.from_bytes(os.urandom(4), "big")
        _last = value
    # 20 bytes are 32 letters, of which the first six say nothing.
    return base64.b32encode(value.to_bytes(20, "big"))[6:].translate(_CROCKFORD).decode()
