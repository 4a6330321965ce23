"""Warnings that point at the user's own line."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_OURS = ("ell2a.", "pydantic.", "functools")

_unwarned: ContextVar[bool] = ContextVar("ell2a_unwarned", default=False)


@contextmanager
def unwarned() -> Iterator[None]:
    """Check in this block without warning: a plan says what it finds in its items, and the definition made of it warns."""
    token = _unwarned.set(True)
    try:
        yield
    finally:
        _unwarned.reset(token)


def warn_caller(message: str, category: type[Warning]) -> bool:
    """Warn at the nearest line that is not ell2a's own: a definition is reached by more ways than one.

    Gives whether it was said: in a block of `unwarned` it is not.
    """
    if _unwarned.get():
        return False
    depth = 2
    frame = sys._getframe(1)  # noqa: SLF001  # `inspect.stack` reads every file on the way
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_OURS):
        frame = frame.f_back
        depth += 1
    warnings.warn(message, category, stacklevel=depth)
    return True
