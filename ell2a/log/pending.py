"""Which open calls will never be closed, because the process that made them is no more."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ell2a.log.store import Store
from ell2a.log.tables import calls


def dead_writers(store: Store, connection: Connection) -> set[str]:
    """The writers that have open calls and live no more."""
    asked = select(calls.c.writer_id).where(calls.c.status == "pending").distinct()
    writers = set(connection.execute(asked).scalars())
    dead: set[str] = store.own.dead_writers(store.location, connection, writers) if writers else set()
    return dead
