"""What became of one param on its way to another target, while that is being worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ell2a.calls import Action, ReplayChoice, TranslationItem

_LOST = ("dropped", "refused")


@dataclass
class ParamEntry:
    """One thing that a param of the original says, and what it becomes. A param may say several."""

    source: str
    """The param of the original."""
    action: Action
    name: str | None = None
    """The target's param; None where it is lost."""
    value: Any = None
    reason: str | None = None
    universal: str | None = None
    beside: Mapping[str, Any] = field(default_factory=dict)
    """What goes out beside it, so that it has its effect."""
    choices: list[ReplayChoice] = field(default_factory=list)

    @property
    def lost(self) -> bool:
        """Whether nothing of it goes out."""
        return self.action in _LOST

    def drop(self, reason: str) -> None:
        """It does not go out after all."""
        self.action, self.reason, self.name, self.value, self.beside = "dropped", reason, None, None, {}


def item_of(source: str, entries: Sequence[ParamEntry]) -> TranslationItem:
    """The one item of a param: where it says several things, all that became of them."""
    path = f"api_params.{source}"
    carried = [e for e in entries if not e.lost]
    choices = [c for e in entries for c in e.choices]
    reasons = "; ".join(dict.fromkeys(e.reason for e in entries if e.reason)) or None
    if not carried:
        action: Action = "refused" if any(e.action == "refused" for e in entries) else "dropped"
        return TranslationItem(path=path, action=action, reason=reasons, choices=choices)
    action = carried[0].action if len(entries) == 1 else "converted"
    if action == "kept":
        return TranslationItem(path=path, action=action, reason=reasons, to=carried[0].name)
    to = {name: value for e in carried for name, value in ((e.name, e.value), *e.beside.items()) if name}
    return TranslationItem(path=path, action=action, reason=reasons, to=to)
