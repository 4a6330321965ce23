"""Warnings that point at the user's own line."""

from __future__ import annotations

import sys
import warnings

_OURS = ("ell2a.", "pydantic.", "functools")


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn at the nearest line that is not ell2a's own: a definition is reached by more ways than one."""
    depth = 2
    frame = sys._getframe(1)  # noqa: SLF001  # `inspect.stack` reads every file on the way
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_OURS):
        frame = frame.f_back
        depth += 1
    warnings.warn(message, category, stacklevel=depth)
