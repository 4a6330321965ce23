"""What a provider said of its models, snapshot by snapshot, and what refused calls showed: a part of its page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ell2a.studio import formats
from ell2a.studio.capability_words import LABELS

MAX_NAMES = 40
"""Models that one line of a diff names."""
MAX_CHANGED = 60


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One field of a model that differs."""

    model: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """One snapshot, with what it changed."""

    number: int
    taken_at: datetime
    checked_at: datetime
    models: int
    endpoint: str
    added: Sequence[str]
    gone: Sequence[str]
    changed: Sequence[ChangeView]
    more: int
    """Lines that are left out: the JSON has them."""
    is_first: bool


@dataclass(frozen=True, slots=True)
class ObservationView:
    """What one refused call showed."""

    model: str
    kind: str
    what: str
    as_of: str
    words: str
    call_url: str
    counts: bool


@dataclass(frozen=True, slots=True)
class LearnedView:
    """The part of a provider's page that tells what was learnt beyond the shipped table."""

    refresh_url: str
    json_url: str
    snapshots: Sequence[SnapshotView]
    observations: Sequence[ObservationView]
    entry: Sequence[tuple[str, str]]
    """The fields of the model's own entry, as they came."""
    entry_as_of: str


def learned_view(told: Mapping[str, Any], snapshots: Sequence[Mapping[str, Any]], *, wire: str) -> LearnedView:
    """The view of what `inspector.provider_detail` and `inspector.snapshots` told."""
    name = told["name"]
    listed = told["listed"]
    return LearnedView(
        refresh_url=f"/providers/{quote(name)}/refresh?wire={quote(wire)}",
        json_url=f"/api/providers/{quote(name)}/snapshots",
        snapshots=[_snapshot(s) for s in snapshots],
        observations=[_observation(o) for o in told["observations"]],
        entry=[(path, formats.one_line(_text(value), 400)) for path, value in listed["entry"].items()]
        if listed
        else [],
        entry_as_of=listed["as_of"] if listed else "",
    )


def _snapshot(told: Mapping[str, Any]) -> SnapshotView:
    changed = [
        ChangeView(c["model"], f["path"], _side(f, "before", "added"), _side(f, "after", "gone"))
        for c in told["changed"]
        for f in c["fields"]
    ]
    left = max(0, len(told["added"]) - MAX_NAMES) + max(0, len(told["gone"]) - MAX_NAMES)
    return SnapshotView(
        number=told["number"],
        taken_at=datetime.fromisoformat(told["taken_at"]),
        checked_at=datetime.fromisoformat(told["checked_at"]),
        models=told["models"],
        endpoint=told["endpoint"],
        added=told["added"][:MAX_NAMES],
        gone=told["gone"][:MAX_NAMES],
        changed=changed[:MAX_CHANGED],
        more=left + max(0, len(changed) - MAX_CHANGED),
        is_first=told["number"] == 1,
    )


def _side(field: Mapping[str, Any], side: str, absent_if: str) -> str:
    return "not there" if field["kind"] == absent_if else formats.one_line(_text(field[side]), 160)


def _observation(told: Mapping[str, Any]) -> ObservationView:
    what = LABELS.get(told["name"], told["name"]) if told["kind"] == "capability" else told["name"]
    limit = told["value"]
    if limit is not None:
        what = f"{what}: {_text(limit)}" if told["kind"] == "capability" else f"{what} = {_text(limit)}"
    return ObservationView(
        told["model"],
        told["kind"],
        what,
        told["as_of"],
        told["words"],
        f"/calls/{quote(told['call_id'])}",
        told["counts"],
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
