"""A record on its way to the store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import cast

from ell2a.log.records import Record


class Ticket:
    """A record on its way. One party settles it: the writer that committed it, or whoever puts it aside.

    To `claim` it is to become that party; to `finish` it, once the record is safe, wakes whoever waits.
    """

    __slots__ = ("_callback", "_claimed", "_done", "_lock", "record", "trouble")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.trouble: str | None = None
        """Why the record is not in the store, for the caller to be warned of."""
        self._lock = threading.Lock()
        self._claimed = False
        self._done = threading.Event()
        self._callback: Callable[[], None] | None = None

    def claim(self) -> bool:
        """Become the one who settles it; False where another is."""
        with self._lock:
            if self._claimed:
                return False
            self._claimed = True
            return True

    def finish(self, trouble: str | None = None) -> None:
        """The record is as safe as it can be made."""
        with self._lock:
            self.trouble = trouble
            self._done.set()
            callback = self._callback
        if callback is not None:
            callback()

    def wait(self, seconds: float) -> bool:
        """Whether it is finished within the time."""
        return self._done.wait(seconds)

    def then(self, callback: Callable[[], None]) -> None:
        """Call back when it is finished, from whichever thread finishes it; at once if it is."""
        with self._lock:
            if not self._done.is_set():
                self._callback = callback
                return
        callback()


def _written() -> Ticket:
    ticket = Ticket(cast("Record", None))
    ticket.claim()
    ticket.finish()
    return ticket


WRITTEN = _written()
"""The ticket of every record that its caller wrote: it is settled, and holds none."""
