"""Every row that can be read of a damaged SQLite store, put into a new one, table by table.

First the rows that a table's own pages lead to; then leaves that no page leads to any more, known by the form of their
rows. A row is taken only if its values are of its columns' types and its content is whole (hashes, compressed bodies).
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ell2a.log import bodies
from ell2a.log.content import content_id
from ell2a.log.progress import Tell
from ell2a.log.sqlite_pages import INDEX_LEAF, TABLE_LEAF, Pages, Record, Tree
from ell2a.log.tables import BODIES

_TOGETHER = 500
"""Rows a statement."""
_MADE_ANEW = ("alembic_version",)


@dataclass(frozen=True, slots=True)
class SavedTable:
    """What was saved of one table."""

    name: str
    rows: int
    lost: int | None
    """Rows that are known to have been there and cannot be read; None: it is not known how many."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kinds: tuple[type, ...]
    may_be_null: bool
    is_rowid: bool


@dataclass(frozen=True, slots=True)
class _Form:
    """What the rows of a table look like in the file."""

    table: str
    columns: tuple[_Column, ...]
    """In the order in which a row keeps them."""
    is_index: bool
    """A table without row ids is a tree of the kind that indexes are."""

    @property
    def leaf(self) -> int:
        return INDEX_LEAF if self.is_index else TABLE_LEAF

    def row(self, record: Record) -> tuple[Any, ...] | None:
        """The values to put in; None where the record is no whole row of this table."""
        values = list(record.values)
        missing = self.columns[len(values) :]
        if len(values) > len(self.columns) or not all(column.may_be_null for column in missing):
            return None
        values += [None] * len(missing)
        for n, column in enumerate(self.columns):
            if column.is_rowid and values[n] is None:
                values[n] = record.rowid
            if values[n] is None and not column.may_be_null:
                return None
            if values[n] is not None and not isinstance(values[n], column.kinds):
                return None
        return self._whole(values)

    def _whole(self, values: list[Any]) -> tuple[Any, ...] | None:
        named = {column.name: value for column, value in zip(self.columns, values, strict=True)}
        holds = _HOLDS.get(self.table)
        if holds is not None and not holds(named):
            return None
        for n, column in enumerate(self.columns):
            if column.name in BODIES.get(self.table, ()) and values[n] is not None and not _is_body(values[n]):
                if not column.may_be_null:
                    return None
                # The rest of the row is worth keeping.
                values[n] = None
        return tuple(values)


def revision_in(path: Path) -> str | None:
    """The revision of a store, read from its pages; None where it cannot be read."""
    with Pages(path) as pages:
        for kind, name, _, root, _ in _schema(pages):
            if kind == "table" and name == "alembic_version":
                return next((str(record.values[0]) for record in pages.walk(root, Tree())), None)
    return None


def is_ours(path: Path) -> bool:
    """Whether a damaged file is a store of ours: by its tables, or, where these cannot be read, by calls found in it."""
    with Pages(path) as pages:
        tables = {name for kind, name, *_ in _schema(pages) if kind == "table"}
        if {"calls", "requests", "alembic_version"} <= tables:
            return True
        return any(_is_call(record) for kind, found in pages.strays() if kind == TABLE_LEAF for record in found)


def salvage(path: Path, target: sqlite3.Connection, tell: Tell) -> list[SavedTable]:
    """Put all that can be read into a store that has its tables and no rows. Gives what was saved, table by table."""
    forms = _forms(target)
    with Pages(path) as pages:
        trees = {form.table: Tree() for form in forms}
        known = dict.fromkeys(trees, 0)
        roots = [(kind, name, of, root) for kind, name, of, root, _ in _schema(pages) if root]
        by_name = {form.table: form for form in forms}
        rooted = {name for kind, name, _, _ in roots if kind == "table"}
        for kind, name, of, root in roots:
            if kind == "index" and of in known:
                known[of] = max(known[of], pages.entries(root))
            elif kind == "index":
                pages.entries(root)
            elif name in by_name:
                rows = (
                    by_name[name].row(record)
                    for record in pages.walk(root, trees[name], is_index=by_name[name].is_index)
                )
                _put(target, by_name[name], rows, tell, known[name] or None)
            else:
                # Another table, of the search index: to know which pages are its own.
                for _ in pages.walk(root, Tree()):
                    pass
        broken = [form for form in forms if form.table not in rooted or trees[form.table].damaged]
        _put_strays(target, pages, broken, tell)
    return [_saved(target, form, trees[form.table], known[form.table], form.table in rooted) for form in forms]


def _saved(target: sqlite3.Connection, form: _Form, tree: Tree, known: int, is_rooted: bool) -> SavedTable:
    rows = target.execute(f'SELECT count(*) FROM "{form.table}"').fetchone()[0]  # noqa: S608  # a table of ours
    if known:
        return SavedTable(form.table, rows, max(0, known - rows))
    if tree.damaged or not is_rooted:
        return SavedTable(form.table, rows, None)
    return SavedTable(form.table, rows, max(0, tree.entries - rows))


