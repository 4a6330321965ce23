"""Where in the user's code a call was made."""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

_OURS = ("ell2a", "asyncio", "concurrent", "threading")
_SDKS = (*_OURS, "openai", "anthropic", "httpx", "httpx2")
_INSTALLED = tuple(
    {
        os.path.normpath(sysconfig.get_path(name)) + os.sep  # compared with names of files
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)


def calling_place() -> str | None:
    """`file:line` of the nearest frame outside ell2a, the file as seen from the current folder where it lies below it."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] not in _OURS:
            return _place(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return None


def calling_place_beyond_libraries() -> str | None:
    """`calling_place` for a call that reaches ell2a through an SDK, and maybe through a library that uses the SDK.

    It is the nearest frame of code that is not installed; where there is none, as in a thread of a library's, the
    nearest outside the SDK.
    """
    nearest: str | None = None
    frame = sys._getframe(1)
    while frame is not None:
        filename = frame.f_code.co_filename
        root = frame.f_globals.get("__name__", "").partition(".")[0]
        if root not in _SDKS:
            if not _is_installed(filename):
                return _place(filename, frame.f_lineno)
            nearest = nearest or _place(filename, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return nearest


def _place(filename: str, line: int) -> str:
    return f"{_short(filename, os.getcwd())}:{line}"  # noqa: PTH109  # a Path costs more than all else here


@lru_cache(maxsize=1024)
def _is_installed(filename: str) -> bool:
    return filename.startswith(("<frozen", *_INSTALLED))


@lru_cache(maxsize=1024)
def _short(filename: str, folder: str) -> str:
    try:
        return str(Path(filename).relative_to(folder))
    except (ValueError, OSError):
        return filename
