"""What the address or the form of the replay page asks for: targets, each with its wire and its changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pydantic_core

from ell2a.messages import compact_json
from ell2a.replay import merge_changes

MAX_TARGETS = 4


@dataclass(frozen=True, slots=True)
class TargetAsked:
    """One target as it is asked for."""

    model: str
    """`provider/model`."""
    wire: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    changes_text: str | None = None
    """The changes as they were typed, where they are no JSON object."""

    @property
    def fault(self) -> str | None:
        """Why the changes cannot be read."""
        return None if self.changes_text is None else 'the changes are no JSON object, such as {"max_tokens": 500}'


def targets_asked(fields: Iterable[tuple[str, str]]) -> list[TargetAsked]:
    """The targets in the fields of an address or form.

    `to` says `provider/model`, once a target; `wire.N` its wire, `changes.N` its changes as a JSON object, and each
    `choice.N.K` further changes that a way out of a refused item makes. N counts the `to` from 0. Equal targets are one.
    """
    given = list(fields)
    models = [value.strip() for name, value in given if name == "to"]
    found: dict[tuple[str, str | None, str], TargetAsked] = {}
    for index, model in enumerate(models):
        if model:
            asked = _target(model, index, given)
            found.setdefault((model, asked.wire, compact_json(asked.changes)), asked)
    return list(found.values())[:MAX_TARGETS]


def replay_url(call_id: str, targets: Sequence[TargetAsked]) -> str:
    """The address of the replay page with these targets."""
    query: list[tuple[str, str]] = []
    for index, target in enumerate(targets):
        query.append(("to", target.model))
        if target.wire:
            query.append((f"wire.{index}", target.wire))
        if target.changes:
            query.append((f"changes.{index}", compact_json(target.changes)))
    return f"/calls/{quote(call_id)}/replay" + (f"?{urlencode(query)}" if query else "")


def _target(model: str, index: int, given: Sequence[tuple[str, str]]) -> TargetAsked:
    wire = next((v for n, v in given if n == f"wire.{index}" and v), None)
    text = next((v for n, v in given if n == f"changes.{index}" and v.strip()), "{}")
    changes = _object(text)
    if changes is None:
        return TargetAsked(model, wire, changes_text=text)
    for name, value in given:
        chosen = _object(value) if re.fullmatch(rf"choice\.{index}\.\d+", name) else None
        if chosen:
            changes = merge_changes(changes, chosen)
    return TargetAsked(model, wire, changes)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = pydantic_core.from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
