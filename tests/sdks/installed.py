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


def wire_and_model(model: str) -> tuple[str | None, str]:
    """The wire and the `provider/model` of a row: `openai-responses:openai/gpt-4o`; without a wire the default one's."""
    wire, colon, name = model.partition(":")
    return (wire, name) if colon and "/" not in wire else (None, model)


def spoken(model: str) -> str:
    """The wire that a row is spoken on."""
    wire, name = wire_and_model(model)
    return get(name.partition("/")[0], wire).wire


def can_define(model: str, since: str = "0") -> bool:
    """Whether the SDK that `provider/model` is called through is there, at this version or a later one."""
    return is_installed(get(wire_and_model(model)[1].partition("/")[0]).sdk.package, since)


def rows_here(rows: Sequence[Any], since: Mapping[str, str]) -> list[Any]:
    """The rows of a table of `(provider/model, params, ...)` that hold with what is installed.

    `since`: the params of a row, as Python writes them -> the first version that was tried whose annotations know them.
    """
    gone = set(since) - {repr(params) for _, params, *_ in rows}
    if gone:
        raise ValueError(f"no row has these params: {', '.join(sorted(gone))}")
    return [row for row in rows if can_define(row[0], since.get(repr(row[1]), "0"))]
