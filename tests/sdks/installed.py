"""Which SDKs are installed, and how new: for tests that hold with every version, also where only one SDK is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ell2a.providers import get
from ell2a.providers.sdk import installed_version, release_of

WIRES = {"openai": "openai-chat", "anthropic": "anthropic-messages"}
"""SDK -> the wire that is spoken through it."""

INSTALLED = [package for package in WIRES if installed_version(package) is not None]


def is_installed(package: str, since: str = "0") -> bool:
    """Whether an SDK is there, at this version or a later one."""
    version = installed_version(package)
    return version is not None and release_of(version) >= release_of(since)


def can_define(model: str, since: str = "0") -> bool:
    """Whether the SDK that `provider/model` is called through is there, at this version or a later one."""
    return is_installed(get(model.partition("/")[0]).sdk.package, since)


def rows_here(rows: Sequence[Any], since: Mapping[str, str]) -> list[Any]:
    """The rows of a table of `(provider/model, params, ...)` that hold with what is installed.

    `since`: the params of a row, as Python writes them -> the first version that was tried whose annotations know them.
    """
    gone = set(since) - {repr(params) for _, params, *_ in rows}
    if gone:
        raise ValueError(f"no row has these params: {', '.join(sorted(gone))}")
    return [row for row in rows if can_define(row[0], since.get(repr(row[1]), "0"))]
