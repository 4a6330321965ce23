"""How things stand on this machine: the store and what is wrong with it, the SDKs, the keys. Nothing is changed by looking."""

from __future__ import annotations

import os
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import Any

from ell2a import providers
from ell2a.errors import StoreError
from ell2a.log import CallLog, revisions
from ell2a.log.checking import Finding
from ell2a.log.location import Location
from ell2a.log.spool import Spool
from ell2a.log.store import Store
from ell2a.providers.sdk import installed_version

_OF_THE_STORE = ("unreachable", "no-store", "newer", "older", "damaged")
"""Findings of the store as a whole."""


def health(store: str | None, findings: list[Finding]) -> dict[str, Any]:
    """The versions, the store with what was found wrong with it, and by variable name whether a key is set."""
    return {
        "ell2a": metadata.version("ell2a"),
        "store": _store(store, findings),
        "findings": [finding.as_json() for finding in findings],
        "sdks": {package: installed_version(package) for package in _packages()},
        "keys": _keys(),
    }


def _store(store: str | None, findings: list[Finding]) -> dict[str, Any]:
    location = Location.of(store)
    told: dict[str, Any] = {
        "url": location.shown,
        "size_bytes": _size(location.path) if location.path else None,
        "revision": None,
        "newest_revision": revisions.HEAD,
        "calls": None,
        "spool_bytes": Spool(*location.spools).size(),
        "fault": next((finding.problem for finding in findings if finding.kind in _OF_THE_STORE), None),
    }
    if told["fault"] or (location.path is not None and not told["size_bytes"]):
        return told
    try:
        with closing(Store.open(store, read_only=True)) as kept, kept.reading() as connection:
            told["revision"] = revisions.revision_of(connection)
        with closing(CallLog.open(store, read_only=True)) as log:
            info = log.info()
            told.update(size_bytes=info.size_bytes, calls=info.calls.number)
    except StoreError as error:
        told["fault"] = str(error)
    return told


def _packages() -> list[str]:
    classes = (providers.wire_class(wire) for wire in providers.wires())
    return list(dict.fromkeys(c.sdk.package for c in classes))


def _keys() -> dict[str, bool]:
    variables = dict.fromkeys(v for name in providers.names() for v in providers.row(name).key)
    return {variable: bool(os.environ.get(variable)) for variable in variables}


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.exists() else None
