"""The one thread of a process that writes: it takes all that waits, and commits it together.

Callers wait for their record to be committed, but not longer than `PATIENCE_S`: then the record goes to the spool,
one warning is given, and as long as the store does not answer, further records go there at once. What was spooled
is taken in as soon as the store answers again, before anything else is written, and else by the next start.

A record may be written twice, by the writer and from the spool: every statement puts in only what is not there.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Container, Sequence
from typing import Any

from ell2a.calls import new_call_id
from ell2a.log.aside import Aside, RedactionHook
from ell2a.log.connection import WriterConnection
from ell2a.log.records import OpeningRecord, Record, record_from_json, redacted
from ell2a.log.redaction import Redactor, current_redactor
from ell2a.log.rows import Rows, closing_rows, opening_rows
from ell2a.log.spool import Spool
from ell2a.log.store import Store
from ell2a.log.ticket import Ticket

PATIENCE_S = 0.25
"""How long a call waits for its record."""
_GOODBYE_S = 2.0
"""How long the end of the process waits for the writer."""
_MOST_KNOWN = 50_000
"""Content ids remembered as written: 16 bytes each, some 5 MB in all."""
_MOST_TOGETHER = 200
"""Records a transaction."""
_UNKNOWN = -1
"""A count of deletions that no store has."""

_log = logging.getLogger("ell2a.log")


class Writer:
    """Writes the records of one process into one store."""

    def __init__(self, store: Store, aside: Aside, hook: RedactionHook | None = None) -> None:
        self.id = new_call_id()
        self.hook = hook
        self._store = store
        self._aside = aside
        self._known = _Known()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._state = threading.Lock()
        self._thread: threading.Thread | None = None
        self._lock: Any = None
        self._connection: WriterConnection | None = None
        self._deletions: int | None = None
        """The count of deletions that the last connection saw; None before the first."""
        self._stuck = False
        self._closed = False

    # --- the callers' side ---

    def start(self) -> None:
        """Start the thread, which connects at once: before the first record is there, if it can."""
        if self._thread is not None:
            return
        with self._state:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="ell2a-log-writer", daemon=True)
                self._thread.start()

    def submit(self, record: Record) -> Ticket:
        """Hand a record over. Its rows are made here, in the caller's thread: what the caller changes later is not seen."""
        redactor = current_redactor()
        if self.hook is not None:
            record = record_from_json(self.hook(redacted(record, redactor)))
        ticket = Ticket(record)
        if self._closed or self._stuck:
            self.put_aside(ticket, "the store does not answer")
            return ticket
        job = _Job(ticket, redactor, _rows_of(record, redactor, self._known))
        self.start()
        self._jobs.put(job)
        return ticket

    def put_aside(self, ticket: Ticket, why: str) -> None:
        """Put a record into the spool, unless it was written meanwhile."""
        if ticket.claim():
            ticket.finish(self._aside.keep(ticket.record, why))

    def give_up(self, ticket: Ticket) -> None:
        """A caller has waited long enough."""
        with self._state:
            mine = ticket.claim()
            if mine:
                self._stuck = True
        if mine:
            ticket.finish(self._aside.keep(ticket.record, f"the store did not answer in {PATIENCE_S * 1000:.0f} ms"))
        else:
            # It is being put aside by the writer at this moment.
            ticket.wait(PATIENCE_S)

    def warn(self, why: str) -> None:
        """Tell once in the life of the process that calls are not logged as they should."""
        self._aside.warn(why)

    def close(self) -> None:
        """Write what waits, put aside what cannot be written, and release the lock."""
        self._closed = True
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join(_GOODBYE_S)
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                self.put_aside(job.ticket, "the process ends")

    def forget(self) -> None:
        """In a forked child: thread, lock and connection are the parent's."""
        if self._lock is not None:
            self._lock.forget()

    # --- the thread ---

    def _run(self) -> None:
        self._try(self._connected)
        ends = False
        while not ends:
            jobs, ends = self._waiting()
            if jobs:
                self._write(jobs)
        if self._aside.has_records:
            self._try(self._take_spool)
        if self._connection is not None:
            self._connection.close()
        if self._lock is not None:
            self._lock.release()

    def _waiting(self) -> tuple[list[_Job], bool]:
        """All that waits now, at least one; and whether the end was asked for."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == _MOST_TOGETHER:
                return jobs, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, False
        return jobs, True

    def _write(self, jobs: list[_Job]) -> None:
        """Commit records together; where that fails, one by one, so that one that cannot be written spoils no other."""
        try:
            self._take_spool()
            self._commit(self._connected(), jobs)
        except Exception as exception:
            self._disconnect()
            _log.info("the call log could not write", exc_info=exception)
            if len(jobs) > 1 and not _is_of_the_store(exception):
                for job in jobs:
                    self._write([job])
                return
            self._stuck = False
            for job in jobs:
                self.put_aside(job.ticket, str(exception).strip() or type(exception).__name__)
            return
        with self._state:
            for job in jobs:
                if job.ticket.claim():
                    job.ticket.finish()
            self._stuck = False
        if self._aside.has_records:
            self._try(self._take_spool)
        self._try(lambda: self._connected().rest())

    def _connected(self) -> WriterConnection:
        if self._connection is not None and not self._connection.is_current():
            # The file was deleted or replaced: what is known to be in the store is not in this one.
            self._disconnect(lock_too=True)
            self._store.renew()
            self._deletions = _UNKNOWN
        if self._lock is None:
            self._lock = self._store.own.writer_lock(self._store.location, self.id, self._store.engine)
        if self._connection is None:
            connection = WriterConnection(self._store)
            connection.introduce(self.id)
            connection.settle_dead()
            # Rows may have been deleted while there was no connection.
            connection.deletions = connection.deletions if self._deletions is None else self._deletions
            self._connection = connection
        return self._connection

    def _disconnect(self, *, lock_too: bool = False) -> None:
        if self._connection is not None:
            self._deletions = self._connection.deletions
            self._connection.close()
            self._connection = None
        if self._lock is not None and (lock_too or not self._lock.outlives_errors):
            self._lock.release()
            self._lock = None

    def _commit(self, connection: WriterConnection, jobs: list[_Job]) -> None:
        with connection.transaction() as deleted:
            if deleted:
                # What was left out as known may be gone: the rows are made anew.
                self._known.forget()
                jobs = [_Job(j.ticket, j.redactor, _rows_of(j.ticket.record, j.redactor, ())) for j in jobs]
            rows = Rows()
            for job in jobs:
                rows.extend(job.rows)
            connection.put(rows)
        self._known.add(rows.ids)

    def _take_spool(self) -> None:
        if self._aside.has_records:
            # Said first: what is put aside meanwhile is for the next time.
            self._aside.has_records = False
            try:
                take_in(self._aside.spool, self._connected())
            except Exception:
                self._aside.has_records = True
                raise

    def _try(self, step: Callable[[], object]) -> None:
        """Do something that nobody waits for: an error leaves it for the next time."""
        try:
            step()
        except Exception as exception:
            self._disconnect()
            _log.info("the call log does not answer", exc_info=exception)


class _Job:
    """A ticket with the rows of its record."""

    __slots__ = ("redactor", "rows", "ticket")

    def __init__(self, ticket: Ticket, redactor: Redactor, rows: Rows) -> None:
        self.ticket, self.redactor, self.rows = ticket, redactor, rows


class _Known:
    """The content ids that are known to be in the store, the latest kept."""

    def __init__(self) -> None:
        self._ids: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    def add(self, ids: Sequence[bytes]) -> None:
        """They are committed now. Called by the writer alone."""
        for id in ids:
            self._ids[id] = None
        while len(self._ids) > _MOST_KNOWN:
            self._ids.popitem(last=False)

    def forget(self) -> None:
        """Rows were deleted: nothing is known to be there."""
        self._ids = OrderedDict()


def take_in(spool: Spool, connection: WriterConnection, *, wait: bool = True) -> int:
    """Write what is in a spool; gives how many records there were. `wait`: see `Spool.take`."""

    def write(records: Sequence[dict[str, Any]]) -> None:
        redactor = current_redactor()
        try:
            rows = Rows()
            for value in records:
                rows.extend(_rows_of(record_from_json(value), redactor, ()))
            with connection.transaction():
                connection.put(rows)
        except Exception as exception:
            if _is_of_the_store(exception):
                raise
            if len(records) == 1:
                # No record, or none that can be written: it would stop all others for ever.
                spool.set_apart(records[0])
            else:
                for value in records:
                    write([value])

    return spool.take(write, first=lambda record: record.get("record") == "opening", wait=wait)


def _is_of_the_store(exception: Exception) -> bool:
    """Whether an error is the store's (locked, full, damaged, gone) rather than one of the record that was to be written."""
    if isinstance(exception, OSError):
        return True
    # Each driver has its own classes of these names: PEP 249.
    kinds = {kind.__name__ for kind in type(exception).__mro__}
    if "DatabaseError" not in kinds or kinds & {"DataError", "IntegrityError", "NotSupportedError"}:
        return False
    # A value of a wrong type, or, with a code of SQL's class 42, a table that is not there.
    return "ProgrammingError" not in kinds or str(getattr(exception, "sqlstate", "")).startswith("42")


def _rows_of(record: Record, redactor: Redactor, known: Container[bytes]) -> Rows:
    if isinstance(record, OpeningRecord):
        return opening_rows(record, redactor, known)
    return closing_rows(record, redactor, known)
