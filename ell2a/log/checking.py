"""What is wrong with a store, and what mending would do about it. Nothing is changed by looking."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from ell2a.errors import StoreCorrupt, StoreError, StoreNewer
from ell2a.log import on_sqlite, revisions, salvage, search_index
from ell2a.log.dangling import dangling, lost_parts
from ell2a.log.location import Location
from ell2a.log.locks import left_locks
from ell2a.log.pending import dead_writers
from ell2a.log.progress import Tell, untold
from ell2a.log.spool import Spool
from ell2a.log.store import Store, revision_at
from ell2a.log.tables import calls

Kind = Literal[
    "unreachable",
    "no-store",
    "newer",
    "older",
    "damaged",
    "index",
    "permissions",
    "locks",
    "spool",
    "unreadable-lines",
    "open-calls",
    "search-index",
    "lost-parts",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    kind: Kind
    problem: str
    """What is wrong, with the numbers."""
    mend: str | None
    """What mending would do; None where it can do nothing."""
    instead: str | None = None
    """What a person can do where mending does nothing."""

    def as_json(self) -> dict[str, str | None]:
        """The public JSON form."""
        return {"kind": self.kind, "problem": self.problem, "mend": self.mend, "instead": self.instead}


def check(store: str | Path | None = None, *, quick: bool = False, tell: Tell = untold) -> list[Finding]:
    """All that is wrong with a store. `quick` leaves out what reads all of it. Raises StoreError for an address that is none."""
    location = Location.of(store)
    if location.path is None:
        found = list(_of_server(location, quick=quick, tell=tell))
    else:
        found = list(_of_file(location, location.path, quick=quick, tell=tell)) if location.path.exists() else []
        found += [*_of_permissions(location), *_of_locks(location)]
    return [*found, *_of_spools(location)]


# --- the store ---


def _of_file(location: Location, path: Path, *, quick: bool, tell: Tell) -> Iterator[Finding]:
    try:
        revision = revision_at(location, path)
        tell("checking every page", 0, None)
        faults = [] if quick or revision is None else _integrity(location)
    except StoreNewer as error:
        yield Finding("newer", str(error), None, "Update ell2a.")
    except StoreCorrupt as error:
        yield _damaged(path, [str(error)])
    except StoreError as error:
        yield Finding("unreachable", str(error), None, "See whether another program holds the file, and who owns it.")
    else:
        if faults:
            yield _index(faults) if all(map(_is_of_index, faults)) else _damaged(path, faults)
        elif revision == revisions.HEAD:
            yield from _of_rows(location, quick=quick, tell=tell)
        elif revision is not None:
            problem = f"the store is at revision {revision}; the newest is {revisions.HEAD}"
            yield Finding("older", problem, "upgrade it, with a copy kept")


def _of_server(location: Location, *, quick: bool, tell: Tell) -> Iterator[Finding]:
    try:
        Store.open(location.given, read_only=True).close()
    except StoreNewer as error:
        yield Finding("newer", str(error), None, "Update ell2a.")
    except StoreCorrupt as error:
        yield Finding("no-store", str(error), None, "Give another database as the store.")
    except StoreError as error:
        if "ell2a-studio migrate" in str(error):
            yield Finding("older", str(error), None, "Run `ell2a-studio migrate --store URL`.")
        else:
            yield Finding("unreachable", str(error), None, "See whether the server runs and takes this user.")
    else:
        yield from _of_rows(location, quick=quick, tell=tell)


def _of_rows(location: Location, *, quick: bool, tell: Tell) -> Iterator[Finding]:
    store = Store.open(location.given, read_only=True)
    try:
        with store.reading() as connection:
            yield from _of_open_calls(store, connection)
            yield from _of_search(store, connection, quick=quick, tell=tell)
            tell("looking for what is named and not there", 0, None)
            lost = dangling(connection)
            if not quick:
                lost += lost_parts(connection, tell)
            if lost:
                told = ", ".join(f"{number:,} {what}" for what, number in sorted(lost.items()))
                yield Finding(
                    "lost-parts",
                    f"rows name what is not in the store: {told}",
                    None,
                    "What is left of these calls is shown, with a note in the place of what is lost."
                    " A copy of the store from before may still have it.",
                )
    finally:
        store.close()


def _of_open_calls(store: Store, connection: Connection) -> Iterator[Finding]:
    dead = dead_writers(store, connection)
    if dead:
        asked = select(func.count()).where(calls.c.status == "pending", calls.c.writer_id.in_(dead))
        number = connection.execute(asked).scalar_one()
        problem = f"{number:,} open calls are of processes that live no more ({len(dead):,})"
        yield Finding("open-calls", problem, "put them down as interrupted")


def _of_search(store: Store, connection: Connection, *, quick: bool, tell: Tell) -> Iterator[Finding]:
    tell("checking the search index", 0, None)
    fault = None if quick else search_index.fault_inside(connection)
    if fault is not None:
        yield Finding("search-index", f"the search index is broken: {fault}", "make it anew from the messages")
        return
    missing = search_index.unfindable(store, connection)
    if missing:
        problem = f"{missing:,} messages are not in the search index, and cannot be found"
        yield Finding("search-index", problem, "put them in")


def _integrity(location: Location) -> list[str]:
    engine = on_sqlite.engine_for(location, read_only=True)
    try:
        with engine.connect() as connection:
            found = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
    except DBAPIError as exception:
        if not on_sqlite.is_corrupt(exception.orig or exception):
            raise StoreError(f"the store cannot be read now: {exception.orig}") from exception
        found = [str(exception.orig)]
    finally:
        engine.dispose()
    return [] if found == ["ok"] else [line for told in found for line in str(told).splitlines()]


def _is_of_index(fault: str) -> bool:
    return any(
        words in fault for words in ("missing from index", "wrong # of entries in index", "non-unique entry in index")
    )


def _index(faults: list[str]) -> Finding:
    problem = f"indexes do not agree with their tables: {faults[0]}{_and_more(faults)}"
    return Finding("index", problem, "make the indexes anew, with a copy of the store kept")


def _damaged(path: Path, faults: list[str]) -> Finding:
    problem = f"the file is damaged: {faults[0]}{_and_more(faults)}"
    try:
        ours = salvage.is_ours(path)
    except StoreError:
        ours = False
    if not ours:
        return Finding("no-store", faults[0], None, "Give another place as the store, or put a copy of yours there.")
    return Finding(
        "damaged", problem, "save every row that can be read into a new store, and keep the damaged file beside it"
    )


def _and_more(faults: list[str]) -> str:
    return f" (and {len(faults) - 1} faults more)" if len(faults) > 1 else ""


# --- the files beside it ---


def files_of(location: Location) -> list[Path]:
    """The store, what SQLite keeps beside it, its copies, its spools, and the folder of its locks."""
    beside = location.beside
    near = (path for path in beside.parent.iterdir() if path.name.startswith((f"{beside.name}.", f"{beside.name}-")))
    return [path for path in (beside, *sorted(near)) if path.exists() and not path.is_symlink()]


def open_to_others(location: Location) -> list[Path]:
    """Those of these files that others than their owner may read or write."""
    return [path for path in files_of(location) if stat.S_IMODE(path.stat().st_mode) & 0o077]


def _of_permissions(location: Location) -> Iterator[Finding]:
    if not location.beside.parent.is_dir():
        return
    paths = open_to_others(location)
    if paths:
        named = ", ".join(f"{path.name} ({stat.S_IMODE(path.stat().st_mode):o})" for path in paths)
        mine = all(path.stat().st_uid == os.getuid() for path in paths)
        yield Finding(
            "permissions",
            f"others than their owner may read or write: {named}",
            "let their owner alone read and write them" if mine else None,
            None if mine else "They belong to another user, who has to tighten them.",
        )


def _of_locks(location: Location) -> Iterator[Finding]:
    left = left_locks(location.locks)
    if left:
        yield Finding("locks", f"{len(left):,} locks are left of processes that were killed", "remove them")


def _of_spools(location: Location) -> Iterator[Finding]:
    spool = Spool(*location.spools)
    waiting = spool.waiting()
    if waiting:
        number = sum(_lines(path) for path in waiting)
        named = ", ".join(map(str, waiting))
        yield Finding(
            "spool", f"{number:,} records wait to be taken into the store, in {named}", "take them in, in order"
        )
    apart = spool.apart
    if apart.exists():
        yield Finding(
            "unreadable-lines",
            f"{_lines(apart):,} records could not be written, and are kept in {apart}",
            "try each again; what still cannot be written stays there",
        )


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
