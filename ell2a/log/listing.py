"""Lists of calls: pages by keyset, counts, facets and histograms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Connection, Row, and_, case, func, select, tuple_

from ell2a.calls import CallStatus
from ell2a.errors import InvalidFilter
from ell2a.log.conditions import conditions
from ell2a.log.pending import dead_writers
from ell2a.log.rows import microseconds
from ell2a.log.store import Store
from ell2a.log.tables import calls, lmp_versions
from ell2a.log.views import Bucket, CallFilter, CallPage, CallSummary, Count, FacetValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 500
"""Calls a page."""
_MOST_BARS = 1000
_CURSOR = re.compile(r"(-?\d{1,18})-([0-9A-Za-z]{1,26})")
_SHOWN = [c for c in calls.c if c.name not in {"system_id", "history_id", "agents_id", "response_format_id", "place"}]


def page(store: Store, asked: CallFilter, *, cursor: str | None, newer_than: str | None, limit: int) -> CallPage:
    """A page of calls, newest first. Raises InvalidFilter for a cursor that is none."""
    if not 1 <= limit <= _MOST:
        raise InvalidFilter(f"a page has 1 to {_MOST} calls; {limit} were asked for.")
    with store.reading() as connection:
        dead = dead_writers(store, connection)
        asking = select(*_SHOWN).where(*conditions(asked, store, dead), *_between(cursor, newer_than))
        newest = (calls.c.started_at.desc(), calls.c.id.desc())
        rows = connection.execute(asking.order_by(*newest).limit(limit + 1)).all()
        items = summaries(connection, rows[:limit], dead)
    more = len(rows) > limit
    return CallPage(items=items, next=cursor_of(items[-1]) if more else None)


def cursor_of(call: CallSummary) -> str:
    """The place of a call in the order of all calls."""
    return f"{microseconds(call.started_at)}-{call.id}"


def count(store: Store, asked: CallFilter, *, cap: int, newer_than: str | None) -> Count:
    """How many calls there are, counted up to a cap."""
    with store.reading() as connection:
        dead = dead_writers(store, connection)
        some = select(calls.c.id).where(*conditions(asked, store, dead), *_between(None, newer_than)).limit(cap + 1)
        number = connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return Count(min(number, cap), capped=number > cap)


def summaries(connection: Connection, rows: Sequence[Row[Any]], dead: Collection[str]) -> list[CallSummary]:
    """The rows of a list of calls, with what other tables know of them."""
    versions = _version_numbers(connection, {row.lmp for row in rows if row.lmp})
    replays = _replays(connection, [row.id for row in rows])
    return [_summary(row, versions, replays, dead) for row in rows]


def shown_columns() -> list[Any]:
    """The columns that a summary is made of."""
    return list(_SHOWN)


def facets(
    store: Store, asked: CallFilter, names: Iterable[str], *, limit: int, cap: int
) -> dict[str, list[FacetValue]]:
    """For each facet its most frequent values, among the newest `cap` calls that the filter finds."""
    columns = {"status": calls.c.status, "provider": calls.c.provider, "model": calls.c.model, "lmp": calls.c.lmp}
    asked_for = list(names)
    unknown = [name for name in asked_for if name not in columns]
    if unknown:
        raise InvalidFilter(f"no facet is called {unknown[0]!r}. Known: {', '.join(columns)}.")
    with store.reading() as connection:
        dead = dead_writers(store, connection)
        newest = (calls.c.started_at.desc(), calls.c.id.desc())
        some = (
            select(*(columns[name] for name in asked_for), calls.c.writer_id)
            .where(*conditions(asked, store, dead))
            .order_by(*newest)
            .limit(cap)
            .subquery()
        )
        return {name: _facet(connection, some, name, dead, limit) for name in asked_for}


def _facet(connection: Connection, some: Any, name: str, dead: Collection[str], limit: int) -> list[FacetValue]:
    counted: Counter[str] = Counter()
    column = some.c[name]
    if name == "status" and dead:
        interrupted = and_(column == "pending", some.c.writer_id.in_(dead))
        column = case((interrupted, "interrupted"), else_=column)
    for value, number in connection.execute(select(column, func.count()).where(column.is_not(None)).group_by(column)):
        counted[value] += number
    return [FacetValue(value, number) for value, number in counted.most_common(limit)]


def histogram(store: Store, asked: CallFilter, *, since: datetime, until: datetime, buckets: int) -> list[Bucket]:
    """How many calls began in each of some equal spans of time. Raises InvalidFilter for a span that is none."""
    start, end = microseconds(since), microseconds(until)
    if end <= start or not 1 <= buckets <= _MOST_BARS:
        raise InvalidFilter(
            f"a histogram needs an end after its beginning and 1 to {_MOST_BARS} bars; got {since} to {until}, {buckets}."
        )
    width = -(-(end - start) // buckets)
    with store.reading() as connection:
        dead = dead_writers(store, connection)
        bucket = (calls.c.started_at - start) // width
        in_span = (calls.c.started_at >= start, calls.c.started_at < end)
        asking = select(bucket, calls.c.status, func.count()).where(*conditions(asked, store, dead), *in_span)
        counted = connection.execute(asking.group_by(bucket, calls.c.status)).all()
    bars: list[Counter[str]] = [Counter() for _ in range(buckets)]
    for number, status, found in counted:
        bars[number][status if status in {"ok", "error"} else "other"] += found
    return [
        Bucket(start=time_of(start + n * width), ok=bar["ok"], error=bar["error"], other=bar["other"])
        for n, bar in enumerate(bars)
    ]


def time_of(microseconds: int) -> datetime:
    """The moment that a column of microseconds means."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _between(cursor: str | None, newer_than: str | None) -> list[Any]:
    place = tuple_(calls.c.started_at, calls.c.id)
    found: list[Any] = []
    if cursor is not None:
        found.append(place < tuple_(*_read_cursor(cursor)))
    if newer_than is not None:
        found.append(place > tuple_(*_read_cursor(newer_than)))
    return found


