"""Filters as conditions on the table of calls."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select

from ell2a.log import filters
from ell2a.log.filters import Term
from ell2a.log.rows import microseconds, pico
from ell2a.log.store import Store
from ell2a.log.tables import calls, occurrences
from ell2a.log.views import CallFilter
from ell2a.log.words import Phrase

Condition = ColumnElement[bool]

_COLUMNS: dict[str, ColumnElement[Any]] = {
    "provider": calls.c.provider,
    "model": calls.c.model,
    "wire": calls.c.wire,
    "lmp": calls.c.lmp,
    "endpoint": calls.c.endpoint,
    "finish": calls.c.finish_reason,
    "error": calls.c.error_class,
    "cost": calls.c.cost_pico,
    "latency": calls.c.duration_ms,
    "first_token": calls.c.first_token_ms,
    "tokens": calls.c.input_tokens + calls.c.output_tokens,
    "input": calls.c.input_tokens,
    "output": calls.c.output_tokens,
}
_COMPARE: dict[str, Callable[[Any, Any], Condition]] = {
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    "=": lambda column, value: column == value,
}
_replay = calls.alias("replay")
_FLAGS: dict[str, Condition] = {
    "agents": calls.c.agents_declared > 0,
    "images": calls.c.has_images.is_(True),
    "thinking": calls.c.has_thinking.is_(True),
    "replays": select(_replay.c.id).where(_replay.c.replay_of == calls.c.id).exists(),
    "error": calls.c.error_class.is_not(None),
    "structured": calls.c.structured.is_(True),
    "cost": calls.c.cost_pico.is_not(None),
    "replay": calls.c.replay_of.is_not(None),
    "stream": calls.c.stream.is_(True),
}


def conditions(asked: CallFilter, store: Store, dead: Collection[str]) -> list[Condition]:
    """What must hold of a call. `dead` are the writers that live no more: their open calls were interrupted."""
    found: list[Condition] = []
    if asked.provider:
        found.append(calls.c.provider == asked.provider)
    if asked.model:
        found.append(calls.c.model == asked.model)
    if asked.status:
        found.append(_status(asked.status, dead))
    if asked.since:
        found.append(calls.c.started_at >= microseconds(asked.since))
    if asked.until:
        found.append(calls.c.started_at < microseconds(asked.until))
    terms = filters.parse(asked.q).terms
    found += [_condition(term, dead) for term in terms if term.kind != "words"]
    return found + _words(terms, store)


def _words(terms: tuple[Term, ...], store: Store) -> list[Condition]:
    found: list[Condition] = []
    asked = filters.phrases(terms)
    if asked:
        found.append(calls.c.id.in_(_calls_with(asked, store)))
    found += [calls.c.id.not_in(_calls_with([unwanted], store)) for unwanted in filters.phrases(terms, negated=True)]
    return found


def _calls_with(asked: list[Phrase], store: Store) -> Any:
    matching = store.own.search.matching(asked)
    return select(occurrences.c.call_id).where(occurrences.c.message_number.in_(matching))


def _condition(term: Term, dead: Collection[str]) -> Condition:
    condition = _by_kind(term, dead)
    # What is not known of a call does not hold of it, so its opposite does.
    return not_(func.coalesce(condition, false())) if term.negated else condition


def _by_kind(term: Term, dead: Collection[str]) -> Condition:
    if term.kind == "number":
        return and_(*(_number(term.key, comparison, value) for comparison, value in term.values))
    if term.kind == "time":
        at = microseconds(term.values[0])
        return calls.c.started_at >= at if term.key == "since" else calls.c.started_at < at
    one: dict[str, Callable[[str], Condition]] = {
        "text": lambda value: _text(term.key, value),
        "choice": lambda value: _status(value, dead),
        "flag": lambda value: _FLAGS[value],
    }
    return or_(*(one[term.kind](value) for value in term.values))


def _number(key: str, comparison: str, value: float) -> Condition:
    stored = pico(Decimal(repr(value))) if key == "cost" else value
    return _COMPARE[comparison](_COLUMNS[key], stored)


def _text(key: str, value: str) -> Condition:
    column = _COLUMNS[key]
    if "*" in value:
        escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return column.ilike(escaped.replace("*", "%"), escape="\\")
    exactly = column.in_({value, value.lower()})
    # An LMP is named by its last part too: `lmp:greet` finds `shop.greet`.
    return or_(exactly, _text(key, f"*.{value}")) if key == "lmp" else exactly


def _status(status: str, dead: Collection[str]) -> Condition:
    if status == "pending":
        return (
            and_(calls.c.status == "pending", calls.c.writer_id.not_in(dead)) if dead else calls.c.status == "pending"
        )
    if status == "interrupted" and dead:
        return or_(calls.c.status == "interrupted", and_(calls.c.status == "pending", calls.c.writer_id.in_(dead)))
    return calls.c.status == status
