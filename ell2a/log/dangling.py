"""What rows name and what is not there: parts of calls that are lost."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select

from ell2a.log import bodies, tables
from ell2a.log.progress import Tell

_CHUNK = 1000


def _column(name: str) -> Any:
    table, _, column = name.partition(".")
    return tables.metadata.tables[table].c[column]


_NAMES = (
    ("calls.system_id", "histories.id", "histories"),
    ("calls.history_id", "histories.id", "histories"),
    ("histories.parent_id", "histories.id", "histories"),
    ("histories.message_id", "messages.id", "messages"),
    ("request_items.parent_id", "request_items.id", "items of requests"),
    ("calls.agents_id", "definitions.id", "definitions"),
    ("calls.response_format_id", "definitions.id", "definitions"),
    ("calls.lmp_version_id", "lmp_versions.id", "versions of prompt functions"),
    ("calls.id", "requests.call_id", "requests"),
    ("requests.call_id", "calls.id", "calls"),
    ("answers.call_id", "calls.id", "calls"),
)
"""(what names, what it names, what is missing then)."""


def dangling(connection: Connection) -> Counter[str]:
    """How many rows name something that is not there, by what that is."""
    found: Counter[str] = Counter()
    for naming, named, what in _NAMES:
        found[what] += _count(connection, _column(naming), _column(named))
    answered = tables.calls.c.status == "ok"
    found["answers"] += _count(connection, tables.calls.c.id, tables.answers.c.call_id, answered)
    return +found


def lost_parts(connection: Connection, tell: Tell) -> Counter[str]:
    """How many long texts and blobs are missing, and bodies that cannot be read. Reads every body of the store."""
    here = {
        "text": set(connection.execute(select(tables.texts.c.id)).scalars()),
        "blob": set(connection.execute(select(tables.blobs.c.id)).scalars()),
    }
    missing: dict[str, set[bytes]] = {"text": set(), "blob": set()}
    unreadable = 0
    for name, columns in tables.BODIES.items():
        for body in _read(connection, name, columns, tell):
            try:
                holes = bodies.read(body).holes
            except (ValueError, TypeError, zlib.error):
                unreadable += 1
                continue
            for _, kind, id, *_ in holes:
                missing[kind] |= {bytes.fromhex(id)} - here[kind]
    return +Counter({"texts": len(missing["text"]), "blobs": len(missing["blob"]), "readable bodies": unreadable})


def _read(connection: Connection, name: str, columns: Sequence[str], tell: Tell) -> Iterator[bytes]:
    """All bodies of a table."""
    table = tables.metadata.tables[name]
    total = connection.execute(select(func.count()).select_from(table)).scalar_one()
    asked = select(*(table.c[column] for column in columns)).execution_options(yield_per=_CHUNK)
    for n, row in enumerate(connection.execute(asked), start=1):
        yield from (body for body in row if body is not None)
        if n % _CHUNK == 0 or n == total:
            tell(f"reading {name}", n, total)


def _count(connection: Connection, naming: Any, named: Any, more: ColumnElement[bool] | None = None) -> int:
    other = named.table.alias("named")
    lost = select(func.count()).select_from(naming.table).where(naming.is_not(None))
    lost = lost.where(~exists().where(other.c[named.name] == naming))
    return int(connection.execute(lost if more is None else lost.where(more)).scalar_one())
