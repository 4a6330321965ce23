"""How numbers, times, differences, trees, charts and filter texts are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ell2a.log.views import UsageRow
from ell2a.studio import formats, json_tree
from ell2a.studio.charts import columns, round_up, segments
from ell2a.studio.conversation import ConversationReader, at, text_at
from ell2a.studio.filter_text import ListState, asks_for, toggled, with_params, without_key
from ell2a.studio.marks import marks
from ell2a.studio.pages.calls import moment
from ell2a.studio.pages.usage import usage_page
from ell2a.studio.word_diff import word_diff


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(None, "unknown"), (0, "$0"), ("0.00914", "$0.00914"), ("0.0172", "$0.0172"), ("101.317", "$101.32"), ("0.0000021", "$0.0000021"),
     ("0.00005", "$0.00005"), ("1234.5", "$1,234.50"), ("0.00000001", "$0.00000001"), ("-0.5", "$-0.5000")],
)  # fmt: skip
def test_money(amount: Any, shown: str) -> None:
    """Small sums keep their digits, and unknown is not 0."""
    assert formats.money(None if amount is None else Decimal(str(amount))) == shown


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(None, "unknown"), (0, "0 ms"), (0.25, "0.25 ms"), (812.4, "812 ms"), (3410, "3.41 s"), (125_000, "2 min 5 s")],
)
def test_duration(milliseconds: float | None, shown: str) -> None:
    """Milliseconds, seconds, minutes."""
    assert formats.duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("value", "base", "shown"),
    [
        (169, 100, "+69%"),
        (81, 100, "\u221219%"),
        (100, 100, None),
        (None, 1, None),
        (1, None, None),
        (1, 0, None),
        (Decimal(3), 2.0, "+50%"),
    ],
)
def test_change(value: Any, base: Any, shown: str | None) -> None:
    """How a value differs from its base; nothing where that is not known."""
    assert formats.change(value, base) == shown


def test_times_are_utc() -> None:
    """A time of another zone is told in UTC, one of none is taken as UTC."""
    there = datetime(2026, 11, 22, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert formats.iso(there) == "2026-11-21T23:30:00.000Z"
    assert formats.clock(datetime(2026, 11, 22, 1, 30)) == "01:30:00"  # noqa: DTZ001  # one without a zone is the case
    assert moment("2026-11-22T14:30:00Z") == datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
    # A plus in an address reads as a space.
    assert moment("2026-11-22T14:30:00 02:00") == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def test_short_words() -> None:
    """Sizes, shares and lists in words."""
    assert [formats.size(n) for n in (None, 1, 271, 15_155, 5 << 20)] == [
        "unknown",
        "1 byte",
        "271 bytes",
        "14.8 KB",
        "5.0 MB",
    ]
    assert [formats.short_number(n) for n in (None, 4212, 16_000, 88_100_000)] == ["unknown", "4,212", "16k", "88.1 M"]
    assert [formats.share(*p) for p in ((85, 100), (1, 300), (0, 10), (1, 0), (None, 1))] == [
        "85%",
        "0.3%",
        "0%",
        None,
        None,
    ]
    assert formats.listing(["a", "b", "c"]) == "a, b and c"
    assert formats.one_line("a \n b" * 100, 9) == "a ba ba …"


def test_word_diff() -> None:
    """What was put in and left out is told by word, and the new text is there whole."""
    found = word_diff("The brown bruise at its edge.", "The dark bruise at its very edge.")
    assert [(s.kind, s.text.strip()) for s in found.stretches] == [
        ("same", "The"), ("del", "brown"), ("ins", "dark"), ("same", "bruise at its"), ("ins", "very"), ("same", "edge."),
    ]  # fmt: skip
    assert "".join(s.text for s in found.stretches if s.kind != "del") == "The dark bruise at its very edge."
    assert found.changed == 2
    assert word_diff("same words", "same  words").same
    assert not word_diff("", "new").same
    assert word_diff("", "").same


def test_a_tree_is_cut_where_it_is_long_wide_or_deep() -> None:
    """Long texts, wide lists and deep nests are cut with a word, in bounded time and size."""
    long = str(json_tree.tree({"a": "x" * 100_000}))
    assert "100,000 characters" in long
    assert len(long) < 5_000
    wide = str(json_tree.tree(list(range(100_000))))
    assert "99,800 more" in wide
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    assert "1 more, not shown" in str(json_tree.tree(deep))
    assert len(str(json_tree.tree([[["x"] * 200] * 200] * 200))) < 600_000
    assert json_tree.leaves({"a": [1, 2, {"b": None}], "c": {}}) == 3


def test_charts() -> None:
    """Columns stand on the ground, fit their height, and a single failure is seen."""
    rects = columns([[(999.0, "ok"), (1.0, "bad")], [(0.0, "ok")], [(500.0, "ok")]], width=300, height=50)
    assert [r.kind for r in rects] == ["ok", "bad", "ok"]
    assert rects[0].y + rects[0].height == pytest.approx(50)
    assert rects[1].height >= 1.5
    assert rects[2].x == 200
    assert columns([], width=1, height=1) == []
    assert [round_up(v) for v in (0, 3, 41, 0.013, 999)] == [1, 4, 50, 0.02, 1000]
    parts = segments([(3, 1), (0, 2), (1, 3)])
    assert [(p.x, p.width, p.series) for p in parts] == [(0, 75, 1), (75, 25, 3)]
    assert segments([(0, 1)]) == []


def test_the_filter_text_is_edited_by_links() -> None:
    """A facet adds its value, a second one stands beside it, a chosen one goes; the rest of the text stays."""
    q = toggled("refund -model:x", "provider", "openai")
    assert q == "refund -model:x provider:openai"
    both = toggled(q, "provider", "groq")
    assert asks_for(both, "provider") == ["openai", "groq"]
    assert toggled(toggled(both, "provider", "openai"), "provider", "groq") == "refund -model:x"
    assert without_key(both, "provider") == "refund -model:x"
    assert toggled("", "lmp", "two words") == 'lmp:"two words"'
    assert asks_for('lmp:"two words"', "lmp") == ["two words"]
    assert with_params("x", {"provider": "openai", "model": None}) == "x provider:openai"
    assert with_params("provider:openai", {"provider": "openai"}) == "provider:openai"
    assert ListState("/calls", "a b", "24h").url(cursor="1-A") == "/calls?q=a+b&range=24h&cursor=1-A"


def test_a_part_of_a_call_by_its_path() -> None:
    """A dotted path finds what stands there, and nothing where nothing does."""
    call = {"messages": [{"content": [{"type": "text", "text": "hi"}]}]}
    assert text_at(call, "messages.0.content.0") == "hi"
    assert at(call, "messages.1") is None
    assert at(call, "messages.x") is None
    assert text_at(call, "messages.0") is None


def test_a_mark_finds_its_leaf() -> None:
    """An item's place is looked up in the request: a leaf, a text that several blocks became, a value of its own, or nothing."""
    call = {"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}], "api_params": {"seed": 7}}
    request = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 5}
    items: list[dict[str, Any]] = [
        {"path": "messages.0.content.0", "action": "kept", "to": "messages.0.content.0", "reason": None},
        {"path": "api_params.seed", "action": "dropped", "to": None, "reason": "no seed"},
        {"path": "api_params.max", "action": "renamed", "to": {"max_tokens": 5}, "reason": None},
        {"path": "stream", "action": "kept", "to": "stream", "reason": None},
    ]
    text, seed, renamed, stream = marks(items, call, request)
    assert (text.label, text.hue, text.group, text.became) == ("message 1, text", "user", "Messages", "hi")
    assert (seed.label, seed.native, seed.place, seed.value) == ("seed", None, None, "7")
    assert (renamed.place, renamed.became) == ("max_tokens", "5")
    assert (stream.place, stream.native) == ("stream", None)


