"""What can be mended of a store, mended: each finding by its own step, and a copy kept of the store as it was.

A store that is newer, or not ours, is never touched. A damaged file is never written to: every row that can be read
goes into a new store, which then takes its place.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from ell2a.errors import StoreError
from ell2a.log import on_sqlite, revisions, search_index
from ell2a.log.checking import Finding, check, open_to_others
from ell2a.log.connection import WriterConnection
from ell2a.log.location import Location
from ell2a.log.locks import held_locks, sweep
from ell2a.log.lost_calls import put_back
from ell2a.log.progress import Tell, untold
from ell2a.log.salvage import SavedTable, revision_in, salvage
from ell2a.log.spool import Spool
from ell2a.log.store import Store, free_name, keep_copy
from ell2a.log.writer import take_in

_ENDS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done about a finding."""

    finding: Finding
    done: str
    """What was done, with the numbers."""
    copy: Path | None = None
    """Where the store stands as it was before."""
    tables: Sequence[SavedTable] = ()
    """What was saved of each table of a damaged store."""

    def as_json(self) -> dict[str, object]:
        """The public JSON form."""
        saved = [{"table": one.name, "saved": one.rows, "lost": one.lost} for one in self.tables]
        copy = str(self.copy) if self.copy else None
        return {"kind": self.finding.kind, "done": self.done, "copy": copy, "tables": saved}


def mend(store: str | Path | None = None, *, quick: bool = False, tell: Tell = untold) -> list[Mended]:
    """Mend what can be mended; what is left is told by `check` afterwards.

    Raises StoreError where the store is in use, or its disk has no room for the copy; nothing is changed then.
    """
    location = Location.of(store)
    done: list[Mended] = []
    # Behind one finding there may be others, which could not be seen before.
    while todo := _first(check(store, quick=quick, tell=tell), done):
        copy = next((one.copy for one in done if one.copy is not None), None)
        done.append(_STEPS[todo.kind](location, todo, copy, tell))
    return done


def _first(findings: Sequence[Finding], done: Sequence[Mended]) -> Finding | None:
    tried = {one.finding.kind for one in done}
    return next((one for one in findings if one.mend is not None and one.kind not in tried), None)


# --- the steps ---


