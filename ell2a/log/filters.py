"""The filter grammar: `provider:openai latency:>2s has:agents -status:error "quoted words" words`.

Terms stand side by side and must all hold; `-` turns one round. Values with spaces stand in quotes, and several
values of one key, divided by commas, mean any of them. A term that cannot be read is told as a problem and left
out; the others apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from ell2a.calls import CallStatus
from ell2a.errors import nearest
from ell2a.log.words import Phrase, phrase

Kind = Literal["words", "text", "number", "choice", "flag", "time"]


@dataclass(frozen=True, slots=True)
class Term:
    """One condition, as it was typed and as it is meant."""

    key: str
    """`provider`, `cost`, ...; `words` for plain and quoted words."""
    kind: Kind
    values: tuple[Any, ...]
    """By kind: Phrases; patterns with `*`; (comparison, number) pairs; names; times. Any of them may hold."""
    negated: bool
    start: int
    """Where it stands in the text: the first character."""
    end: int
    """One past the last."""
    reading: str
    """What it means, in words: `latency under 10 s`."""

    def without(self, q: str) -> str:
        """The filter text without this term."""
        return " ".join((q[: self.start] + q[self.end :]).split())


@dataclass(frozen=True, slots=True)
class Problem:
    """A term that cannot be read."""

    message: str
    start: int
    end: int

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class ParsedFilter:
    """A filter text, read."""

    terms: tuple[Term, ...]
    problems: tuple[Problem, ...]


class _Unreadable(Exception):  # a step of the parser, never seen outside
    pass


TEXT_KEYS = ("provider", "model", "wire", "lmp", "endpoint", "finish", "error")
NUMBER_KEYS = ("cost", "latency", "first_token", "tokens", "input", "output")
TIME_KEYS = ("since", "until")
CHOICES: dict[str, tuple[str, ...]] = {
    "status": get_args(CallStatus),
    "has": ("agents", "images", "thinking", "replays", "error", "structured", "cost"),
    "is": ("replay", "stream"),
}
KEYS = (*TEXT_KEYS, *NUMBER_KEYS, *TIME_KEYS, *CHOICES)
"""All keys, for completion."""

_TOKEN = re.compile(r'(?P<minus>-)?(?:(?P<key>[A-Za-z_]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*))')
_COMPARED = re.compile(r"(?P<op>>=|<=|>|<|=)?\s*\$?(?P<number>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>[A-Za-z]*)")
_AGO = re.compile(r"(?P<count>\d+)(?P<unit>[smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_UNITS: dict[str, dict[str, float]] = {
    "latency": {"": 1000, "s": 1000, "ms": 1, "m": 60_000, "min": 60_000},
    "tokens": {"": 1, "k": 1000, "m": 1_000_000},
    "cost": {"": 1, "usd": 1},
}
"""Key -> unit -> factor; without a unit, latency is in seconds."""
_UNITS_OF = {"latency": "latency", "first_token": "latency", "cost": "cost"}
_COMPARISONS = {">": "over", ">=": "at least", "<": "under", "<=": "at most", "=": "of exactly"}
_NAMES = {
    "first_token": "time to first token",
    "input": "input tokens",
    "output": "output tokens",
    "finish": "finish reason",
}
_FLAG_READINGS = {"replay": "is a replay", "stream": "is a stream"}


def parse(q: str, *, now: datetime | None = None) -> ParsedFilter:
    """Read a filter text. Raises nothing: what cannot be read is in `problems`. `now` is where `since:2h` counts from."""
    terms: list[Term] = []
    problems: list[Problem] = []
    for found in _tokens(q):
        try:
            term = _term(found, now or datetime.now(UTC))
        except _Unreadable as exception:
            problems.append(Problem(str(exception), found.start(), found.end()))
        else:
            if term is not None:
                terms.append(term)
    return ParsedFilter(tuple(terms), tuple(problems))


def _tokens(q: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(q):
        if q[at].isspace():
            at += 1
            continue
        found = _TOKEN.match(q, at)
        if found is None or found.end() == at:
            at += 1
            continue
        yield found
        at = found.end()


def _term(found: re.Match[str], now: datetime) -> Term | None:
    key = found["key"].lower() if found["key"] else None
    value = found["bare"] if found["quoted"] is None else found["quoted"]
    if key is None or not value or value.startswith("//"):
        # `Error:` and `https://...` are words that people search for.
        return _words(found, value if key is None else found.group().lstrip("-"))
    if key not in KEYS:
        near = nearest(key, KEYS)
        hint = f"Did you mean `{near}`?" if near else f"Known: {', '.join(KEYS)}. For the words, put them in quotes."
        raise _Unreadable(f"no filter is called `{key}`. {hint}")
    kind, values, reading = _reader(key)(key, value, now)
    negated = found["minus"] is not None
    reading = f"not: {reading}" if negated else reading
    return Term(key, kind, values, negated, found.start(), found.end(), reading)


def _words(found: re.Match[str], typed: str) -> Term | None:
    read = phrase(typed)
    if read is None:
        return None
    negated = found["minus"] is not None
    said = f"“{typed}”"
    return Term("words", "words", (read,), negated, found.start(), found.end(), f"without {said}" if negated else said)


_Read = tuple[Kind, tuple[Any, ...], str]


def _reader(key: str) -> Callable[[str, str, datetime], _Read]:
    if key in CHOICES:
        return _choice
    if key in NUMBER_KEYS:
        return _number
    return _time if key in TIME_KEYS else _text


def _text(key: str, value: str, now: datetime) -> _Read:
    del now
    values = tuple(part for part in value.split(",") if part)
    if not values:
        raise _Unreadable(f"{key}: nothing stands after the colon")
    verb = "like" if any("*" in v for v in values) else "is"
    return "text", values, f"{_name(key)} {verb} {' or '.join(values)}"


def _choice(key: str, value: str, now: datetime) -> _Read:
    del now
    values = tuple(part.lower() for part in value.split(",") if part)
    for given in values:
        if given not in CHOICES[key]:
            near = nearest(given, CHOICES[key])
            hint = f"Did you mean `{near}`?" if near else f"Known: {', '.join(CHOICES[key])}."
            raise _Unreadable(f"{key}: knows no `{given}`. {hint}")
    said = " or ".join(_FLAG_READINGS.get(v, v) for v in values)
    reading = said if key == "is" else f"{'status is' if key == 'status' else 'has'} {said}"
    return ("choice" if key == "status" else "flag"), values, reading


def _number(key: str, value: str, now: datetime) -> _Read:
    del now
    low, dots, high = value.partition("..")
    if dots:
        pair = (_compared(key, f">={low}"), _compared(key, f"<={high}"))
        return "number", pair, f"{_name(key)} from {low} to {high}"
    one = _compared(key, value)
    number = value.lstrip("<>=").strip()
    shown = f"{number} s" if _UNITS_OF.get(key) == "latency" and number[-1:].isdigit() else _spread(number)
    return "number", (one,), f"{_name(key)} {_COMPARISONS[one[0]]} {shown}"


def _compared(key: str, value: str) -> tuple[str, float]:
    found = _COMPARED.fullmatch(value)
    units = _UNITS[_UNITS_OF.get(key, "tokens")]
    if found is None:
        raise _Unreadable(
            f"{key}: `{value}` is no number; write `{key}:>{'2s' if 'latency' in units else '100'}` or so"
        )
    factor = units.get(found["unit"].lower())
    if factor is None:
        known = ", ".join(unit for unit in units if unit) or "none"
        raise _Unreadable(f"{key}: knows no unit `{found['unit']}`. Known: {known}.")
    return found["op"] or "=", float(found["number"]) * factor


def _time(key: str, value: str, now: datetime) -> _Read:
    at = _moment(value, now)
    if at is None:
        raise _Unreadable(
            f"{key}: `{value}` is no time; write `{key}:2026-11-01`, `{key}:2026-11-01T14:30` or `{key}:24h`"
        )
    shown = f"{at:%Y-%m-%d}" if at.time() == datetime.min.time() else f"{at:%Y-%m-%d %H:%M}"
    return "time", (at,), f"{key} {shown}"


def _moment(value: str, now: datetime) -> datetime | None:
    ago = _AGO.fullmatch(value)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": 0, "yesterday": 1}
    try:
        if ago is not None:
            return now - timedelta(seconds=int(ago["count"]) * _SECONDS[ago["unit"]])
        if value.lower() in days:
            return midnight - timedelta(days=days[value.lower()])
        at = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _name(key: str) -> str:
    return _NAMES.get(key, key)


def _spread(number: str) -> str:
    """`10s` as `10 s`."""
    return re.sub(r"(?<=\d)(?=[A-Za-z])", " ", number)


def phrases(terms: tuple[Term, ...], *, negated: bool = False) -> list[Phrase]:
    """The words to search for, or with `negated` those to leave out."""
    return [value for term in terms if term.kind == "words" and term.negated is negated for value in term.values]
