"""How a process writes: each record in a transaction of its caller's, or many in one of the writer's thread.

A caller whose record nothing stands in the way of writes it itself, with no other thread to wake and to wait for. Where
several come at once, or the store is held by another process, their records go to the thread, which commits together what waits.

Callers wait for their record to be committed, but not longer than `PATIENCE_S`: then the record goes to the spool,
one warning is given, and as long as the store does not answer, further records go there at once. What was spooled
is taken in as soon as the store answers again, before anything else is written, and else by the next start.

A record may be written twice, by the writer and from the spool: every statement puts in only what is not there.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Container, Sequence
from functools import partial
from typing import Any

from ell2a.calls import new_call_id
from ell2a.log.aside import Aside, RedactionHook
from ell2a.log.connection import WriterConnection
from ell2a.log.known import Known
from ell2a.log.records import OpeningRecord, Record, record_from_json, redacted
from ell2a.log.redaction import Redactor, current_redactor
from ell2a.log.rows import Rows, closing_rows, opening_rows
from ell2a.log.spool import Spool
from ell2a.log.store import Store
from ell2a.log.ticket import WRITTEN, Ticket

PATIENCE_S = 0.25
"""How long a call waits for its record."""
_GOODBYE_S = 2.0
"""How long the end of the process waits for the writer."""
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
        self._known = Known()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._state = threading.Lock()
        self._turn = threading.Lock()
        """Held by whoever uses the connection."""
        self._turn_of: int | None = None
        """The thread that has the turn."""
        self._thread: threading.Thread | None = None
        self._lock: Any = None
        self._connection: WriterConnection | None = None
        self._resting: WriterConnection | None = None
        """The thread's own, for checkpoints."""
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

    def submit(self, record: Record, *, patience_s: float = 0.0) -> Ticket:
        """Write a record, or hand it over: the ticket tells which. `patience_s`: how long the caller's thread may be held.

        Its rows are made here, in the caller's thread: what the caller changes later is not seen.
        """
        redactor = current_redactor()
        if self.hook is not None:
            record = record_from_json(self.hook(redacted(record, redactor)))
        if self._closed or self._stuck:
            ticket = Ticket(record)
            self.put_aside(ticket, "the store does not answer")
            return ticket
        job = _Job(record, redactor, _rows_of(record, redactor, self._known))
        if self._write_here(job, patience_s):
            return WRITTEN
        self.start()
        ticket = job.ticket
        self._jobs.put(job)
        return ticket

    @property
    def is_writing_here(self) -> bool:
        """Whether this very thread is in the middle of a transaction: a finalizer that runs then must not wait for it."""
        return self._turn_of == threading.get_ident()

    def _write_here(self, job: _Job, patience_s: float) -> bool:
        """Write a record in the caller's thread, unless that could mean to wait; whether it was written."""
        connection = self._connection
        if connection is None or not connection.is_quick or not self._jobs.empty() or self._aside.has_records:
            return False
        if not self._turn.acquire(blocking=False):
            return False
        self._turn_of = threading.get_ident()
        try:
            if connection is not self._connection or not connection.is_current():
                return False
            self._commit(connection, [job], patience_s)
        except Exception as exception:
            # The thread meets with the same, and knows what to do.
            _log.debug("a record goes to the writer's thread", exc_info=exception)
            return False
        except BaseException:
            # Ctrl-C between two statements: the record is not lost for it.
            _ = job.ticket
            self._jobs.put(job)
            raise
        finally:
            self._turn_of = None
            self._turn.release()
        if connection.wants_rest:
            self._jobs.put(_REST)
        return True

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
            if job is not None and job is not _REST:
                self.put_aside(job.ticket, "the process ends")

    def forget(self) -> None:
        """In a forked child: thread, lock and connection are the parent's."""
        if self._lock is not None:
            self._lock.forget()

    # --- the thread ---

    def _have_turn(self, step: Callable[[], object]) -> None:
        with self._turn:
            self._turn_of = threading.get_ident()
            try:
                step()
            finally:
                self._turn_of = None

    def _run(self) -> None:
        self._have_turn(lambda: self._try(self._connected))
        ends = False
        while not ends:
            jobs, ends = self._waiting()
            records = [job for job in jobs if job is not _REST]
            if records:
                self._have_turn(partial(self._write, records))
            self._rest()
        self._have_turn(self._end)

    def _end(self) -> None:
        if self._aside.has_records:
            self._try(self._take_spool)
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if self._resting is not None:
            self._resting.close()
        if self._lock is not None:
            self._lock.release()

    def _rest(self) -> None:
        """Do what the database wants done now and then, on a connection of its own: nobody's record waits for it."""
        connection = self._connection
        if connection is None or not connection.wants_rest:
            return
        try:
            if self._resting is None or not self._resting.is_current():
                if self._resting is not None:
                    self._resting.close()
                self._resting = WriterConnection(self._store)
            connection.wants_rest = False
            self._resting.rest()
        except Exception as exception:
            _log.info("the store could not be tidied", exc_info=exception)

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

    def _commit(self, connection: WriterConnection, jobs: list[_Job], patience_s: float | None = None) -> None:
        with connection.transaction(patience_s) as deleted:
            if deleted:
                # What was left out as known may be gone: the rows are made anew.
                self._known.forget()
                jobs = [_Job(j.record, j.redactor, _rows_of(j.record, j.redactor, ())) for j in jobs]
            rows = jobs[0].rows
            if len(jobs) > 1:
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
    """A record with its rows, and the ticket of whoever waits for it."""

    __slots__ = ("_ticket", "record", "redactor", "rows")

    def __init__(self, record: Record, redactor: Redactor, rows: Rows) -> None:
        self.record, self.redactor, self.rows = record, redactor, rows
        self._ticket: Ticket | None = None

    @property
    def ticket(self) -> Ticket:
        """Made when it is first asked for, which is before another thread sees the job: most jobs need none."""
        if self._ticket is None:
            self._ticket = Ticket(self.record)
        return self._ticket


_REST: Any = object()
"""Asks the thread to do what the database wants done now and then."""


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
