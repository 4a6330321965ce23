"""Where the records of a process go that its store does not take, and how the process is told of it: once."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable
from typing import Any

from ell2a.calls import new_call_id
from ell2a.log.location import Location
from ell2a.log.records import Record, record_from_json, redacted
from ell2a.log.redaction import current_redactor
from ell2a.log.spool import Spool
from ell2a.log.ticket import Ticket

RedactionHook = Callable[[dict[str, Any]], dict[str, Any]]
"""Is given the JSON form of each record (see `records.py`), and gives the one to write."""

_NOT_THE_USER = ("ell2a.", "asyncio", "concurrent.", "threading")
_log = logging.getLogger("ell2a.log")


class LogUnavailable(UserWarning):
    """The call log did not take a record in time; it is kept in a file beside the store until the store answers again."""


class Aside:
    """The spool of a store, and the one warning of its process."""

    def __init__(self, location: Location) -> None:
        self.spool = Spool(*location.spools)
        self.has_records = False
        """Whether this process has put records aside that nobody took in yet."""
        self._shown = location.shown
        self._warned = False

    def keep(self, record: Record, why: str) -> str:
        """Put a record into the spool; gives what to tell of it."""
        try:
            kept = self.spool.append(redacted(record, current_redactor()))
        except OSError as exception:
            return f"{why}, and it cannot be kept in {self.spool.path} either: {exception.strerror}; it is lost"
        self.has_records = True
        return f"{why}; it is kept in {kept} until the store answers again"

    def warn(self, why: str) -> None:
        """Tell once in the life of the process that calls are not logged as they should, at the user's own line."""
        _log.info("a record was put aside: %s", why)
        if self._warned:
            return
        self._warned = True
        message = f"a call could not be logged in {self._shown}: {why}. Calls go on."
        try:
            warnings.warn(message, LogUnavailable, stacklevel=_depth_of_the_user())
        except LogUnavailable:
            # Where warnings are errors a call goes on all the same.
            sys.stderr.write(f"ell2a: {message}\n")


class AsideWriter:
    """Takes the place of a writer as long as the store cannot be opened: every record is put aside at once."""

    def __init__(self, aside: Aside, why: str, hook: RedactionHook | None = None) -> None:
        self.id = new_call_id()
        self.hook = hook
        self._aside, self._why = aside, why

    def start(self) -> None:
        """Nothing is to be started."""

    def submit(self, record: Record, *, patience_s: float = 0.0) -> Ticket:
        """Put a record aside."""
        del patience_s
        if self.hook is not None:
            record = record_from_json(self.hook(redacted(record, current_redactor())))
        ticket = Ticket(record)
        ticket.claim()
        ticket.finish(self._aside.keep(record, self._why))
        return ticket

    @property
    def is_writing_here(self) -> bool:
        """It writes nothing."""
        return False

    def give_up(self, ticket: Ticket) -> None:
        """Nobody waits for a record that is put aside at once."""

    def warn(self, why: str) -> None:
        """Tell once that calls are not logged as they should."""
        self._aside.warn(why)


def _depth_of_the_user() -> int:
    """How many calls up the nearest line stands that is not ell2a's own, seen from whoever asks."""
    depth = 1
    frame = sys._getframe(1)  # noqa: SLF001  # `inspect.stack` reads every file on the way
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_NOT_THE_USER):
        frame = frame.f_back
        depth += 1
    return depth
