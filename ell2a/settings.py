"""What `ell2a.init` settles for the process: where calls are logged, and whether they are printed."""

from __future__ import annotations

import os
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ell2a.errors import StoreError

if TYPE_CHECKING:
    from ell2a.log import CallLog


class LogOff(UserWarning):
    """What was given as the store can be none: calls are made, and not logged."""


@dataclass(frozen=True)
class Settings:
    """The settings of the process."""

    store: str | Path | None = None
    """A path, a URL or `off`; None: `ELL2A_STORE`, else the file in the user's data folder."""
    verbose: bool = False
    verbose_stream: bool = True


_lock = threading.RLock()
_settings = Settings()
_log: CallLog | None = None
_opened = False


def init(*, store: str | Path | None = None, verbose: bool = False, verbose_stream: bool = True) -> None:
    """Settle where calls are logged and whether they are printed. May be called again; the last one counts.

    `store`: a path, a URL (`sqlite:///...`, `postgresql+psycopg://...`) or `"off"`; None leaves it to `ELL2A_STORE`,
    else a file in the user's data folder. `verbose` prints each call; with `verbose_stream` the answer is streamed in
    the background where the model can, so that it prints as it comes. Raises StoreError where a store given here
    cannot be opened.
    """
    global _settings, _log, _opened
    with _lock:
        if _log is not None:
            _log.close()
        _settings, _log, _opened = Settings(store, verbose, verbose_stream), None, False
        if store is not None and str(store) != "off":
            _log, _opened = _open(store), True


def settings() -> Settings:
    """The settings in force."""
    return _settings


def opened_log() -> CallLog | None:
    """The log that calls go to, where it is open already: asking opens none."""
    return _log


def current_log() -> CallLog | None:
    """The log that calls go to, opened when first asked for; None where it is off, or where its address is none (one warning).

    A store that cannot be opened now (locked, damaged, newer, gone) gives a log that puts its records aside.
    """
    global _log, _opened
    if _opened:
        return _log
    with _lock:
        if not _opened:
            store = _settings.store or os.environ.get("ELL2A_STORE")
            try:
                _log = None if str(store) == "off" else _open(store, aside=True)
            except StoreError as error:
                warnings.warn(f"calls are not logged: {error}", LogOff, stacklevel=4)
            _opened = True
        return _log


def _open(store: str | Path | None, *, aside: bool = False) -> CallLog:
    # The log brings SQLAlchemy along: `import ell2a` does without it.
    from ell2a.log import CallLog

    return CallLog.open_or_aside(store) if aside else CallLog.open(store)
