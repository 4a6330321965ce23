"""Lists of calls: filtered, paged, counted and summed."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from log.samples import logged, opening

from ell2a.calls import AgentSpec, Chunk, ErrorRecord, ResponseFormat, Usage
from ell2a.errors import InvalidFilter
from ell2a.log import CallFilter, CallLog, LmpSource
from ell2a.messages import AgentCallBlock, ImageBlock, ThinkingBlock, user

AGENT = AgentSpec(name="weather", input_schema={"type": "object"})
START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def _varied(log: CallLog) -> dict[str, str]:
    """One call of each kind, by name."""
    image = ImageBlock(url="https://e.org/a.png")
    lmp = LmpSource(name="shop.greet", module="shop", source="s", hash="ab" * 32)
    made: dict[str, str] = {}

    def add(name: str, messages: Any = "hello", answer: Any = "hi", **more: Any) -> None:
        started = START + timedelta(hours=len(made))
        made[name] = logged(log, messages, answer, started_at=started, **more)

    add("plain", duration_ms=100)
    add("claude", model="claude-x_1", provider="anthropic", wire="anthropic-messages", duration_ms=2500)
    add("error", error=ErrorRecord("RateLimited", "slow", status=429))
    add("agents", agents=[AGENT], answer=[AgentCallBlock(id="1", name="weather", arguments={})])
    add("images", [user(["look", image])], usage=Usage(input_tokens=1500, output_tokens=10), cost="0.0100000001")
    add("thinking", answer=[ThinkingBlock(text="hm")], usage=Usage(input_tokens=5, output_tokens=5), cost="0.01")
    add("structured", response_format=ResponseFormat(kind="json_schema", name="S", json_schema={}), cost="2")
    add("lmp", lmp=lmp)
    add("replay", replay_of=made["plain"])
    add("stream", stream=True, status="partial", chunks=[Chunk(1.0, 1)])
    pending = opening("still open", started_at=START + timedelta(hours=len(made)))
    log.observer().open(pending)
    made["pending"] = pending.call_id
    return made


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("provider:anthropic", "claude"),
        ("provider:Anthropic", "claude"),
        ("model:claude-*", "claude"),
        ("model:CLAUDE-X?1", ""),
        ("model:*x_1", "claude"),
        ("model:*xa1", ""),
        ("-model:gpt-*", "claude"),
        ("wire:anthropic-messages", "claude"),
        ("status:error", "error"),
        ("status:pending", "pending"),
        ("status:partial,error", "error stream"),
        ("error:RateLimited", "error"),
        ("has:error", "error"),
        ("has:agents", "agents"),
        ("has:images", "images"),
        ("has:thinking", "thinking"),
        ("has:structured", "structured"),
        ("has:replays", "plain"),
        ("is:replay", "replay"),
        ("is:stream", "stream"),
        ("has:images,thinking", "images thinking"),
        ("lmp:greet", "lmp"),
        ("lmp:shop.greet", "lmp"),
        ("lmp:gree", ""),
        ("lmp:shop.*", "lmp"),
        ("cost:>0.01", "images structured"),
        ("cost:0.01", "thinking"),
        ("cost:0.01..1", "images thinking"),
        ("latency:>2s", "claude"),
        ("latency:50ms..100ms", "plain"),
        ("tokens:>1k", "images"),
        ("tokens:10", "thinking"),
        ("since:2026-11-01T22:00", "pending"),
        ("until:2026-11-01T13:00", "plain"),
        ("provider:anthropic status:error", ""),
        ("has:agnets provider:anthropic", "claude"),
        ("-has:cost -provider:openai", "claude"),
    ],
)
def test_a_filter_finds_the_calls_it_names(log: CallLog, q: str, names: str) -> None:
    """Each term holds of the calls that it is about, and of no other."""
    made = _varied(log)
    by_id = {id: name for name, id in made.items()}
    assert sorted(by_id[c.id] for c in log.calls(CallFilter(q=q)).items) == sorted(names.split())
    assert log.count(CallFilter(q=q)).number == len(names.split())


def test_what_is_unknown_of_a_call_is_not_what_was_asked(log: CallLog) -> None:
    """The opposite of a term that cannot be judged holds: a call without a cost is none that costs over a cent."""
    made = _varied(log)
    assert made["plain"] in {c.id for c in log.calls(CallFilter(q="-cost:>0.01")).items}
    assert len(log.calls(CallFilter(q="-cost:>0.01")).items) + 2 == len(made)


def test_fields_of_a_filter_hold_together_with_its_text(log: CallLog) -> None:
    """Provider, model, status and times are fields of their own, beside `q`."""
    made = _varied(log)

    def found(**asked: Any) -> set[str]:
        return {c.id for c in log.calls(CallFilter(**asked)).items}

    assert found(provider="anthropic", model="claude-x_1") == {made["claude"]}
    assert found(status="error") == {made["error"]}
    assert found(since=START + timedelta(hours=1), until=START + timedelta(hours=3)) == {made["claude"], made["error"]}
    assert found(status="ok", q="has:images") == {made["images"]}
    assert found(status="error", q="has:images") == set()


def test_pages_are_stable_while_calls_come_in(log: CallLog) -> None:
    """Walking by cursor meets each call once, newest first, however many are added meanwhile, some with one time."""
    same = datetime.now(UTC) - timedelta(minutes=1)
    ids = [logged(log, f"{n}", started_at=same + timedelta(microseconds=n // 4)) for n in range(40)]
    seen: list[str] = []
    cursor = None
    while True:
        page = log.calls(cursor=cursor, limit=7)
        seen += [c.id for c in page.items]
        logged(log, "newer")
        cursor = page.next
        if cursor is None:
            break
    assert seen == ids[::-1]


def test_what_is_newer_than_a_call_is_told(log: CallLog) -> None:
    """A live page asks how many came since, and for those."""
    logged(log, "a")
    mark = log.cursor_of(log.calls(limit=1).items[0])
    assert log.count(newer_than=mark).number == 0
    newer = [logged(log, "b"), logged(log, "c")]
    assert log.count(newer_than=mark).number == 2
    assert [c.id for c in log.calls(newer_than=mark).items] == newer[::-1]
    assert log.latest() == newer[-1]


def test_an_empty_store_is_empty(log: CallLog) -> None:
    """Nothing is an answer too."""
    assert log.calls().items == []
    assert log.calls().next is None
    assert log.latest() is None
    assert log.usage("model") == []
    assert log.facets() == {"status": [], "provider": [], "model": [], "lmp": []}
    assert log.info().calls.number == 0
    assert (log.info().size_bytes or 0) > 0


def test_counts_stop_at_their_cap(log: CallLog) -> None:
    """A count that stopped says so."""
    for n in range(5):
        logged(log, f"{n}")
    assert (log.count(cap=3).number, log.count(cap=3).capped) == (3, True)
    assert (log.count(cap=5).number, log.count(cap=5).capped) == (5, False)


def test_facets_count_the_values_of_what_is_filtered(log: CallLog) -> None:
    """Each facet tells its most frequent values first."""
    _varied(log)
    found = log.facets(CallFilter(provider="openai"), limit=2)
    assert [(v.value, v.count) for v in found["model"]] == [("gpt-5", 10)]
    assert found["status"][0].value == "ok"
    assert len(found["status"]) == 2
    assert [(v.value, v.count) for v in found["lmp"]] == [("shop.greet", 1)]
    with pytest.raises(InvalidFilter, match="no facet is called 'colour'"):
        log.facets(names=["colour"])


def test_the_histogram_holds_every_call_once(log: CallLog) -> None:
    """Bars are of equal width; a call on a border belongs to the later one, and the end is left out."""
    for minutes in (0, 1, 9, 10, 59, 60):
        logged(log, "x", started_at=START + timedelta(minutes=minutes))
    logged(log, "x", started_at=START + timedelta(minutes=9), error=ErrorRecord("ServerError", "x"))
    bars = log.histogram(since=START, until=START + timedelta(hours=1), buckets=6)
    assert [(b.ok, b.error, b.other) for b in bars] == [
        (3, 1, 0),
        (1, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (1, 0, 0),
    ]
    assert [b.start for b in bars] == [START + timedelta(minutes=10 * n) for n in range(6)]
    with pytest.raises(InvalidFilter, match="end after its beginning"):
        log.histogram(since=START, until=START)


@pytest.mark.parametrize("replays", [True, False])
def test_usage_is_the_sum_of_the_calls(log: CallLog, replays: bool) -> None:
    """Sums by model, provider, LMP and day equal those made one by one, to the last digit of a cost."""
    generator = random.Random(7)
    calls: list[dict[str, Any]] = []
    for n in range(60):
        usage = Usage(
            input_tokens=generator.choice([None, generator.randrange(10_000)]),
            output_tokens=generator.randrange(5_000),
            cache_read_tokens=generator.choice([None, 7]),
            reasoning_tokens=generator.choice([None, 3]),
        )
        call: dict[str, Any] = {
            "model": generator.choice(["a", "b", "c"]),
            "provider": generator.choice(["openai", "groq"]),
            "lmp": generator.choice([None, "m.f", "m.g"]),
            "day": generator.randrange(3),
            "cost": generator.choice([None, f"0.{generator.randrange(10**11):012d}"]),
            "duration_ms": float(generator.randrange(1000)),
            "usage": usage,
            "error": ErrorRecord("ServerError", "x") if n % 7 == 0 else None,
            "replay_of": "01ORIGINAL" if n % 5 == 0 else None,
        }
        calls.append(call)
        logged(
            log,
            f"{n}",
            started_at=START + timedelta(days=call["day"], minutes=n),
            lmp=LmpSource(name=call["lmp"], module="m", source="", hash="ab" * 32) if call["lmp"] else None,
            **{k: call[k] for k in ("model", "provider", "cost", "duration_ms", "usage", "error", "replay_of")},
        )
    days = {n: (START + timedelta(days=n)).date().isoformat() for n in range(3)}
    keys: dict[str, Callable[[dict[str, Any]], Any]] = {
        "model": lambda c: c["model"],
        "provider": lambda c: c["provider"],
        "lmp": lambda c: c["lmp"],
        "day": lambda c: days[c["day"]],
    }
    for by, key in keys.items():
        found = {row.key: row for row in log.usage(by, replays=replays)}  # type: ignore[arg-type]
        counted = [c for c in calls if key(c) is not None and (replays or c["replay_of"] is None)]
        assert set(found) == {key(c) for c in counted}
        for name, row in found.items():
            group = [c for c in counted if key(c) == name]
            costs = [Decimal(c["cost"]) for c in group if c["cost"] is not None]
            assert row.calls == len(group)
            assert row.errors == sum(c["error"] is not None for c in group)
            assert row.input_tokens == sum(c["usage"].input_tokens or 0 for c in group)
            assert row.output_tokens == sum(c["usage"].output_tokens for c in group)
            assert row.cache_read_tokens == sum(c["usage"].cache_read_tokens or 0 for c in group)
            assert row.reasoning_tokens == sum(c["usage"].reasoning_tokens or 0 for c in group)
            assert row.cost == (sum(costs) if costs else None)
            assert row.cost_unknown == len(group) - len(costs)
            assert row.duration_ms_mean == pytest.approx(statistics.mean(c["duration_ms"] for c in group))
    assert [row.key for row in log.usage("day")] == sorted(days.values())
    one_day = log.usage("day", since=START + timedelta(hours=12), until=START + timedelta(days=1, hours=12))
    assert [row.key for row in one_day] == [days[1]]


def test_a_cost_that_is_unknown_is_never_nought(log: CallLog) -> None:
    """Calls without a price are counted as such."""
    logged(log, "x")
    (row,) = log.usage("model")
    assert (row.cost, row.cost_unknown) == (None, 1)
    with pytest.raises(InvalidFilter, match="not by 'hour'"):
        log.usage("hour")  # type: ignore[arg-type]
