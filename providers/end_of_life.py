"""Models that are not served any more: a definition on one warns with the date."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ell2a.providers.capabilities import Fact
from ell2a.providers.warn import warn_caller


class ModelEnded(UserWarning):
    """The model's end of life has passed; the call is made all the same."""


_warned: set[str] = set()


def warn_if_past(target: str, fact: Fact, today: date | None = None) -> None:
    """Warn once where a model is past its end of life. `fact` is its `end_of_life`; `today` is the day in UTC unless given.

    A fact without a day in ISO 8601 cannot be past.
    """
    ends = _day(fact)
    if ends is None or (today or datetime.now(UTC).date()) <= ends or target in _warned:
        return
    _warned.add(target)
    warn_caller(
        f"{target}: its end of life was {ends.isoformat()} (known from {fact.source}); the provider may refuse it."
        " `ell2a-studio models` lists others.",
        ModelEnded,
    )


def _day(fact: Fact) -> date | None:
    if fact.state != "yes" or not isinstance(fact.value, str):
        return None
    try:
        return date.fromisoformat(fact.value)
    except ValueError:
        return None
