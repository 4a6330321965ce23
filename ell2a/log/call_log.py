"""The call log: open a store, log calls into it, read them."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.errors import StoreError
from ell2a.log import listing, reading
from ell2a.log import store as stores
from ell2a.log import usage as sums
from ell2a.log.aside import Aside, AsideWriter, RedactionHook
from ell2a.log.connection import WriterConnection
from ell2a.log.following import following
from ell2a.log.location import Location
from ell2a.log.observer import LogObserver
from ell2a.log.provider_facts import ProviderFacts
from ell2a.log.store import Store
from ell2a.log.usage import UsageGroup
from ell2a.log.views import (
    Blob,
    Bucket,
    CallDetail,
    CallFilter,
    CallPage,
    Count,
    FacetValue,
    LmpSource,
    StoreInfo,
    UsageRow,
)
from ell2a.log.writer import Writer, take_in
from ell2a.messages import Message

_open_logs: weakref.WeakSet[CallLog] = weakref.WeakSet()
_PATIENCE_AT_START_MS = 250
_BETWEEN_TRIES_S = 5.0
_inherited: list[Any] = []
"""In a forked child, the parent's connections: neither used nor closed."""


class CallLog:
    """An open store of calls. Safe to use from many threads, and after a fork."""

    def __init__(self, location: Location, store: Store | None) -> None:
        self._location = location
        self._opened = store
        self._aside = Aside(location)
        self._instead: AsideWriter | None = None
        self._next_try = 0.0
        self._writer: Writer | None = None
        self._starting = threading.Lock()
        self._pid = os.getpid()
        self._watch: Any = None
        self._redactor: RedactionHook | None = None
        _open_logs.add(self)

    @classmethod
    def open(cls, store: str | Path | None = None, *, read_only: bool = False) -> CallLog:
        """Open a store by its path or URL; None: `ELL2A_STORE`, else one file in the user's data folder.

        A SQLite file that is missing is made, for its owner alone; an older one is upgraded, with a copy kept. What a
        process could not write before is taken in from the spool. A server's database is made ready by `migrate`.
        Raises StoreNewer, StoreCorrupt (both leave the store untouched) and StoreError.
        """
        opened = Store.open(store, read_only=read_only)
        log = cls(opened.location, opened)
        if not read_only:
            log._take_spool()
        return log

    @classmethod
    def open_or_aside(cls, store: str | Path | None = None) -> CallLog:
        """`open`, and where the store cannot be opened now, a log that puts aside what it is told until it can.

        Reading such a log raises what opening it raised. Raises StoreError for an address that is none.
        """
        location = Location.of(store)
        try:
            return cls.open(store)
        except StoreError as error:
            log = cls(location, None)
            log._put_aside(str(error))
            return log

    @staticmethod
    def migrate(store: str | Path | None = None) -> str:
        """Bring a store to the newest revision. Gives the revision that it had, `""` for none."""
        return stores.migrate(store)

    # --- writing ---

    def observer(
        self, *, lmp: LmpSource | None = None, place: str | None = None, replay_of: str | None = None
    ) -> LogObserver:
        """What a call path tells of a call: the LMP that makes it, the place in the user's code, what it replays."""
        if self._opened is None:
            self._try_to_open()
        elif self._opened.read_only:
            raise StoreError(f"the store {self.url} was opened for reading only.")
        self._writer_here().start()
        return LogObserver(self._writer_here, lmp=lmp, place=place, replay_of=replay_of)

    @property
    def redactor(self) -> RedactionHook | None:
        """A user's own rules: is given the JSON form of each record (`records.py`), and gives the one to write.

        It runs after the rules that are always on. A record for which it raises is not written at all.
        """
        return self._redactor

    @redactor.setter
    def redactor(self, hook: RedactionHook | None) -> None:
        self._redactor = hook
        for writer in (self._writer, self._instead):
            if writer is not None:
                writer.hook = hook

    def close(self) -> None:
        """Write what waits, and close the connections. Open calls of this process show as interrupted from now on."""
        if self._writer is not None and self._pid == os.getpid():
            self._writer.close()
        if self._watch is not None:
            with contextlib.suppress(Exception):
                self._watch.close()
            self._watch = None
        if self._opened is not None:
            self._opened.close()

    # --- reading ---

    @property
    def url(self) -> str:
        """Where the store is, without a password."""
        return self._location.shown

    def calls(
        self,
        asked: CallFilter | None = None,
        *,
        cursor: str | None = None,
        newer_than: str | None = None,
        limit: int = 50,
    ) -> CallPage:
        """A page of calls, newest first.

        `cursor` is `next` of the page before; `newer_than` is a cursor too, and leaves out what is as old or older.
        Raises InvalidFilter for a cursor that is none.
        """
        return listing.page(self._here, asked or CallFilter(), cursor=cursor, newer_than=newer_than, limit=limit)

    def count(self, asked: CallFilter | None = None, cap: int = 10_000, *, newer_than: str | None = None) -> Count:
        """How many calls the filter finds, counted up to a cap."""
        return listing.count(self._here, asked or CallFilter(), cap=cap, newer_than=newer_than)

    def call(self, call_id: str) -> CallDetail:
        """One call, whole. Raises CallNotFound."""
        return reading.detail(self._here, call_id)

    def load_call(self, call_id: str) -> Ell2aCall:
        """A call as it can be made again, bytes of media included. Raises CallNotFound."""
        return reading.load_call(self._here, call_id)

    def load_response_messages(self, call_id: str) -> list[Message]:
        """The answer of a call, a message a choice; empty where there was none. Raises CallNotFound."""
        return reading.load_response_messages(self._here, call_id)

    def following(self, call_id: str, *, limit: int = 50) -> list[str]:
        """The ids of the calls that go on a call's conversation, oldest first: its answer stands in their history.

        The next 2,000 calls are looked at. Raises CallNotFound.
        """
        return following(self._here, call_id, limit=limit)

    def blob(self, sha256: str) -> Blob | None:
        """A picture, sound or document by its name; None where it is not here."""
        return reading.blob(self._here, sha256)

    @property
    def providers(self) -> ProviderFacts:
        """What is kept of providers: snapshots of their models, and what refused calls showed."""
        return ProviderFacts(self._here)

    def facets(
        self,
        asked: CallFilter | None = None,
        names: Iterable[str] = ("status", "provider", "model", "lmp"),
        limit: int = 8,
        *,
        cap: int = 10_000,
    ) -> dict[str, list[FacetValue]]:
        """The most frequent values of each facet among the newest `cap` calls that the filter finds."""
        return listing.facets(self._here, asked or CallFilter(), names, limit=limit, cap=cap)

    def histogram(
        self, asked: CallFilter | None = None, *, since: datetime, until: datetime, buckets: int = 96
    ) -> list[Bucket]:
        """How many calls began in each of some equal spans of time."""
        return listing.histogram(self._here, asked or CallFilter(), since=since, until=until, buckets=buckets)

    def usage(
        self, by: UsageGroup, *, since: datetime | None = None, until: datetime | None = None, replays: bool = True
    ) -> list[UsageRow]:
        """Sums by group. `replays=False` leaves replays out: what the program itself used."""
        return sums.usage(self._here, by, since=since, until=until, replays=replays)

    def info(self) -> StoreInfo:
        """The store as a whole."""
        with self._here.reading() as connection:
            size = self._store.own.size(self._location, connection)
        return StoreInfo(url=self.url, size_bytes=size, calls=self.count())

    def latest(self) -> str | None:
        """The id of the newest call; None in an empty store."""
        newest = self.calls(limit=1).items
        return newest[0].id if newest else None

    def cursor_of(self, call: Any) -> str:
        """The cursor of a call of a page: for `newer_than`."""
        return listing.cursor_of(call)

    def change_token(self) -> str:
        """A value that changes with every write to the store, by whatever process. Asking takes microseconds."""
        with stores.faults(self._here), self._starting:
            if self._watch is None:
                self._watch = self._store.own_connection()
            return str(self._store.own.change_token(self._watch))

    # --- the process ---

    @property
    def _here(self) -> Store:
        self._after_fork()
        return self._store

    @property
    def _store(self) -> Store:
        """The open store. Raises StoreError where it still cannot be opened."""
        if self._opened is None:
            opened = Store.open(self._location.given)
            with self._starting:
                self._opened, self._instead = opened, None
            self._take_spool()
        return self._opened

    def _writer_here(self) -> Writer | AsideWriter:
        self._after_fork()
        if self._instead is not None:
            return self._instead
        if self._writer is None:
            with self._starting:
                if self._writer is None:
                    self._writer = Writer(self._store, self._aside, self._redactor)
        return self._writer

    def _put_aside(self, why: str) -> None:
        self._instead = AsideWriter(self._aside, why, self._redactor)
        self._next_try = time.monotonic() + _BETWEEN_TRIES_S

    def _try_to_open(self) -> None:
        """Now and then, try in the background to open a store that could not be opened: no call waits for it."""
        if time.monotonic() < self._next_try:
            return
        self._next_try = time.monotonic() + _BETWEEN_TRIES_S

        def work() -> None:
            with contextlib.suppress(StoreError):
                _ = self._store

        threading.Thread(target=work, name="ell2a-log-opener", daemon=True).start()

    def _after_fork(self) -> None:
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        self._starting = threading.Lock()
        if self._opened is not None:
            _inherited.extend([self._opened.engine.pool, self._writer, self._watch])
            self._opened.engine.dispose(close=False)
        if self._writer is not None:
            self._writer.forget()
        self._writer = self._watch = None

    def _take_spool(self) -> None:
        spool = self._aside.spool
        if spool.is_empty():
            return
        # A store that cannot be written to now leaves the spool for the next start.
        with contextlib.suppress(Exception):
            connection = WriterConnection(self._store, patience_ms=_PATIENCE_AT_START_MS)
            with contextlib.closing(connection):
                take_in(spool, connection, wait=False)


def _close_all() -> None:
    for log in list(_open_logs):
        log.close()


def _forked() -> None:
    for log in list(_open_logs):
        log._after_fork()  # noqa: SLF001  # the same module's own


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
