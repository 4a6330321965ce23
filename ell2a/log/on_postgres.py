"""What is PostgreSQL's own: how a transaction begins, how a writer's life is known, and what a change is known by."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text

from ell2a.errors import StoreError
from ell2a.log import search_postgres as search
from ell2a.log.location import Location
from ell2a.log.locks import AdvisoryLock, dead_advisory_writers

__all__ = [
    "IS_QUICK",
    "PATIENCE_S",
    "begin",
    "change_token",
    "dead_writers",
    "engine_for",
    "identity",
    "is_corrupt",
    "prepare_writer",
    "rest",
    "search",
    "size",
    "take_turn",
    "writer_lock",
]

PATIENCE_S = 5
"""How long a statement waits for another's transaction, and a connection for the server. Seconds."""
IS_QUICK = False
"""A server may be slow to answer, or gone: a call's own thread does not talk to it."""


def engine_for(location: Location, *, read_only: bool = False) -> Engine:
    """An engine for the server. Raises StoreError where the driver is missing."""
    try:
        import psycopg
    except ImportError as exception:
        raise StoreError("a store on PostgreSQL needs psycopg: pip install 'ell2a[postgres]'") from exception
    del psycopg
    options = "-c default_transaction_read_only=on" if read_only else ""
    arguments = {"connect_timeout": PATIENCE_S, "options": f"-c lock_timeout={PATIENCE_S * 1000} {options}".strip()}
    return create_engine(location.url, pool_pre_ping=True, pool_size=5, max_overflow=20, connect_args=arguments)


def identity(location: Location) -> str:
    """A server's database is known by its address."""
    return location.shown


def begin(cursor: Any, patience_s: float) -> None:
    """The driver begins a transaction with its first statement; a statement waits no longer than this for a lock."""
    if patience_s != PATIENCE_S:
        cursor.execute(f"SET LOCAL lock_timeout = {int(patience_s * 1000)}")


def prepare_writer(cursor: Any) -> None:
    """The server needs nothing."""
    del cursor


def rest(cursor: Any) -> None:
    """The server looks after itself."""
    del cursor


def take_turn(connection: Connection, what: str) -> None:
    """Wait until nobody else's transaction does the same; others wait for this one's end."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": what})


def is_corrupt(exception: BaseException) -> bool:
    """Whether an error of the driver says that the data is damaged."""
    return getattr(exception, "sqlstate", None) in ("XX001", "XX002")


def writer_lock(location: Location, writer_id: str, engine: Engine) -> AdvisoryLock:
    """Take the lock of a writing process, on a connection of its own."""
    del location
    connection = engine.raw_connection()
    driver = connection.driver_connection
    connection.detach()
    return AdvisoryLock(driver, writer_id)


def dead_writers(location: Location, connection: Connection, writers: Collection[str]) -> set[str]:
    """Those of the writers whose session has ended."""
    del location
    return dead_advisory_writers(connection, writers)


def size(location: Location, connection: Connection) -> int | None:
    """Bytes of the database."""
    del location
    return connection.execute(text("SELECT pg_database_size(current_database())")).scalar()


def change_token(connection: Any) -> str:
    """A value that is another one after each write by anybody, to this database or its neighbours on the server."""
    found = connection.cursor().execute("SELECT pg_current_wal_insert_lsn()").fetchone()
    connection.commit()
    return str(found[0])
