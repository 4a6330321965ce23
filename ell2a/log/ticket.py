"""A record on its way to the store."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ell2a.log.records import Record


class Ticket:
    """A record on its way. It is settled once: by the writer when it is committed, or by whoever puts it aside."""

    __slots__ = ("_callback", "_lock", "_settled", "record")

    def __init__(self, record: Record) -> None:
        self.record = record
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._callback: Callable[[], None] | None = None

    def settle(self) -> bool:
        """Settle it; False where it was settled already."""
        with self._lock:
            if self._settled.is_set():
                return False
            self._settled.set()
            callback = self._callback
        if callback is not None:
            callback()
        return True

    def wait(self, seconds: float) -> bool:
        """Whether it is settled within the time."""
        return self._settled.wait(seconds)

    def then(self, callback: Callable[[], None]) -> None:
        """Call back when it is settled, from whichever thread settles it; at once if it is."""
        with self._lock:
            if not self._settled.is_set():
                self._callback = callback
                return
        callback()
