"""What the log keeps of providers: dated snapshots of the models that they list, and what refused calls showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from ell2a.errors import StoreError
from ell2a.log.bodies import packed_text, text_of
from ell2a.log.content import json_bytes, json_value
from ell2a.log.redaction import current_redactor
from ell2a.log.rows import microseconds
from ell2a.log.store import Store, faults
from ell2a.log.tables import listed_models, observations, provider_snapshots

Entry = dict[str, Any]
"""What a models endpoint says of one model, as it came."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One listing of a provider's models that differed from the one before."""

    provider: str
    number: int
    """Counted from 1."""
    taken_at: datetime
    checked_at: datetime
    """When the provider last listed the same."""
    endpoint: str
    listing: str
    models: int

    def as_json(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "provider": self.provider,
            "number": self.number,
            "taken_at": self.taken_at.isoformat(),
            "checked_at": self.checked_at.isoformat(),
            "endpoint": self.endpoint,
            "listing": self.listing,
            "models": self.models,
        }


@dataclass(frozen=True, slots=True)
class ObservationRecord:
    """What a refused call showed of a model."""

    provider: str
    model: str
    wire: str
    kind: str
    name: str
    value: Any
    observed_at: datetime
    call_id: str
    words: str


class ProviderFacts:
    """The snapshots and observations of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(
        self,
        provider: str,
        models: Mapping[str, Entry],
        *,
        endpoint: str,
        listing: str,
        same: Callable[[Entry, Entry], bool],
        at: datetime | None = None,
    ) -> tuple[Snapshot, bool]:
        """Keep what a models endpoint listed. Gives the newest snapshot, and whether it is a new one.

        Where each model is the `same` as in the snapshot before, none is made: that one was checked `at` this time.
        Raises StoreError.
        """
        if self._store.read_only:
            raise StoreError(f"the store {self._store.location.shown} was opened for reading only.")
        redactor = current_redactor()
        clean = {redactor.text(model): redactor.value(entry) for model, entry in models.items()}
        moment = microseconds(at or datetime.now(UTC))
        with faults(self._store), self._store.engine.begin() as connection:
            self._store.own.take_turn(connection, f"ell2a snapshot {provider}")
            newest = _newest(connection, provider)
            before = _current(connection, provider)
            touched = {
                m for m in {*before, *clean} if m not in before or m not in clean or not same(before[m], clean[m])
            }
            if newest is not None and not touched:
                self._checked(connection, newest, moment)
                return self._snapshot(connection, provider, newest.number), False
            number = newest.number + 1 if newest else 1
            _end(connection, provider, touched & before.keys(), number)
            _begin(connection, provider, {m: clean[m] for m in clean if m in touched}, number)
            row = {
                "provider": provider,
                "number": number,
                "taken_at": moment,
                "checked_at": moment,
                "endpoint": redactor.error_text(endpoint),
                "listing": listing,
                "models": len(clean),
            }
            connection.execute(insert(provider_snapshots), row)
            return self._snapshot(connection, provider, number), True

    def snapshots(self, provider: str, *, limit: int = 50) -> list[Snapshot]:
        """The newest snapshots of a provider, the newest first."""
        asked = select(provider_snapshots).where(provider_snapshots.c.provider == provider)
        with self._store.reading() as connection:
            rows = connection.execute(asked.order_by(provider_snapshots.c.number.desc()).limit(limit))
            return [_as_snapshot(row) for row in rows]

    def changed(self, provider: str, number: int) -> tuple[dict[str, Entry], dict[str, Entry]]:
        """The entries that a snapshot changed: as they were before it, and as they are in it. Others are left out."""
        mine = listed_models.c.provider == provider
        touched = or_(listed_models.c.since == number, listed_models.c.until == number)
        with self._store.reading() as connection:
            rows = connection.execute(select(listed_models).where(mine, touched).order_by(listed_models.c.model)).all()
        before = {row.model: _entry(row.body) for row in rows if row.until == number}
        return before, {row.model: _entry(row.body) for row in rows if row.since == number}

    def models(self, provider: str, number: int | None = None) -> dict[str, Entry]:
        """The entries of a snapshot; without a number those of the newest."""
        with self._store.reading() as connection:
            return _current(connection, provider, number)

    def model(self, provider: str, model: str) -> tuple[Snapshot, Entry] | None:
        """A model's entry in the newest snapshot."""
        mine = and_(
            listed_models.c.provider == provider, listed_models.c.model == model, listed_models.c.until.is_(None)
        )
        with self._store.reading() as connection:
            body = connection.execute(select(listed_models.c.body).where(mine)).scalar()
            newest = _newest(connection, provider) if body is not None else None
        return None if body is None or newest is None else (_as_snapshot(newest), _entry(body))

    def observations(self, provider: str, model: str | None = None) -> list[ObservationRecord]:
        """What refused calls showed of a provider's models, or of one of them, the oldest first."""
        asked = select(observations).where(observations.c.provider == provider)
        if model is not None:
            asked = asked.where(observations.c.model == model)
        with self._store.reading() as connection:
            rows = connection.execute(asked.order_by(observations.c.observed_at, observations.c.id)).all()
        return [_as_observation(row) for row in rows]

    def _checked(self, connection: Connection, newest: Any, moment: int) -> None:
        mine = and_(provider_snapshots.c.provider == newest.provider, provider_snapshots.c.number == newest.number)
        connection.execute(update(provider_snapshots).where(mine).values(checked_at=max(moment, newest.checked_at)))

    def _snapshot(self, connection: Connection, provider: str, number: int) -> Snapshot:
        mine = and_(provider_snapshots.c.provider == provider, provider_snapshots.c.number == number)
        return _as_snapshot(connection.execute(select(provider_snapshots).where(mine)).one())


