"""The filter grammar: what is typed, what it means, and what is told of a mistake."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ell2a.log.filters import KEYS, parse

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("q", "readings"),
    [
        ("", []),
        ("provider:openai", ["provider is openai"]),
        ("model:gpt-*", ["model like gpt-*"]),
        ("provider:openai,groq", ["provider is openai or groq"]),
        ("-status:error", ["not: status is error"]),
        ("status:error,partial", ["status is error or partial"]),
        ("latency:>2s", ["latency over 2 s"]),
        ("latency:<10", ["latency under 10 s"]),
        ("latency:>=250ms", ["latency at least 250 ms"]),
        ("cost:>$0.01", ["cost over $0.01"]),
        ("tokens:100..2k", ["tokens from 100 to 2k"]),
        ("input:5", ["input tokens of exactly 5"]),
        ("first_token:<1s", ["time to first token under 1 s"]),
        ("has:agents,images", ["has agents or images"]),
        ("is:replay", ["is a replay"]),
        ("since:2026-11-01", ["since 2026-11-01"]),
        ("until:2026-11-01T10:00", ["until 2026-11-01 10:00"]),
        ("since:24h", ["since 2026-11-21 12:30"]),
        ("since:yesterday", ["since 2026-11-21"]),
        ('"two words"', ["“two words”"]),
        ("plain -unwanted", ["“plain”", "without “unwanted”"]),
        ('lmp:"a b"', ["lmp is a b"]),
        ("PROVIDER:x STATUS:OK", ["provider is x", "status is ok"]),
        ("https://example.org/a?b", ["“https://example.org/a?b”"]),
        ("ValueError: bad", ["“ValueError:”", "“bad”"]),
        ('"unclosed words', ["“unclosed words”"]),
        ("- ... !! \t\n", []),
    ],
)
def test_a_filter_is_read(q: str, readings: list[str]) -> None:
    """Each term has a reading that a person understands."""
    parsed = parse(q, now=NOW)
    assert [term.reading for term in parsed.terms] == readings
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("q", "problem"),
    [
        ("has:agnets", "has: knows no `agnets`. Did you mean `agents`?"),
        ("provdier:openai", "no filter is called `provdier`. Did you mean `provider`?"),
        ("status:eror", "status: knows no `eror`. Did you mean `error`?"),
        ("zzzz:1", "no filter is called `zzzz`. Known: provider"),
        ("cost:cheap", "cost: `cheap` is no number; write `cost:>100` or so"),
        ("latency:>2parsec", "latency: knows no unit `parsec`. Known: s, ms"),
        ("since:never", "since: `never` is no time; write `since:2026-11-01`"),
        ("since:99999999999999999d", "since: `99999999999999999d` is no time"),
        ("is:", None),
        ("provider:,", "provider: nothing stands after the colon"),
        ("has:zzzz", "has: knows no `zzzz`. Known: agents, images"),
        ("tokens:5..", "tokens: `<=` is no number"),
    ],
)
def test_a_mistake_is_told_and_the_rest_applies(q: str, problem: str | None) -> None:
    """A bad term never breaks the list: it is named, with what was probably meant, and left out."""
    parsed = parse(f"model:a {q} b", now=NOW)
    assert [t.reading for t in parsed.terms if t.reading in {"model is a", "“b”"}] == ["model is a", "“b”"]
    if problem is None:
        assert parsed.problems == ()
    else:
        (found,) = parsed.problems
        assert str(found).startswith(problem)
        assert f"model:a {q} b"[found.start : found.end] == q


def test_a_term_can_be_taken_out() -> None:
    """A page shows each term as a chip that leads to the list without it."""
    q = 'model:a  -has:agents "two words" c'
    assert [term.without(q) for term in parse(q).terms] == [
        '-has:agents "two words" c',
        'model:a "two words" c',
        "model:a -has:agents c",
        'model:a -has:agents "two words"',
    ]


def test_every_key_can_be_asked_for() -> None:
    """What the completion offers is what the grammar takes."""
    for key in KEYS:
        assert not parse(f"{key}:x").problems or key in str(parse(f"{key}:x").problems[0])
        assert "no filter is called" not in "".join(map(str, parse(f"{key}:x").problems))
