"""Where what was learnt of models is kept: the store of this process, read when a definition first asks for a model.

A definition waits for neither SQLAlchemy nor a server: a store that is a file is read by the standard library's
driver, a server's once its log is open. What cannot be read is not known, and a call finds out why.
"""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic_core
from platformdirs import user_data_path

from ell2a.calls import Observed
from ell2a.errors import StoreError
from ell2a.providers import learned
from ell2a.providers.learned import FactStore, Learned, Listed, Observation
from ell2a.settings import opened_log, settings

if TYPE_CHECKING:
    from ell2a.log import CallLog

_log = logging.getLogger("ell2a.log")

_ENTRIES = (
    "SELECT m.model, s.listing, m.body, s.checked_at FROM listed_models m JOIN provider_snapshots s"
    " ON s.provider = m.provider AND s.number ="
    " (SELECT max(number) FROM provider_snapshots WHERE provider = m.provider)"
    " WHERE m.provider = :provider AND m.until IS NULL"
)
_OBSERVATIONS = (
    "SELECT model, kind, name, value, words, wire, observed_at, call_id FROM observations WHERE provider = :provider"
)
_OF_MODEL = " AND {}model = :model"


class FileFacts:
    """A store that is a SQLite file, read without the log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def of_model(self, provider: str, model: str) -> Learned:
        """What is kept of one model."""
        entries = self._ask(_ENTRIES + _OF_MODEL.format("m."), provider=provider, model=model)
        seen = self._ask(_OBSERVATIONS + _OF_MODEL.format("") + " ORDER BY observed_at", provider=provider, model=model)
        return _joined(entries, seen).get(model, Learned())

    def of_provider(self, provider: str) -> Mapping[str, Learned]:
        """What is kept of all models of a provider."""
        seen = self._ask(f"{_OBSERVATIONS} ORDER BY observed_at", provider=provider)
        return _joined(self._ask(f"{_ENTRIES} ORDER BY m.model", provider=provider), seen)

    def _ask(self, question: str, **values: str) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        import sqlite3

        try:
            connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, timeout=0.1)
            try:
                return connection.execute(question, values).fetchall()
            finally:
                connection.close()
        except sqlite3.Error as error:
            # An older store has no such tables; one that is locked or damaged is told of by the log.
            _log.debug("nothing was learnt from %s: %s", self.path, error)
            return []


class LogFacts:
    """A store on a server, read through its open log."""

    def __init__(self, log: CallLog) -> None:
        self.log = log

    def of_model(self, provider: str, model: str) -> Learned:
        """What is kept of one model."""
        try:
            found = self.log.providers.model(provider, model)
            seen = self.log.providers.observations(provider, model)
        except StoreError as error:
            _log.debug("nothing was learnt from %s: %s", self.log.url, error)
            return Learned()
        listed = Listed(found[0].listing, found[1], found[0].checked_at.date().isoformat()) if found else None
        return Learned(listed, tuple(_of_record(record) for record in seen))

    def of_provider(self, provider: str) -> Mapping[str, Learned]:
        """What is kept of all models of a provider."""
        try:
            newest = next(iter(self.log.providers.snapshots(provider, limit=1)), None)
            models = self.log.providers.models(provider)
            seen = self.log.providers.observations(provider)
        except StoreError as error:
            _log.debug("nothing was learnt from %s: %s", self.log.url, error)
            return {}
        as_of = newest.checked_at.date().isoformat() if newest else ""
        listed = {name: Listed(newest.listing, entry, as_of) for name, entry in models.items()} if newest else {}
        return {
            name: Learned(listed.get(name), tuple(_of_record(r) for r in seen if r.model == name))
            for name in dict.fromkeys([*listed, *(r.model for r in seen)])
        }


def store_of_process() -> FactStore | None:
    """The store of this process, as far as it can be read without opening it."""
    given = settings().store or os.environ.get("ELL2A_STORE")
    if given is None:
        return _default_file(os.environ.get("XDG_DATA_HOME"), os.environ.get("HOME"))
    if given == "off":
        return None
    in_file = _in_file(given)
    if in_file is not None:
        return in_file
    log = opened_log()
    return None if log is None else _log_facts(log)


# Every definition and call asks: where the store is, is made out once.


@lru_cache(maxsize=8)
def _in_file(given: str | Path) -> FileFacts | None:
    """The file that a store is; None where it is on a server."""
    text = str(given)
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///").partition("?")[0]
    return None if "://" in text or not text else FileFacts(Path(text).expanduser().absolute())


@lru_cache(maxsize=8)
def _default_file(data_home: str | None, home: str | None) -> FileFacts:
    del data_home, home
    return FileFacts(user_data_path("ell2a", appauthor=False) / "calls.db")


@lru_cache(maxsize=1)
def _log_facts(log: CallLog) -> LogFacts:
    return LogFacts(log)


def _joined(entries: Iterable[tuple[Any, ...]], seen: Iterable[tuple[Any, ...]]) -> dict[str, Learned]:
    listed = {model: Listed(listing, _entry(body), _day(at)) for model, listing, body, at in entries}
    shown: dict[str, list[Observation]] = {}
    for model, kind, name, value, words, wire, at, call_id in seen:
        told = Observed(kind, name, words, None if value is None else pydantic_core.from_json(value))
        shown.setdefault(model, []).append(Observation(told, wire, _day(at), call_id))
    names = dict.fromkeys([*listed, *shown])
    return {name: Learned(listed.get(name), tuple(shown.get(name, ()))) for name in names}


def _of_record(record: Any) -> Observation:
    told = Observed(record.kind, record.name, record.words, record.value)
    return Observation(told, record.wire, record.observed_at.date().isoformat(), record.call_id)


def _entry(body: bytes) -> dict[str, Any]:
    # As `ell2a.log.bodies` packs a text: compressed where it begins with zlib's byte.
    text = zlib.decompress(body) if body[:1] == b"\x78" else body
    found: dict[str, Any] = pydantic_core.from_json(text)
    return found


def _day(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).date().isoformat()


learned.read_from(store_of_process)
