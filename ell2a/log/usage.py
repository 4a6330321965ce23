"""Sums over calls: what was used, and what it cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import BigInteger, case, cast, func, select

from ell2a.errors import InvalidFilter
from ell2a.log.listing import time_of
from ell2a.log.rows import microseconds
from ell2a.log.store import Store
from ell2a.log.tables import calls
from ell2a.log.views import UsageRow

UsageGroup = Literal["model", "provider", "lmp", "day"]

CURRENCY = "USD"
"""Costs in another currency are counted as unknown: sums of two currencies mean nothing."""
_DAY = 86_400_000_000


def usage(
    store: Store, by: UsageGroup, *, since: datetime | None, until: datetime | None, replays: bool
) -> list[UsageRow]:
    """Sums by group, the dearest first; days in order. Raises InvalidFilter for a group that is none."""
    groups: dict[str, Any] = {
        "model": calls.c.model,
        "provider": calls.c.provider,
        "lmp": calls.c.lmp,
        "day": calls.c.started_at.op("/")(_DAY),
    }
    if by not in groups:
        raise InvalidFilter(f"usage is summed by {', '.join(groups)}; not by {by!r}.")
    key = groups[by].label("key")
    known = calls.c.currency == CURRENCY
    asking = select(
        key,
        func.count().label("calls"),
        _count_where(calls.c.status == "error").label("errors"),
        *(_sum(calls.c[name]).label(name) for name in _TOKENS),
        func.sum(case((known, calls.c.cost_pico))).label("cost"),
        _count_where(case((known, calls.c.cost_pico)).is_(None)).label("cost_unknown"),
        func.avg(calls.c.duration_ms).label("duration"),
    ).where(key.is_not(None))
    if since:
        asking = asking.where(calls.c.started_at >= microseconds(since))
    if until:
        asking = asking.where(calls.c.started_at < microseconds(until))
    if not replays:
        asking = asking.where(calls.c.replay_of.is_(None))
    with store.reading() as connection:
        rows = [_row(by, found) for found in connection.execute(asking.group_by(key))]
    if by == "day":
        return sorted(rows, key=lambda row: row.key)
    return sorted(rows, key=lambda row: (-(row.cost or 0), -row.calls, row.key))


_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens")


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _count_where(condition: Any) -> Any:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), BigInteger)


def _row(by: str, found: Any) -> UsageRow:
    return UsageRow(
        key=f"{time_of(int(found.key) * _DAY):%Y-%m-%d}" if by == "day" else found.key,
        calls=found.calls,
        errors=found.errors,
        **{name: getattr(found, name) for name in _TOKENS},
        cost=None if found.cost is None else (Decimal(int(found.cost)) / 10**12).normalize() + 0,
        cost_unknown=found.cost_unknown,
        duration_ms_mean=found.duration,
    )
