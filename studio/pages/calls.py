"""The list of calls: the filter as it is read, facets, a histogram, and one page of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from ell2a.log import filters
from ell2a.log.views import Bucket, CallPage, CallSummary, Count, FacetValue
from ell2a.studio import formats
from ell2a.studio.charts import Rect, columns
from ell2a.studio.filter_text import ListState, asks_for, toggled, without_key
from ell2a.studio.pages.call_head import call_url, tokens

RANGES: Mapping[str, tuple[str, timedelta]] = {
    "1h": ("1 h", timedelta(hours=1)),
    "24h": ("24 h", timedelta(hours=24)),
    "7d": ("7 d", timedelta(days=7)),
    "30d": ("30 d", timedelta(days=30)),
}
FACETS = {"status": "Status", "provider": "Provider", "model": "Model", "lmp": "LMP"}
WIDTH, HEIGHT = 1200, 56
BUCKETS = 96


@dataclass(frozen=True, slots=True)
class Chip:
    """One term of the filter as it is read, and the address without it."""

    reading: str
    url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How the filter text is read."""

    chips: Sequence[Chip]
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class FacetLine:
    """One value of a facet."""

    value: str
    url: str
    count: str
    share: int
    """Of the most frequent one, in percent."""
    current: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: its values with counts."""

    label: str
    lines: Sequence[FacetLine]
    clear_url: str | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of the histogram: its rectangles, and the address that shows it alone."""

    rects: Sequence[Rect]
    url: str
    label: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Calls over time."""

    heading: str
    label: str
    """For those who cannot see it."""
    bars: Sequence[Bar]
    ok: str
    errors: str
    failing: bool
    other: int
    axis: Sequence[datetime]
    days: bool
    """The axis tells days, not times of day."""


@dataclass(frozen=True, slots=True)
class Line:
    """One call of the list."""

    id: str
    url: str
    status: str
    started_at: datetime
    today: bool
    lmp: str | None
    version: str
    model: str
    provider: str
    question: str
    answer: str
    finish: str
    tokens: str
    cached: str
    cost: str
    latency: str
    bar: int
    """Of the slowest call on the page, in percent."""
    first: int
    """The time to the first token, likewise."""
    agents: int
    replays: int
    is_replay: bool
    has_images: bool


@dataclass(frozen=True, slots=True)
class RangeLink:
    """One span of time to choose."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class CallsPage:
    """The list of calls, or of replays."""

    template: ClassVar[str] = "calls.html"

    heading: str
    section: str
    sub: str
    state: ListState
    reading: Reading
    read_url: str
    ranges: Sequence[RangeLink]
    facets: Sequence[Facet]
    histogram: Histogram | None
    lines: Sequence[Line]
    first_page: bool
    newest_url: str
    older_url: str | None
    shown: str
    fresh_url: str | None
    """Where to ask how many calls have come since; None on pages that do not watch."""
    clear_url: str

    @property
    def title(self) -> str:
        return self.heading


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """A store without a call: what to do."""

    template: ClassVar[str] = "calls_empty.html"
    section: ClassVar[str | None] = "calls"

    store: str
    keys: Sequence[str]
    """Variables of keys that are set."""
    model: str
    """A model to try, of a provider whose key is set."""

    @property
    def title(self) -> str:
        return "No calls yet"


@dataclass(frozen=True, slots=True)
class Listed:
    """What was read from the log for the list."""

    page: CallPage
    count: Count
    facets: Mapping[str, Sequence[FacetValue]]
    buckets: Sequence[Bucket]
    newest: str | None
    """The cursor of the newest call shown."""


