"""The tool calls of a streamed choice: which piece belongs to which call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_INNER = {"function": "arguments", "custom": "input"}
"""Kind of call -> the field whose strings are pieces."""


class ToolCallStream:
    """Joins the pieces of tool calls by their index; some servers leave it out, or give 0 to all."""

    def __init__(self) -> None:
        self._calls: list[dict[str, Any]] = []
        self._pieces: list[list[str]] = []
        self._slots: dict[int, int] = {}

    def feed(self, entries: list[Any]) -> Iterator[tuple[int, str | None, str]]:
        """Take in the entries of a delta; give (which call, its name where it is told first, piece of arguments)."""
        for entry in entries:
            if isinstance(entry, dict):
                slot = self._slot(entry)
                name, piece = self._merge(self._calls[slot], entry)
                self._pieces[slot].append(piece)
                yield slot, name, piece

    def whole(self) -> list[dict[str, Any]]:
        """The calls as a whole answer has them."""
        calls = []
        for call, pieces in zip(self._calls, self._pieces, strict=True):
            kind = next((kind for kind in _INNER if isinstance(call.get(kind), dict)), None)
            if kind is None:
                # Of no shape that the wire has: the translator is shown what came.
                calls.append(call)
            else:
                calls.append({"type": kind, **call, kind: {**call[kind], _INNER[kind]: "".join(pieces)}})
        return calls

    def _slot(self, entry: dict[str, Any]) -> int:
        index, id = entry.get("index"), entry.get("id")
        slot = (
            self._slots.get(index) if type(index) is int else (len(self._calls) - 1 if self._calls and not id else None)
        )
        known = self._calls[slot].get("id") if slot is not None else None
        if slot is None or (id and known and id != known and _name_of(entry)):
            # Another id and a name under a known index: a server that counts badly begins another call.
            slot = len(self._calls)
            self._calls.append({})
            self._pieces.append([])
            if type(index) is int:
                self._slots[index] = slot
        return slot

    @staticmethod
    def _merge(call: dict[str, Any], entry: dict[str, Any]) -> tuple[str | None, str]:
        first, piece = None, ""
        for key, value in entry.items():
            if key in _INNER and isinstance(value, dict):
                inner = call[key] = call[key] if isinstance(call.get(key), dict) else {}
                for name, said in value.items():
                    if name == _INNER[key]:
                        piece += said if isinstance(said, str) else ""
                    elif said not in (None, ""):
                        first = said if name == "name" and "name" not in inner and isinstance(said, str) else first
                        inner[name] = said
            elif key != "index" and (value is not None and (value != "" or key not in call)):
                call[key] = value
        return first, piece


def _name_of(entry: dict[str, Any]) -> Any:
    return next((entry[kind].get("name") for kind in _INNER if isinstance(entry.get(kind), dict)), None)