def _newest(connection: Connection, provider: str) -> Any:
    mine = provider_snapshots.c.provider == provider
    newest = select(func.max(provider_snapshots.c.number)).where(mine).scalar_subquery()
    return connection.execute(
        select(provider_snapshots).where(mine, provider_snapshots.c.number == newest)
    ).one_or_none()


def _current(connection: Connection, provider: str, number: int | None = None) -> dict[str, Entry]:
    asked = select(listed_models.c.model, listed_models.c.body).where(listed_models.c.provider == provider)
    if number is None:
        asked = asked.where(listed_models.c.until.is_(None))
    else:
        later = or_(listed_models.c.until.is_(None), listed_models.c.until > number)
        asked = asked.where(listed_models.c.since <= number, later)
    return {row.model: _entry(row.body) for row in connection.execute(asked.order_by(listed_models.c.model))}


def _end(connection: Connection, provider: str, models: set[str], number: int) -> None:
    mine = and_(listed_models.c.provider == provider, listed_models.c.until.is_(None))
    for model in sorted(models):
        connection.execute(update(listed_models).where(mine, listed_models.c.model == model).values(until=number))


def _begin(connection: Connection, provider: str, models: Mapping[str, Entry], number: int) -> None:
    rows = [
        {"provider": provider, "model": model, "since": number, "until": None, "body": _packed(entry)}
        for model, entry in sorted(models.items())
    ]
    if rows:
        connection.execute(insert(listed_models), rows)


def _packed(entry: Entry) -> bytes:
    return packed_text(json_bytes(entry).decode("utf-8", "surrogatepass"))


def _entry(body: bytes) -> Entry:
    found: Entry = json_value(text_of(body).encode("utf-8", "surrogatepass"))
    return found


def _as_snapshot(row: Any) -> Snapshot:
    return Snapshot(
        provider=row.provider,
        number=row.number,
        taken_at=_moment(row.taken_at),
        checked_at=_moment(row.checked_at),
        endpoint=row.endpoint,
        listing=row.listing,
        models=row.models,
    )


def _as_observation(row: Any) -> ObservationRecord:
    return ObservationRecord(
        provider=row.provider,
        model=row.model,
        wire=row.wire,
        kind=row.kind,
        name=row.name,
        value=None if row.value is None else json_value(row.value.encode()),
        observed_at=_moment(row.observed_at),
        call_id=row.call_id,
        words=row.words,
    )


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
