"""Where in the user's code a call was made."""

from __future__ import annotations

import sys
from pathlib import Path

_OURS = ("ell2a", "asyncio", "concurrent", "threading")


def calling_place() -> str | None:
    """`file:line` of the nearest frame outside ell2a, the file as seen from the current folder where it lies below it."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] not in _OURS:
            return f"{_short(frame.f_code.co_filename)}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return None


def _short(filename: str) -> str:
    try:
        return str(Path(filename).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return filename
