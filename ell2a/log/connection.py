"""The connection of a writer: transactions of prepared rows, by statements compiled once."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ell2a.log.pending import dead_writers
from ell2a.log.rows import NewMessage, Rows
from ell2a.log.statements import ORDER
from ell2a.log.store import Store
from ell2a.log.tables import calls

_MOST_NUMBERS = 10_000
_COMMITS_BETWEEN_RESTS = 100
"""On SQLite some 20 pages each: a WAL of 8 MB."""


class WriterConnection:
    """A driver connection of its own, used by one thread at a time."""

    def __init__(self, store: Store, *, patience_ms: int | None = None) -> None:
        self._store = store
        self._own = store.own
        self._sql = store.statements
        self.deletions: int | None = None
        """How often shared rows were deleted from the store, as of the last transaction."""
        self._numbers: dict[bytes, int] = {}
        self._identity = store.identity()
        self._driver = store.own_connection()
        self._cursor = self._driver.cursor()
        self._commits = 0
        self.wants_rest = False
        """Enough was committed for the database to be tidied."""
        self.is_quick: bool = self._own.IS_QUICK
        self._own.prepare_writer(self._cursor)
        self._patience_s = self._own.PATIENCE_S if patience_ms is None else patience_ms / 1000

    @contextmanager
    def transaction(self, patience_s: float | None = None) -> Iterator[bool]:
        """One transaction. Gives whether shared rows were deleted, by whomever, since the one before.

        `patience_s`: how long it waits for another's transaction, where that is less than the connection does.
        """
        try:
            self._own.begin(self._cursor, self._patience_s if patience_s is None else patience_s)
            self._cursor.execute(self._sql.deletions)
            found = self._cursor.fetchone()[0]
            deleted = self.deletions is not None and found != self.deletions
            if deleted:
                self._numbers.clear()
            self.deletions = found
            yield deleted
            self._driver.commit()
            self._commits += 1
            if self._commits >= _COMMITS_BETWEEN_RESTS:
                self._commits, self.wants_rest = 0, True
        except BaseException:
            with suppress(Exception):
                self._driver.rollback()
            # The numbers of rows that were put in and taken back are no one's.
            self._numbers.clear()
            raise

    def put(self, rows: Rows) -> None:
        """Put rows in, each unless it is there already.

        Always table by table and in the order of ids: of two transactions that put the same rows in, the second
        waits for the first, and never each for the other.
        """
        for table in ORDER:
            if table in rows.tables:
                self._cursor.executemany(self._sql.insert[table], sorted(rows.tables[table], key=_key))
        new = [m for m in sorted(rows.messages, key=lambda m: bytes(m.row["id"])) if self._put_message(m)]
        new_in = [(message.row["id"], message.call_id) for message in new] + rows.new_in
        if new_in:
            found_in = sorted({(self._number(id), call_id) for id, call_id in new_in})
            occurrences = [{"message_number": number, "call_id": call_id} for number, call_id in found_in]
            self._cursor.executemany(self._sql.insert_occurrence, occurrences)
        if rows.closings:
            self._cursor.executemany(self._sql.close_call, rows.closings)

    def is_current(self) -> bool:
        """Whether the store is still the one that this is a connection to."""
        return self._store.identity() == self._identity

    def introduce(self, writer_id: str) -> None:
        """Say which process writes here."""
        row = {"id": writer_id, "started_at": time.time_ns() // 1000, "host": socket.gethostname(), "pid": os.getpid()}
        with self.transaction():
            self._cursor.execute(self._sql.insert["writers"], row)

    def settle_dead(self) -> None:
        """Settle the open calls of writers that are no more: they were interrupted."""
        with self._store.reading() as reading:
            dead = dead_writers(self._store, reading)
        if dead:
            still_open = calls.update().where(calls.c.status == "pending", calls.c.writer_id.in_(dead))
            with self._store.engine.begin() as connection:
                connection.execute(still_open.values(status="interrupted"))

    def rest(self) -> None:
        """Do what the database wants done now and then. To be called when nobody waits."""
        self._own.rest(self._cursor)

    def close(self) -> None:
        """Close it; what was not committed is gone."""
        with suppress(Exception):
            # SQLite's driver keeps the file open as long as a cursor holds a statement.
            self._cursor.close()
            self._driver.close()

    def _put_message(self, message: NewMessage) -> bool:
        """Whether the message was not there yet."""
        self._cursor.execute(self._sql.insert_message, message.row)
        found = self._cursor.fetchone()
        if found is None:
            return False
        self._remember(message.row["id"], found[0])
        words = self._own.search.document(message.text)
        self._cursor.execute(self._own.search.INSERT, {"number": found[0], "text": words})
        return True

    def _number(self, id: bytes) -> int:
        number = self._numbers.get(id)
        if number is None:
            self._cursor.execute(self._sql.message_number, {"id": id})
            number = int(self._cursor.fetchone()[0])
            self._remember(id, number)
        return number

    def _remember(self, id: bytes, number: int) -> None:
        if len(self._numbers) >= _MOST_NUMBERS:
            self._numbers.clear()
        self._numbers[id] = number


def _key(row: dict[str, Any]) -> Any:
    return row["id"] if "id" in row else row["call_id"]
