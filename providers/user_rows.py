"""Users' own providers: rows in a file of theirs, in the form of the shipped ones."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from platformdirs import user_config_path

from ell2a.errors import DefinitionError
from ell2a.providers.rows import ProviderRow, read_rows

VARIABLE = "ELL2A_PROVIDERS"
"""Names the file; where it is set to nothing, none is read."""
FILE_NAME = "providers.toml"
_NONE: dict[str, ProviderRow] = {}


def user_rows() -> dict[str, ProviderRow]:
    """The rows of the user's file, by name; none where there is no file. It is read again when it changes.

    Raises DefinitionError, with file and line, for a row with a fault, and where `ELL2A_PROVIDERS` names no file.
    """
    path = file_path()
    if path is None:
        return _NONE
    try:
        stat = path.stat()
    except FileNotFoundError:
        if VARIABLE in os.environ:
            raise DefinitionError(
                f"{VARIABLE} names {str(path)!r}, and there is no such file: write it, or unset the variable."
            ) from None
        return _NONE
    except OSError as error:
        raise DefinitionError(f"{path}: the file of providers cannot be read: {error}.") from error
    return _read(path, stat.st_mtime_ns, stat.st_size)


def file_path() -> Path | None:
    """Where the user's file is, whether it is there or not; None where none is to be read."""
    named = os.environ.get(VARIABLE)
    if named is None:
        return _default_path(os.environ.get("XDG_CONFIG_HOME"), os.environ.get("HOME"))
    return Path(named).expanduser() if named else None


@lru_cache(maxsize=4)
def _default_path(*moved_by: str | None) -> Path:
    # Asked for with every call: finding it takes far longer than seeing that nothing moved it.
    del moved_by
    return user_config_path("ell2a", appauthor=False) / FILE_NAME


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> dict[str, ProviderRow]:
    del changed, size
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path}: the file of providers cannot be read: {error}.") from error
    return read_rows(text, origin=str(path))
