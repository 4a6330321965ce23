"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int | None], None]
"""Is told what is being done, how much of it is, and of how much (None: it is not known)."""


def untold(what: str, done: int, total: int | None) -> None:
    """Tells nobody."""
    del what, done, total
