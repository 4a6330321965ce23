"""The seven laws in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ell2a.providers.conformance import (
    answer_as_history,
    back_and_there,
    declared_equals_observed,
    errors_mapped,
    nothing_unaccounted,
    stream_equals_whole,
    there_and_back,
)
from ell2a.providers.conformance.broken import LAW_NAMES
from ell2a.providers.conformance.subject import Subject


@dataclass(frozen=True, slots=True)
class Law:
    """One law of `docs/design.md`."""

    number: int
    hold: Callable[[Subject], int]
    """Raises LawBroken; gives the number of cases that were tried."""

    @property
    def name(self) -> str:
        """Its name, such as `there and back`."""
        return LAW_NAMES[self.number]


LAWS: tuple[Law, ...] = (
    Law(1, there_and_back.hold),
    Law(2, back_and_there.hold),
    Law(3, answer_as_history.hold),
    Law(4, stream_equals_whole.hold),
    Law(5, nothing_unaccounted.hold),
    Law(6, declared_equals_observed.hold),
    Law(7, errors_mapped.hold),
)