def _put_strays(target: sqlite3.Connection, pages: Pages, forms: Sequence[_Form], tell: Tell) -> None:
    # Where two tables look alike, the one whose rows are known by a hash is asked first.
    asked = sorted(forms, key=lambda form: form.table not in _HOLDS)
    for kind, records in pages.strays() if asked else ():
        found: dict[str, list[tuple[Any, ...]]] = {}
        for record in records:
            for form in asked:
                row = form.row(record) if form.leaf == kind and len(record.values) == len(form.columns) else None
                if row is not None:
                    found.setdefault(form.table, []).append(row)
                    break
        for form in asked:
            _put(target, form, found.get(form.table, ()), tell, None)


def _put(
    target: sqlite3.Connection, form: _Form, rows: Iterable[tuple[Any, ...] | None], tell: Tell, total: int | None
) -> None:
    names = ", ".join(f'"{column.name}"' for column in form.columns)
    marks = ", ".join("?" for _ in form.columns)
    # What a new store has in it from the beginning gives way.
    verb = "REPLACE" if form.table == "store_facts" else "IGNORE"
    insert = f'INSERT OR {verb} INTO "{form.table}" ({names}) VALUES ({marks})'  # noqa: S608  # a table of ours
    done = 0
    for some in _together(row for row in rows if row is not None):
        target.executemany(insert, some)
        done += len(some)
        tell(f"saving {form.table}", done, total)


def _together(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    some: list[tuple[Any, ...]] = []
    for row in rows:
        some.append(row)
        if len(some) == _TOGETHER:
            yield some
            some = []
    if some:
        yield some


def _schema(pages: Pages) -> list[tuple[str, str, str, int, str]]:
    """(kind, name, table, root page, SQL) of what the file says is in it; indexes first, then tables."""
    tree = Tree()
    records = [record.values for record in pages.walk(1, tree)]
    if tree.damaged:
        # Its other pages are known by their form, like any.
        records += [record.values for kind, some in pages.strays() if kind == TABLE_LEAF for record in some]
    found = [
        (str(kind), str(name), str(of), root, str(sql))
        for kind, name, of, root, sql in (values for values in records if len(values) == 5)  # noqa: PLR2004  # its columns
        if isinstance(root, int) and kind in {"table", "index"} and str(sql).startswith(("CREATE", "None"))
    ]
    return sorted(found)


def _forms(target: sqlite3.Connection) -> list[_Form]:
    tables = target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [
        _form(target, name, sql)
        for name, sql in tables
        if name not in _MADE_ANEW and not name.startswith(("sqlite_", "message_search"))
    ]


def _form(target: sqlite3.Connection, table: str, sql: str) -> _Form:
    told = target.execute(f'PRAGMA table_info("{table}")').fetchall()
    is_index = "WITHOUT ROWID" in sql.upper()
    if is_index:
        # Such a row begins with its key.
        told = sorted(told, key=lambda one: (one[5] == 0, one[5] or one[0]))
    keys = sum(one[5] > 0 for one in told)
    columns = [
        _Column(
            name=name,
            kinds=_kinds(type_),
            may_be_null=not needed and default is None and not key,
            is_rowid=bool(key) and keys == 1 and type_.upper() == "INTEGER" and not is_index,
        )
        for _, name, type_, needed, default, key in told
    ]
    return _Form(table, tuple(columns), is_index)


def _kinds(type_: str) -> tuple[type, ...]:
    upper = type_.upper()
    if "INT" in upper or "BOOL" in upper:
        return (int,)
    if "CHAR" in upper or "TEXT" in upper:
        return (str,)
    return (int, float) if "FLOAT" in upper else (bytes,)


def _is_body(value: bytes) -> bool:
    try:
        bodies.read(value)
    except (ValueError, zlib.error, TypeError):
        return False
    return True


def _is_text(row: dict[str, Any]) -> bool:
    try:
        return bool(content_id(bodies.text_of(row["body"]).encode("utf-8", "surrogatepass")) == row["id"])
    except (ValueError, zlib.error):
        return False


_HOLDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "texts": _is_text,
    "blobs": lambda row: bool(hashlib.sha256(row["data"]).digest() == row["id"]),
    "histories": lambda row: bool(content_id(row["parent_id"] or b"", row["message_id"]) == row["id"]),
}
"""Table -> whether a row's content is what its id says."""
_CALL_ID = 26
_STATUSES = {"pending", "ok", "error", "interrupted", "partial"}


def _is_call(record: Record) -> bool:
    values = record.values
    return len(values) > 30 and isinstance(values[0], str) and len(values[0]) == _CALL_ID and values[2] in _STATUSES  # noqa: PLR2004
