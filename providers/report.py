"""The translation report while it is being written, one item a part of the call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ell2a.calls import Action, ReplayChoice, TranslationItem
from ell2a.errors import UnsupportedCapability


class Report:
    """Collects what became of each part of a call.

    A translator says of every part, by its path, what it did. `lost` is for what the wire cannot carry:
    in a user's own call that raises, since there nothing is ever dropped; in a replay's plan it is an item.
    """

    def __init__(self, target: str, *, replay: bool = False) -> None:
        self.target = target
        self.replay = replay
        self.items: list[TranslationItem] = []

    def kept(self, path: str, to: Any = None) -> None:
        """It goes out as it is."""
        self._add(path, "kept", to, None)

    def renamed(self, path: str, to: Any, reason: str | None = None) -> None:
        """The same value under the wire's own name."""
        self._add(path, "renamed", to, reason)

    def converted(self, path: str, to: Any, reason: str) -> None:
        """Another form that means the same, or as near as the wire comes."""
        self._add(path, "converted", to, reason)

    def moved(self, path: str, to: Any, reason: str) -> None:
        """The same value in another place."""
        self._add(path, "moved", to, reason)

    def defaulted(self, path: str, to: Any, reason: str) -> None:
        """Not given, and set because the wire needs it or the model handle says so."""
        self._add(path, "defaulted", to, reason)

    def clamped(self, path: str, to: Any, reason: str) -> None:
        """Cut to the wire's range; replays only."""
        self._replays_only("clamped", path)
        self._add(path, "clamped", to, reason)

    def lost(
        self, path: str, reason: str, *, capability: str, source: str = "the wire", choices: Sequence[ReplayChoice] = ()
    ) -> None:
        """The wire cannot carry it: dropped in a replay, or refused there when there are choices to make; else an error."""
        if not self.replay:
            raise UnsupportedCapability(self.target, capability, asked_by=f"`{path}`", source=source, instead=reason)
        action = "refused" if choices else "dropped"
        said = f"{self.target} does not carry {capability}: {reason}"
        self.items.append(TranslationItem(path=path, action=action, reason=said, choices=list(choices)))

    def _add(self, path: str, action: Action, to: Any, reason: str | None) -> None:
        # Calls are much alike, and an item takes longer to make than all else here.
        plain = to is None or type(to) is str
        self.items.append(_plain(path, action, to, reason) if plain else _item(path, action, to, reason))

    def _replays_only(self, action: str, path: str) -> None:
        if not self.replay:
            raise UnsupportedCapability(self.target, action, asked_by=f"`{path}`", source="the contract")


def _item(path: str, action: Action, to: Any, reason: str | None) -> TranslationItem:
    return TranslationItem(path=path, action=action, to=to, reason=reason)


_plain = lru_cache(maxsize=8192)(_item)
