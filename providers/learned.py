"""What was learnt of models beyond the shipped table: from their providers' endpoints, and from refused calls.

The providers know no log: an upper room says with `read_from` where it is kept. It is read when a model is first asked
for, once a process, and again after `forget`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from ell2a.calls import Observed
from ell2a.providers.capabilities import Fact, no, yes
from ell2a.providers.listed_models import facts_in
from ell2a.providers.listings import LISTINGS

HOLDS_DAYS = 90
"""How long an observation counts: a model may learn what it refused. After that it is shown, and settles nothing."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A model's entry in the newest snapshot of its provider."""

    listing: str
    entry: Mapping[str, Any]
    as_of: str
    """The day on which the provider last said so, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a refused call showed."""

    observed: Observed
    wire: str
    as_of: str
    """The day of the call, ISO 8601."""
    call_id: str

    def holds(self, today: date | None = None) -> bool:
        """Whether it is young enough to count."""
        first = (today or datetime.now(UTC).date()) - timedelta(days=HOLDS_DAYS)
        return self.as_of >= first.isoformat()

    def as_json(self) -> dict[str, Any]:
        """The public JSON form."""
        told = self.observed
        return {
            "kind": told.kind,
            "name": told.name,
            "value": told.value,
            "wire": self.wire,
            "as_of": self.as_of,
            "call_id": self.call_id,
            "words": told.words,
            "counts": self.holds(),
        }


@dataclass(frozen=True, slots=True)
class Learned:
    """All that was learnt of one model."""

    listed: Listed | None = None
    observations: Sequence[Observation] = ()
    """The oldest first."""


class FactStore(Protocol):
    """Where it is kept. Nothing here raises: what cannot be read is not known."""

    def of_model(self, provider: str, model: str) -> Learned: ...

    def of_provider(self, provider: str) -> Mapping[str, Learned]:
        """By model: those of the newest snapshot, and those that an observation tells of."""
        ...


@dataclass(slots=True)
class _Read:
    """What was read from one store."""

    store: FactStore | None
    models: dict[tuple[str, str], Learned] = field(default_factory=dict)
    providers: dict[str, Mapping[str, Learned]] = field(default_factory=dict)
    facts: dict[tuple[str, str, str | None], Mapping[str, Fact]] = field(default_factory=dict)


NO_FACTS: Mapping[str, Fact] = {}
_NOTHING = Learned()
_lock = threading.Lock()


@dataclass(slots=True)
class _State:
    find: Callable[[], FactStore | None] | None = None
    read: _Read = field(default_factory=lambda: _Read(None))


_state = _State()


def read_from(find: Callable[[], FactStore | None]) -> None:
    """Say where it is kept: `find` is asked each time, and gives the same store for as long as that is the one."""
    _state.find = find
    forget()


def forget() -> None:
    """Read everything again when it is next asked for."""
    with _lock:
        _state.read = _Read(None)


def of_model(provider: str, model: str) -> Learned:
    """What was learnt of one model."""
    now = _now()
    if now.store is None:
        return _NOTHING
    known = now.models.get((provider, model))
    if known is None:
        known = now.models[provider, model] = now.store.of_model(provider, model)
    return known


def of_provider(provider: str) -> Mapping[str, Learned]:
    """What was learnt of all models of a provider."""
    now = _now()
    if now.store is None:
        return {}
    known = now.providers.get(provider)
    if known is None:
        known = now.providers[provider] = now.store.of_provider(provider)
        now.models |= {(provider, model): learned for model, learned in known.items()}
    return known


def models_of(provider: str) -> list[str]:
    """The models that the provider's endpoint listed."""
    return [model for model, learned in of_provider(provider).items() if learned.listed is not None]


def facts_of(provider: str, model: str, wire: str | None = None) -> Mapping[str, Fact]:
    """The capabilities that are settled so: of two that speak of one, the later; on the wire alone what was seen there."""
    now = _now()
    if now.store is None:
        return NO_FACTS
    known = now.facts.get((provider, model, wire))
    if known is None:
        known = now.facts[provider, model, wire] = _facts(of_model(provider, model), wire) or NO_FACTS
    return known


def observed_params(provider: str, model: str, wire: str) -> dict[str, Observation]:
    """The params that a refused call of late showed the model not to take, the newest observation of each."""
    return {
        seen.observed.name: seen
        for seen in of_model(provider, model).observations
        if seen.observed.kind == "param" and seen.wire == wire and seen.holds()
    }


def _facts(learned: Learned, wire: str | None) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    if learned.listed is not None and learned.listed.listing in LISTINGS:
        facts = facts_in(LISTINGS[learned.listed.listing], learned.listed.entry, as_of=learned.listed.as_of)
    for seen in learned.observations:
        if seen.observed.kind != "capability" or wire not in (None, seen.wire) or not seen.holds():
            continue
        told = facts.get(seen.observed.name)
        if told is None or (told.as_of or "") <= seen.as_of:
            facts[seen.observed.name] = _fact(seen)
    return facts


def _fact(seen: Observation) -> Fact:
    limit = seen.observed.value
    detail = f"call {seen.call_id}: {seen.observed.words}"
    fact = no("observed", as_of=seen.as_of, detail=detail)
    if limit is not None:
        fact = yes("observed", value=limit, as_of=seen.as_of, detail=detail)
    return fact.model_copy(update={"call_id": seen.call_id})


def _now() -> _Read:
    store = _state.find() if _state.find is not None else None
    if store is not _state.read.store:
        with _lock:
            _state.read = _Read(store)
    return _state.read