def test_a_result_is_told_where_the_agent_was_called() -> None:
    """Results stand beside their calls; one without its call, and a call without its result, are shown too."""
    calls = [
        {"type": "agent_call", "id": "1", "name": "f", "arguments": {"a": 1}, "raw_arguments": None},
        {"type": "agent_call", "id": "2", "name": "g", "arguments": None, "raw_arguments": "{oops"},
    ]
    result = {"type": "agent_result", "call_id": "1", "content": [{"type": "text", "text": "ok"}], "is_error": False}
    stray_result = {"type": "agent_result", "call_id": "9", "content": [], "is_error": True}
    messages: list[dict[str, Any]] = [
        {"role": "assistant", "content": calls},
        {"role": "user", "content": [result]},
        {"role": "user", "content": [stray_result]},
    ]
    first, stray = ConversationReader("01A").turns(messages)
    one, two = first.parts
    assert one.kind == "agent"
    assert one.results is not None
    assert two.kind == "agent"
    assert (two.results, two.raw_arguments) == (None, "{oops")
    assert stray.parts[0].kind == "agent"


def test_a_page_renders_only_so_much_markdown() -> None:
    """Over a page's budget, text stands as it is: a thousand long messages cost no seconds."""
    reader = ConversationReader("01A")
    parts = [reader.words("*x* " * 2_000, f"messages.{i}") for i in range(20)]
    assert [p.rendered for p in parts] == [True] * 7 + [False] * 13
    assert parts[0].whole_url is None
    assert reader.words("y" * 30_000, "messages.3.content.0").whole_url == "/calls/01A/text?path=messages.3.content.0"


def test_usage_sums_and_fills_days() -> None:
    """Totals are those of the rows, an unknown cost is unknown, and days without a call have a column of nothing."""

    def row(key: str, cost: str | None, calls: int) -> UsageRow:
        return UsageRow(key, calls, 1, 100, 50, 20, 10, Decimal(cost) if cost else None, 0 if cost else calls, 800.0)

    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    days = [row("2026-11-01", "1.5", 2), row("2026-11-20", None, 3)]
    page = usage_page(days, days, by="day", span="30d", now=now)
    assert page.total.calls == "5"
    assert page.total.cost == "$1.50"
    assert [line.cost for line in page.lines] == ["$1.50", "unknown"]
    assert page.charts[0].heading == "Spend by day"
    assert len({r.x for r in page.charts[1].rects}) == 2
    assert page.lines[0].url == "/calls?since=2026-11-01T00%3A00%3A00.000Z&until=2026-11-02T00%3A00%3A00.000Z"
    empty = usage_page([], [], by="model", span="24h", now=now)
    assert empty.charts == []
    assert empty.total.cost == "unknown"
