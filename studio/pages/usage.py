"""Calls, tokens, cost and latency by model, provider, LMP or day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from urllib.parse import quote

from ell2a.log.views import UsageRow
from ell2a.studio import formats
from ell2a.studio.charts import Rect, columns, round_up

GROUPINGS = {"model": "Model", "provider": "Provider", "lmp": "LMP", "day": "Day"}
RANGES = {"24h": ("24 h", timedelta(hours=24)), "7d": ("7 d", timedelta(days=7)), "30d": ("30 d", timedelta(days=30)),
          "all": ("All", None)}  # fmt: skip
WIDTH, HEIGHT = 900, 176
MIN_DAYS, MAX_DAYS = 14, 92


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to see the page."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Total:
    """One cell of the strip."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns by day."""

    heading: str
    label: str
    """For those who cannot see it."""
    legend: Sequence[tuple[str, str]]
    """(series, words)."""
    rects: Sequence[Rect]
    ticks: Sequence[str]
    """From the top down."""
    axis: Sequence[str]


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One line of the table."""

    key: str
    url: str
    calls: str
    input: str
    cached: str
    output: str
    cost: str
    unknown: int
    share: float | None
    """Of the cost, in percent; None where none is known."""
    errors: str
    failing: bool
    latency: str


@dataclass(frozen=True, slots=True)
class UsagePage:
    """Where the tokens and the money went."""

    template: ClassVar[str] = "usage.html"
    section: ClassVar[str | None] = "usage"

    by: str
    groupings: Sequence[Choice]
    ranges: Sequence[Choice]
    totals: Sequence[Total]
    charts: Sequence[Chart]
    lines: Sequence[UsageLine]
    total: UsageLine
    sub: str
    json_url: str

    @property
    def title(self) -> str:
        return "Usage"


def since_of(name: str, now: datetime) -> datetime | None:
    """When a range begins; None: with the first call."""
    span = RANGES[name][1]
    return now - span if span else None


def usage_page(rows: Sequence[UsageRow], days: Sequence[UsageRow], *, by: str, span: str, now: datetime) -> UsagePage:
    """The page. `rows` are grouped `by`, `days` are the same calls by day."""
    total = _sum(rows)
    ordered = rows if by == "day" else sorted(rows, key=lambda r: (r.cost or 0, r.calls), reverse=True)
    since = since_of(span, now)
    first = f"{formats.day(since)} to {formats.day(now)}" if since else "Everything in the log"
    more = f"&since={quote(formats.iso(since))}" if since else ""
    return UsagePage(
        by=by,
        groupings=[Choice(label, f"/usage?by={key}&range={span}", key == by) for key, label in GROUPINGS.items()],
        ranges=[Choice(label, f"/usage?by={by}&range={key}", key == span) for key, (label, _) in RANGES.items()],
        totals=_totals(total),
        charts=_charts(days) if total.calls else [],
        lines=[_line(r, by, total, more) for r in ordered],
        total=_line(total, by, total, more),
        sub=f"{first}. Each count of calls leads to them.",
        json_url=f"/api/usage?by={by}{more}",
    )


def _sum(rows: Sequence[UsageRow]) -> UsageRow:
    costs = [r.cost for r in rows if r.cost is not None]
    timed = [(r.duration_ms_mean, r.calls) for r in rows if r.duration_ms_mean is not None]
    weight = sum(n for _, n in timed)
    return UsageRow(
        key="",
        calls=sum(r.calls for r in rows),
        errors=sum(r.errors for r in rows),
        input_tokens=sum(r.input_tokens for r in rows),
        output_tokens=sum(r.output_tokens for r in rows),
        cache_read_tokens=sum(r.cache_read_tokens for r in rows),
        reasoning_tokens=sum(r.reasoning_tokens for r in rows),
        cost=sum(costs, Decimal(0)) if costs else None,
        cost_unknown=sum(r.cost_unknown for r in rows),
        duration_ms_mean=sum(mean * n for mean, n in timed) / weight if weight else None,
    )


def _totals(total: UsageRow) -> list[Total]:
    errors = formats.share(total.errors, total.calls)
    cached = formats.share(total.cache_read_tokens, total.input_tokens)
    thought = formats.share(total.reasoning_tokens, total.output_tokens)
    return [
        Total("Spend", formats.money(total.cost), "of calls with a known price"),
        Total("Calls", formats.number(total.calls), f"{errors} errors" if errors else ""),
        Total("Input", formats.short_number(total.input_tokens), f"{cached} from cache" if cached else "tokens"),
        Total("Output", formats.short_number(total.output_tokens), f"{thought} thinking" if thought else "tokens"),
        Total("Latency, mean", formats.duration(total.duration_ms_mean), "of ended calls"),
        Total("Price unknown", formats.plural(total.cost_unknown, "call"), "not in the spend"),
    ]


def _charts(days: Sequence[UsageRow]) -> list[Chart]:
    shown = _every_day(days)[-MAX_DAYS:]
    dates = [datetime.fromisoformat(r.key).replace(tzinfo=UTC) for r in shown]
    axis = [formats.short_day(d) for d in dict.fromkeys(dates[i * (len(dates) - 1) // 4] for i in range(5))]
    calls = [[(float(r.calls - r.errors), "ok"), (float(r.errors), "bad")] for r in shown]
    tokens = [
        [(float(r.cache_read_tokens), "1"), (float(r.input_tokens - r.cache_read_tokens), "2"),
         (float(r.reasoning_tokens), "3"), (float(r.output_tokens - r.reasoning_tokens), "4")]
        for r in shown
    ]  # fmt: skip
    legend = [("1", "input, cached"), ("2", "input, fresh"), ("3", "thinking"), ("4", "output")]
    charts = [
        _chart("Calls by day", [("ok", "ok"), ("bad", "error")], calls, axis),
        _chart("Tokens by day", legend, tokens, axis),
    ]
    if any(r.cost for r in shown):
        spend = [[(float(r.cost or 0), "1")] for r in shown]
        charts[0] = _chart("Spend by day", [("1", "known cost")], spend, axis, show=formats.money)
    return charts


def _chart(
    heading: str,
    legend: list[tuple[str, str]],
    stacks: list[list[tuple[float, str]]],
    axis: list[str],
    *,
    show: Callable[[float], str] = formats.short_number,
) -> Chart:
    top = round_up(max(sum(size for size, _ in stack) for stack in stacks))
    ticks = [show(top * i / 4) for i in range(4, -1, -1)]
    label = f"{heading}, {axis[0]} to {axis[-1]}; the table below has the numbers"
    return Chart(heading, label, legend, columns(stacks, width=WIDTH, height=HEIGHT, top=top), ticks, axis)


def _every_day(days: Sequence[UsageRow]) -> list[UsageRow]:
    """The days with those between them on which nothing was called."""
    found = {r.key: r for r in days}
    first, last = (datetime.fromisoformat(k).date() for k in (min(found), max(found)))
    # A few days alone would be a wall, not a chart.
    first = min(first, last - timedelta(days=MIN_DAYS - 1))
    count = (last - first).days + 1
    keys = [(first + timedelta(days=i)).isoformat() for i in range(count)]
    return [found.get(k) or UsageRow(k, 0, 0, 0, 0, 0, 0, None, 0, None) for k in keys]


def _line(row: UsageRow, by: str, total: UsageRow, more: str) -> UsageLine:
    key = row.key or ("no LMP" if by == "lmp" else "unknown")
    errors = formats.share(row.errors, row.calls)
    return UsageLine(
        key=key,
        url=_calls_url(row.key, by, more),
        calls=formats.number(row.calls),
        input=formats.short_number(row.input_tokens),
        cached=formats.share(row.cache_read_tokens, row.input_tokens) or "",
        output=formats.short_number(row.output_tokens),
        cost=formats.money(row.cost),
        unknown=row.cost_unknown,
        share=round(100 * float(row.cost) / float(total.cost), 1) if row.cost is not None and total.cost else None,
        errors=errors or "",
        failing=row.errors > 0,
        latency=formats.duration(row.duration_ms_mean) if row.duration_ms_mean is not None else "",
    )


def _calls_url(key: str, by: str, more: str) -> str:
    if by == "day" and key:
        start = datetime.fromisoformat(key).replace(tzinfo=UTC)
        return f"/calls?since={quote(formats.iso(start))}&until={quote(formats.iso(start + timedelta(days=1)))}"
    asked = f"q={quote(f'{by}:{quoted(key)}')}" if key else ""
    return f"/calls?{asked}{more}".replace("?&", "?")


def quoted(word: str) -> str:
    """A value as the filter grammar takes it: in quotes where it has a space."""
    return f'"{word}"' if " " in word else word
