"""Users' own providers: rows in a file of theirs, in the form of the shipped ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from ell2a.errors import DefinitionError
from ell2a.providers.environment import kept_environment, same_environment
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
    global _found
    environment, path = _found
    if not same_environment(environment):
        named = os.environ.get(VARIABLE)
        default = user_config_path("ell2a", appauthor=False) / FILE_NAME
        path = default if named is None else Path(named).expanduser() if named else None
        _found = kept_environment(), path
    return path


_found: tuple[Mapping[Any, Any] | None, Path | None] = None, None
"""The environment in which the path was looked for, and the path: each call asks for it."""


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> dict[str, ProviderRow]:
    del changed, size
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path}: the file of providers cannot be read: {error}.") from error
    return read_rows(text, origin=str(path))
