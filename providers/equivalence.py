"""Two spellings of one request that a wire takes alike: what a wire lists, each with its reason."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two spellings of one request: `rewrite` turns the one into the other, in place."""

    name: str
    reason: str
    rewrite: Callable[[dict[str, Any]], None]


def rewritten(native: dict[str, Any], equivalences: Sequence[Equivalence]) -> dict[str, Any]:
    """The one request that stands for all that are equivalent to it. Idempotent; the given one is not changed."""
    request = copy.deepcopy(native)
    for equivalence in equivalences:
        equivalence.rewrite(request)
    return request