def _read_cursor(cursor: str) -> tuple[int, str]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise InvalidFilter(
            f"{cursor!r} is no cursor: take `next` of the page before, or leave it out for the first page."
        )
    return int(found[1]), found[2]


def _version_numbers(connection: Connection, names: set[str]) -> dict[bytes, int]:
    if not names:
        return {}
    v = lmp_versions.c
    rows = connection.execute(select(v.id, v.name).where(v.name.in_(names)).order_by(v.first_called_at, v.id))
    met: Counter[str] = Counter()
    numbers: dict[bytes, int] = {}
    for id, name in rows:
        met[name] += 1
        numbers[id] = met[name]
    return numbers


def _replays(connection: Connection, ids: list[str]) -> dict[str, int]:
    counting = select(calls.c.replay_of, func.count()).where(calls.c.replay_of.in_(ids)).group_by(calls.c.replay_of)
    return {row[0]: row[1] for row in connection.execute(counting)}


def _summary(row: Any, versions: dict[bytes, int], replays: dict[str, int], dead: Collection[str]) -> CallSummary:
    interrupted = row.status == "pending" and row.writer_id in dead
    return CallSummary(
        id=row.id,
        status=cast(CallStatus, "interrupted" if interrupted else row.status),
        provider=row.provider,
        wire=row.wire,
        endpoint=row.endpoint,
        model=row.model,
        response_model=row.response_model,
        lmp=row.lmp,
        lmp_version=versions.get(row.lmp_version_id),
        started_at=time_of(row.started_at),
        duration_ms=row.duration_ms,
        first_token_ms=row.first_token_ms,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cache_read_tokens=row.cache_read_tokens,
        reasoning_tokens=row.reasoning_tokens,
        cost=None if row.cost_amount is None else Decimal(row.cost_amount),
        currency=row.currency,
        question=row.question,
        answer=row.answer,
        finish_reason=row.finish_reason,
        error_class=row.error_class,
        error_status=row.error_status,
        stream=row.stream,
        agents_declared=row.agents_declared,
        agents_called=row.agents_called,
        has_images=row.has_images,
        has_thinking=row.has_thinking,
        structured=row.structured,
        replay_of=row.replay_of,
        replays=replays.get(row.id, 0),
    )
