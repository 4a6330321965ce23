"""How providers fared under the seven laws when they were last checked: one small file each in the user's state folder.

`ell2a-studio providers check` writes them, the inspector shows them. Neither hypothesis nor pytest is needed to read them.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from platformdirs import user_state_path

from ell2a.providers.provider import Provider
from ell2a.providers.sdk import installed_version

_FORM = 1
"""The form of the files; one of another form is not read."""


@dataclass(frozen=True, slots=True)
class LawRecord:
    """The last check of a provider on a wire."""

    checked_at: str
    """ISO 8601, UTC."""
    ell2a: str
    """The version that was checked."""
    sdk: str
    """Package and version that it was checked with."""
    result: Mapping[str, Any]
    """What `ell2a-studio providers check --json` gave: `held`, `seconds`, and of each of `laws` whether it was held."""

    @property
    def kept_laws(self) -> int:
        """How many laws are kept."""
        return sum(bool(law["held"]) for law in self.result["laws"])

    def outdated(self, provider: Provider) -> str | None:
        """What was another when it was checked; None where nothing was."""
        now = {"ell2a": version("ell2a"), "sdk": sdk_of(provider)}
        then = {"ell2a": self.ell2a, "sdk": self.sdk}
        return next(
            (f"checked with {_named(k, then[k])}, here is {_named(k, now[k])}" for k in now if now[k] != then[k]), None
        )


def command_for(provider: Provider) -> str:
    """The command that checks a provider on its wire."""
    first = next(iter(provider.row.wires), None)
    return f"ell2a-studio providers check {provider.name}" + (
        f" --wire {provider.wire}" if provider.wire != first else ""
    )


def told_of(provider: Provider) -> dict[str, Any]:
    """What the inspector shows of a provider and the laws, as plain JSON values; `checked_at` is None where it never was checked."""
    record = last(provider.name, provider.wire)
    told: dict[str, Any] = {
        "command": command_for(provider),
        "checked_at": None,
        "laws": [],
        "kept": None,
        "outdated": None,
    }
    if record is None:
        return told
    laws = [{key: law[key] for key in ("law", "name", "held", "cases")} for law in record.result["laws"]]
    for law, whole in zip(laws, record.result["laws"], strict=True):
        law["broken_at"] = whole["broken"]["path"] if whole["broken"] else None
    return told | {
        "checked_at": record.checked_at,
        "ell2a": record.ell2a,
        "sdk": record.sdk,
        "laws": laws,
        "kept": record.kept_laws,
        "outdated": record.outdated(provider),
    }


def last(name: str, wire: str) -> LawRecord | None:
    """The last check of a provider on a wire; None where there is none that can be read."""
    try:
        found = json.loads(_path(name, wire).read_text(encoding="utf-8"))
        if found["form"] != _FORM:
            return None
        made = LawRecord(found["checked_at"], found["ell2a"], found["sdk"], found["result"])
        _ = made.kept_laws
    except (OSError, ValueError, KeyError, TypeError):
        # Gone, or written by somebody else: as if it had never been checked, which the next check mends.
        return None
    return made


def keep(provider: Provider, result: Mapping[str, Any]) -> Path:
    """Keep the result of a check, in the place of the last one. Raises OSError."""
    path = _path(provider.name, provider.wire)
    path.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    record = {"form": _FORM, "checked_at": now, "ell2a": version("ell2a"), "sdk": sdk_of(provider), "result": result}
    # Whole or not at all: somebody may be reading it.
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=1)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return path


def sdk_of(provider: Provider) -> str:
    """A provider's SDK, as `openai 3.54.0`."""
    package = provider.sdk.package
    return f"{package} {installed_version(package) or '(not installed)'}"


def _named(kind: str, told: str) -> str:
    return f"ell2a {told}" if kind == "ell2a" else told


def _path(name: str, wire: str) -> Path:
    folder = user_state_path("ell2a", appauthor=False) / "laws"
    return folder / f"{quote(name, safe='')}.{quote(wire, safe='')}.json"