def _rebuild(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    """Put all that can be read of a damaged file into a new one, which takes its place."""
    del copy
    path = _file_of(location)
    _unused(location)
    _room_for(path)
    new = free_name(path, "mending")
    try:
        saved = _saved_into(new, path, tell)
        _unused(location)
        kept = free_name(path, "damaged")
        # There is a store in its place at every moment, whenever this is killed.
        kept.hardlink_to(path)
        for end in _ENDS[1:]:
            if Path(f"{path}{end}").exists():
                Path(f"{path}{end}").rename(f"{kept}{end}")
        new.replace(path)
    finally:
        for end in _ENDS:
            Path(f"{new}{end}").unlink(missing_ok=True)
    lost = [one for one in saved if one.lost != 0]
    told = ", ".join(f"{one.name}: {one.rows:,} saved, {_lost(one)}" for one in lost) or "nothing is lost"
    rows = sum(one.rows for one in saved)
    return Mended(finding, f"{rows:,} rows of {len(saved)} tables are in a new store; {told}", kept, saved)


def _saved_into(new: Path, path: Path, tell: Tell) -> list[SavedTable]:
    revision = revision_in(path)
    if revision is None or not revisions.is_known(revision):
        revision = revisions.HEAD
    on_sqlite.make_file(new)
    location = Location.of(new)
    engine = on_sqlite.engine_for(location, begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            revisions.upgrade(connection, revision)
        with closing(sqlite3.connect(new)) as target:
            # Until it takes its place, nobody misses it.
            target.execute("PRAGMA synchronous=OFF")
            saved = salvage(path, target, tell)
            target.execute("UPDATE store_facts SET value = value + 1 WHERE name = 'deletions'")
            target.commit()
        with engine.begin() as connection:
            revisions.upgrade(connection)
        on_sqlite.use_wal(engine)
    finally:
        engine.dispose()
    with closing(Store.open(new)) as store:
        put_back(store)
        with store.engine.begin() as connection:
            search_index.make_anew(store, connection, tell)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
    return saved


def _reindex(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    path = _file_of(location)
    kept = copy or _copied(path)
    tell("making the indexes anew", 0, None)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=on_sqlite.BUSY_MS / 1000)) as connection:
        connection.execute("REINDEX")
    return Mended(finding, "the indexes are made anew", kept)


def _upgrade(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    tell("upgrading", 0, None)
    path = _file_of(location)
    before = set(path.parent.glob(f"{path.name}.before-upgrade-*"))
    Store.open(path).close()
    kept = set(path.parent.glob(f"{path.name}.before-upgrade-*")) - before
    return Mended(finding, f"it is at revision {revisions.HEAD} now", next(iter(kept), copy))


def _search(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    kept = copy
    if location.path is not None and copy is None:
        kept = _copied(location.path)
    broken = finding.mend != "put them in"
    make = search_index.make_anew if broken else search_index.add_missing
    with closing(Store.open(location.given)) as store, store.engine.begin() as connection:
        number = make(store, connection, tell)
    return Mended(finding, f"{number:,} messages were put into the search index", kept)


def _spool(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    tell("taking the spool in", 0, None)
    kept = _copied(location.path) if copy is None and location.path is not None and location.path.exists() else copy
    number = _taken_in(location, Spool(*location.spools))
    return Mended(finding, f"{number:,} records were taken in", kept)


def _again(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    tell("trying again what could not be written", 0, None)
    spool = Spool(*location.spools)
    kept = free_name(spool.apart, "before-mending")
    shutil.copy2(spool.apart, kept)
    before = _lines(spool.apart)
    spool.try_apart_again()
    _taken_in(location, spool)
    left = _lines(spool.apart)
    return Mended(finding, f"{before - left:,} of {before:,} records were written", kept if before > left else copy)


def _settle(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    tell("settling open calls", 0, None)
    kept = _copied(location.path) if copy is None and location.path is not None else copy
    with closing(Store.open(location.given)) as store, closing(WriterConnection(store)) as connection:
        connection.settle_dead()
    return Mended(finding, "they are put down as interrupted", kept)


def _tighten(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    del copy, tell
    for path in open_to_others(location):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return Mended(finding, "their owner alone may read and write them now")


def _sweep(location: Location, finding: Finding, copy: Path | None, tell: Tell) -> Mended:
    del copy, tell
    sweep(location.locks)
    return Mended(finding, "they are removed")


_STEPS: dict[str, Callable[[Location, Finding, Path | None, Tell], Mended]] = {
    "damaged": _rebuild,
    "index": _reindex,
    "older": _upgrade,
    "search-index": _search,
    "spool": _spool,
    "unreadable-lines": _again,
    "open-calls": _settle,
    "permissions": _tighten,
    "locks": _sweep,
}


# --- what they share ---


def _file_of(location: Location) -> Path:
    if location.path is None:
        raise StoreError(f"{location.shown} is no file.")
    return location.path


def _unused(location: Location) -> None:
    held = held_locks(location.locks)
    if held:
        raise StoreError(
            f"{len(held)} processes write into {location.shown} now: end them, then mend it. Nothing was changed."
        )


def _room_for(path: Path) -> None:
    needed, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < needed * 1.1:
        raise StoreError(
            f"a copy of {path} needs {needed:,} bytes, and its disk has {free:,} free: make room. Nothing was changed."
        )


def _copied(path: Path) -> Path:
    _room_for(path)
    return keep_copy(path, "before-mending")


def _taken_in(location: Location, spool: Spool) -> int:
    with closing(Store.open(location.given)) as store, closing(WriterConnection(store)) as connection:
        return take_in(spool, connection)


def _lines(path: Path) -> int:
    with suppress(FileNotFoundError), path.open("rb") as file:
        return sum(1 for _ in file)
    return 0


def _lost(one: SavedTable) -> str:
    return "it is not known how many lost" if one.lost is None else f"{one.lost:,} lost"
