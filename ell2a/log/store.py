"""A store that is open: its address, its engine, and what its database does in its own way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from ell2a.errors import StoreCorrupt, StoreError, StoreNewer
from ell2a.log import on_sqlite, revisions
from ell2a.log.location import Location
from ell2a.log.statements import Statements


class Store:
    """An open store. `open` is the way to one; it is at the newest revision then."""

    def __init__(self, location: Location, engine: Engine, own: ModuleType, *, read_only: bool) -> None:
        self.location, self.engine, self.own, self.read_only = location, engine, own, read_only
        self.statements = Statements(engine.dialect)
        self._identity = self.identity()

    @classmethod
    def open(cls, store: str | Path | None, *, read_only: bool = False) -> Store:
        """Open a store; a SQLite file is made or upgraded first, unless it is only to be read.

        Raises StoreNewer, StoreCorrupt (the store is untouched) and StoreError.
        """
        location = Location.of(store)
        if location.path is None:
            return _open_server(location, read_only=read_only)
        return _open_file(location, location.path, read_only=read_only)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction of its own: all that is read in it is of one moment."""
        self._follow()
        with faults(self), self.engine.connect() as connection, connection.begin():
            yield connection

    def identity(self) -> object:
        """What tells a store from one that was put in its place; None where there is none."""
        return self.own.identity(self.location)

    def renew(self) -> None:
        """Make or upgrade the store that is in the place of the one that was opened. Raises what `open` raises."""
        if self.location.path is not None:
            _open_file(self.location, self.location.path, read_only=False).close()
        self._follow()

    def _follow(self) -> None:
        found = self.identity()
        if found == self._identity:
            return
        if found is None:
            raise StoreError(f"the store {self.location.shown} is gone; the next logged call makes a new one.")
        # Open connections still lead to the file that was here before.
        self.engine.dispose()
        self._identity = found

    def own_connection(self) -> Any:
        """A driver's connection that is the caller's own, to be closed by it."""
        pooled = self.engine.raw_connection()
        driver = pooled.driver_connection
        pooled.detach()
        return driver

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()


@contextmanager
def faults(store: Store) -> Iterator[None]:
    """Tell the driver's errors as ours."""
    try:
        yield
    except DBAPIError as exception:
        raise _fault(store.location, store.own, exception) from exception


def revision_at(location: Location, path: Path) -> str | None:
    """The revision of a store file, which is left as it is; None for an empty one.

    Raises StoreNewer, StoreCorrupt for what is damaged or no store, and StoreError.
    """
    on_sqlite.check_file(path)
    try:
        return _look(location, path)
    except DBAPIError as exception:
        raise _fault(location, on_sqlite, exception) from exception


def migrate(store: str | Path | None) -> str:
    """Bring a store to the newest revision, making its tables where there are none. Gives the revision it had, or `""`."""
    location = Location.of(store)
    if location.path is not None:
        return _migrate_file(location, location.path)
    own = _postgres()
    engine = own.engine_for(location)
    try:
        with engine.begin() as connection:
            before = _checked(location, connection)
            if before != revisions.HEAD:
                # Two who migrate at once go one after the other.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('ell2a migrate'))")
                revisions.upgrade(connection)
        return before or ""
    except DBAPIError as exception:
        raise _fault(location, own, exception) from exception
    finally:
        engine.dispose()


def _migrate_file(location: Location, path: Path) -> str:
    before = None
    if path.exists():
        on_sqlite.check_file(path)
        before = _look(location, path)
    _open_file(location, path, read_only=False).close()
    return before or ""


def _open_server(location: Location, *, read_only: bool) -> Store:
    own = _postgres()
    engine = own.engine_for(location, read_only=read_only)
    try:
        with engine.connect() as connection:
            revision = _checked(location, connection)
    except DBAPIError as exception:
        raise _fault(location, own, exception) from exception
    finally:
        # What is found out here is asked again by whoever uses the store: no connection outlives a refusal.
        engine.dispose()
    if revision != revisions.HEAD:
        state = f"is at revision {revision}" if revision else "has no tables yet"
        raise StoreError(f"the store {location.shown} {state}: run `ell2a-studio migrate --store URL` once.")
    return Store(location, engine, own, read_only=read_only)


def _postgres() -> ModuleType:
    from ell2a.log import on_postgres

    return on_postgres


def _open_file(location: Location, path: Path, *, read_only: bool) -> Store:
    if read_only:
        if not path.exists():
            raise StoreError(f"there is no store at {path}; the first logged call makes it.")
    else:
        try:
            location.make_folder()
            on_sqlite.make_file(path)
        except OSError as exception:
            raise StoreError(
                f"no store can be made at {path}: {exception.strerror}; give another place."
            ) from exception
    on_sqlite.check_file(path)
    try:
        # Looked at without the right to write: a store that is not ours, or newer, stays as it is.
        if _look(location, path) != revisions.HEAD:
            if read_only:
                raise StoreError(f"the store {path} is of an older ell2a: open it for writing once to upgrade it.")
            _upgrade_file(location, path)
        return Store(location, on_sqlite.engine_for(location, read_only=read_only), on_sqlite, read_only=read_only)
    except DBAPIError as exception:
        raise _fault(location, on_sqlite, exception) from exception


def _look(location: Location, path: Path) -> str | None:
    if path.stat().st_size == 0:
        return None
    engine = on_sqlite.engine_for(location, read_only=True)
    try:
        with engine.connect() as connection:
            return _checked(location, connection)
    finally:
        engine.dispose()


def _checked(location: Location, connection: Connection) -> str | None:
    """The revision of a store. Raises StoreNewer, and StoreCorrupt for a database that is something else."""
    revision = revisions.revision_of(connection)
    if revision is None and inspect(connection).get_table_names():
        raise StoreCorrupt(
            f"{location.shown} is a database, but no store of ell2a; it is left untouched. Give another place as the store."
        )
    if revision not in (None, revisions.HEAD) and not revisions.is_known(str(revision)):
        raise StoreNewer(
            f"the store {location.shown} is at revision {revision!r}, which a newer ell2a made (this one knows up to"
            f" {revisions.HEAD!r}); it is left untouched. Update ell2a, or give another store."
        )
    return revision


def _upgrade_file(location: Location, path: Path) -> None:
    engine = on_sqlite.engine_for(location, begin="BEGIN IMMEDIATE")
    try:
        on_sqlite.use_wal(engine)
        with engine.begin() as connection:
            revision = _checked(location, connection)
            if revision == revisions.HEAD:
                # Another process came first.
                return
            if revision is not None:
                keep_copy(path, f"before-upgrade-from-{revision}")
            revisions.upgrade(connection)
    finally:
        engine.dispose()


def free_name(path: Path, end: str) -> Path:
    """A name beside a store that no file has: `<store>.<end>`, or with a number after it."""
    free = path.with_name(f"{path.name}.{end}")
    number = 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{end}.{number}")
    return free


def keep_copy(path: Path, end: str) -> Path:
    """Keep a store as it is now, beside it and for its owner alone. Gives the copy."""
    copy = free_name(path, end)
    on_sqlite.make_file(copy)
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    return copy


def _fault(location: Location, own: Any, exception: DBAPIError) -> StoreError:
    cause = exception.orig or exception
    if own.is_corrupt(cause):
        return StoreCorrupt(
            f"the store {location.shown} is damaged ({cause}); it is left untouched. `ell2a-studio doctor` tells more."
        )
    return StoreError(f"the store {location.shown} cannot be used now: {str(cause).strip()}")