def span_of(state: ListState, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The span of time that a state asks for. Raises ValueError for a time that is none."""
    if state.since or state.until:
        return (moment(state.since) if state.since else None, moment(state.until) if state.until else None)
    if state.range and state.range in RANGES:
        return now - RANGES[state.range][1], None
    return None, None


def moment(text: str) -> datetime:
    """A time in ISO 8601; without a zone it is UTC. Raises ValueError."""
    return formats.utc(datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+")))


def reading(state: ListState) -> Reading:
    """How the filter text of a state is read."""
    parsed = filters.parse(state.q)
    chips = [Chip(t.reading, state.with_q(t.without(state.q)).url()) for t in parsed.terms]
    if state.since or state.until:
        begin, end = span_of(state, datetime.now(UTC))
        words = [f"since {begin:%-d %b %H:%M}" if begin else "", f"until {end:%-d %b %H:%M}" if end else ""]
        chips.append(Chip(f"{' '.join(w for w in words if w)} UTC", ListState(state.path, state.q).url()))
    return Reading(chips, [str(p) for p in parsed.problems])


def calls_page(state: ListState, listed: Listed, *, heading: str, section: str, cursor: str | None) -> CallsPage:
    """The list that a state asks for."""
    items = listed.page.items
    now = datetime.now(UTC)
    slowest = max((c.duration_ms or 0 for c in items), default=0)
    watching = listed.newest is not None and cursor is None and not state.until
    return CallsPage(
        heading=heading,
        section=section,
        sub=_sub(state, listed.count),
        state=state,
        reading=reading(state),
        read_url=f"{state.path}/read",
        ranges=_ranges(state),
        facets=_facets(state, listed.facets),
        histogram=_histogram(state, listed.buckets) if listed.buckets else None,
        lines=[_line(c, slowest, now) for c in items],
        first_page=cursor is None,
        newest_url=state.url(),
        older_url=state.url(cursor=listed.page.next) if listed.page.next else None,
        shown=f"{len(items)} shown",
        fresh_url=ListState(f"{state.path}/fresh", state.q).url(after=listed.newest or "") if watching else None,
        clear_url=state.path,
    )


def _sub(state: ListState, count: Count) -> str:
    more = "+" if count.capped else ""
    noun = "call" if count.number == 1 else "calls"
    span = f", from the last {RANGES[state.range][0]}" if state.range and state.range in RANGES else ""
    return f"{formats.number(count.number)}{more} {noun}{' match' if state.q else ''}{span}"


def _ranges(state: ListState) -> list[RangeLink]:
    bare = ListState(state.path, state.q)
    chosen = state.range if state.range in RANGES else None
    links = [
        RangeLink(label, ListState(state.path, state.q, key).url(), key == chosen) for key, (label, _) in RANGES.items()
    ]
    return [*links, RangeLink("All", bare.url(), chosen is None and not (state.since or state.until))]


def _facets(state: ListState, found: Mapping[str, Sequence[FacetValue]]) -> list[Facet]:
    facets = []
    for key, label in FACETS.items():
        asked = asks_for(state.q, key)
        values = list(found.get(key, ()))
        values += [FacetValue(v, 0) for v in asked if v not in {f.value for f in values} and "*" not in v]
        most = max((f.count for f in values), default=0) or 1
        lines = [
            FacetLine(
                value=f.value,
                url=state.with_q(toggled(state.q, key, f.value)).url(),
                count=formats.number(f.count),
                share=round(100 * f.count / most),
                current=f.value in asked,
            )
            for f in values
        ]
        if lines:
            facets.append(Facet(label, lines, state.with_q(without_key(state.q, key)).url() if asked else None))
    return facets


def _histogram(state: ListState, buckets: Sequence[Bucket]) -> Histogram:
    width = buckets[1].start - buckets[0].start if len(buckets) > 1 else timedelta(hours=1)
    rects = columns(
        [[(b.ok + b.other, "ok"), (b.error, "bad")] for b in buckets], width=float(WIDTH), height=float(HEIGHT)
    )
    step = WIDTH / len(buckets)
    bars = []
    for index, bucket in enumerate(buckets):
        own = [r for r in rects if index * step - 0.5 <= r.x < (index + 1) * step - 0.5]
        if own:
            span = ListState(state.path, state.q, None, formats.iso(bucket.start), formats.iso(bucket.start + width))
            label = f"{formats.clock(bucket.start)} UTC: {bucket.ok} ok, {bucket.error} failed, {bucket.other} other"
            bars.append(Bar(own, span.url(), label, round(index * step, 2), round(step, 2)))
    ok, errors, other = (sum(getattr(b, k) for b in buckets) for k in ("ok", "error", "other"))
    end = buckets[-1].start + width
    whole = end - buckets[0].start
    words = _span_words(whole)
    return Histogram(
        heading=f"Calls each {_span_words(width)}, over {words}",
        label=f"Calls over {words}: {ok} ok, {errors} failed, {other} other",
        bars=bars,
        ok=formats.number(ok),
        errors=formats.number(errors),
        failing=errors > 0,
        other=other,
        axis=[buckets[0].start + whole * i / 4 for i in range(5)],
        days=whole > timedelta(days=2),
    )


def _span_words(span: timedelta) -> str:
    seconds = span.total_seconds()
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds / size
            return f"{count:.3g} {name}{'' if count == 1 else 's'}"
    return f"{seconds * 1000:.0f} ms"


_WAITING = {
    "pending": "waiting for the answer",
    "interrupted": "its process ended before the answer came",
}


def _line(call: CallSummary, slowest: float, now: datetime) -> Line:
    cached = formats.share(call.cache_read_tokens, call.input_tokens) if call.cache_read_tokens else None
    share = 100 / slowest if slowest else 0
    return Line(
        id=call.id,
        url=call_url(call.id),
        status=call.status,
        started_at=call.started_at,
        today=formats.utc(call.started_at).date() == now.date(),
        lmp=call.lmp,
        version=f"v{call.lmp_version}" if call.lmp_version else "",
        model=call.model,
        provider=call.provider,
        question=formats.one_line(call.question) or "no words",
        answer=formats.one_line(call.answer) or _WAITING.get(call.status, ""),
        finish=call.error_class or call.finish_reason or "",
        tokens=tokens(call),
        cached=f"{cached} cached" if cached else "",
        cost=formats.money(call.cost, call.currency) if call.status != "pending" else "",
        latency=formats.duration(call.duration_ms) if call.duration_ms is not None else "open",
        bar=round(share * (call.duration_ms or 0)),
        first=round(share * (call.first_token_ms or 0)),
        agents=call.agents_called,
        replays=call.replays,
        is_replay=call.replay_of is not None,
        has_images=call.has_images,
    )
