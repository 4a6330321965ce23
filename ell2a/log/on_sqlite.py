"""What is SQLite's own: how its file is opened, how a transaction begins, and what its errors mean."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from ell2a.errors import StoreCorrupt, StoreError
from ell2a.log import search_sqlite as search
from ell2a.log.location import Location
from ell2a.log.locks import FileLock, dead_file_writers

__all__ = [
    "IS_QUICK",
    "PATIENCE_S",
    "begin",
    "change_token",
    "check_file",
    "dead_writers",
    "engine_for",
    "identity",
    "is_corrupt",
    "make_file",
    "prepare_writer",
    "rest",
    "search",
    "size",
    "take_turn",
    "use_wal",
    "writer_lock",
]

_HEADER = b"SQLite format 3\0"
BUSY_MS = 5_000
"""How long a statement waits for another process's transaction. Callers do not wait so long: see `writer.py`."""
PATIENCE_S = BUSY_MS / 1000
_BETWEEN_TRIES_S = 0.0002
IS_QUICK = True
"""A transaction takes less time than waking another thread to make it."""
LOWEST = (3, 35, 0)
"""`RETURNING` came with it."""


def engine_for(location: Location, *, read_only: bool = False, begin: str = "BEGIN") -> Engine:
    """An engine whose transactions are begun by us, so that a revision of the schema is one transaction."""
    if sqlite3.sqlite_version_info < LOWEST:
        needed = ".".join(map(str, LOWEST))
        raise StoreError(f"the call log needs SQLite {needed} or newer; this Python has {sqlite3.sqlite_version}.")
    path = str(location.path)
    address = f"file:{quote(path)}?mode={'ro' if read_only else 'rw'}"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(address, uri=True, timeout=BUSY_MS / 1000, check_same_thread=False),
        paramstyle="named",
        pool_size=5,
        max_overflow=20,
        poolclass=QueuePool,
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _on_connect(connection: Any, record: Any) -> None:
    del record
    # The driver begins no transaction by itself: Alembic's would end halfway.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def identity(location: Location) -> tuple[int, int] | None:
    """What tells the store's file from one that was put in its place; None where there is no file."""
    try:
        # Asked before each write: a Path to ask would take longer to make than the answer.
        found = os.stat(location.path or "")  # noqa: PTH116
    except OSError:
        return None
    return found.st_dev, found.st_ino


def begin(cursor: Any, patience_s: float) -> None:
    """Begin a transaction that writes: waiting for the lock here is the only wait. Raises the driver's error after `patience_s`."""
    ends = None
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exception:
            # SQLite itself would look again after 1, 2, 5, 10, 15 ... ms; transactions here take a fifth of one.
            now = time.monotonic()
            ends = now + patience_s if ends is None else ends
            if not _is_busy(exception) or now >= ends:
                raise
            time.sleep(min(_BETWEEN_TRIES_S, ends - now))
        else:
            return


def _is_busy(exception: sqlite3.Error) -> bool:
    code = exception.sqlite_errorcode
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def prepare_writer(cursor: Any) -> None:
    """Checkpoints are not made by whichever commit fills the WAL, while a call waits for it, but by `rest`."""
    cursor.execute("PRAGMA wal_autocheckpoint=0")
    # `begin` waits in its own way.
    cursor.execute("PRAGMA busy_timeout=0")


def rest(cursor: Any) -> None:
    """Bring the WAL into the file, as far as no reader stands in the way."""
    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    cursor.fetchall()


def take_turn(connection: Connection, what: str) -> None:
    """Wait until nobody else's transaction writes; others wait for this one's end."""
    del what
    # A statement that may write takes the lock, whether or not it finds a row.
    connection.exec_driver_sql("DELETE FROM provider_snapshots WHERE provider IS NULL")


def make_file(path: Path) -> None:
    """Make an empty store file, for its owner alone, if there is none."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as exception:
        raise StoreError(f"the store {path} cannot be made: {exception.strerror}.") from exception


def use_wal(engine: Engine) -> None:
    """Let readers and a writer work at once: a property of the file, set once."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def check_file(path: Path) -> None:
    """Look at a file's first bytes without changing it. Raises StoreCorrupt, or StoreError where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEADER))
    except OSError as exception:
        raise StoreError(f"the store {path} cannot be read: {exception.strerror}.") from exception
    if head not in (b"", _HEADER):
        raise StoreCorrupt(f"{path} is not a SQLite database; it is left untouched. Give another path as the store.")


def is_corrupt(exception: BaseException) -> bool:
    """Whether an error of the driver says that the file is damaged."""
    code = getattr(exception, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def writer_lock(location: Location, writer_id: str, engine: Engine) -> FileLock:
    """Take the lock of a writing process."""
    del engine
    return FileLock(location.locks, writer_id)


def dead_writers(location: Location, connection: Connection, writers: Collection[str]) -> set[str]:
    """Those of the writers whose process has ended."""
    del connection
    return dead_file_writers(location.locks, writers)


def size(location: Location, connection: Connection) -> int | None:
    """Bytes of the store."""
    del connection
    files = [Path(f"{location.path}{end}") for end in ("", "-wal")]
    return sum(file.stat().st_size for file in files if file.exists())


def change_token(connection: Any) -> str:
    """A value that is another one after each write by anybody. The same connection is to be asked each time."""
    return str(connection.cursor().execute("PRAGMA data_version").fetchone()[0])
