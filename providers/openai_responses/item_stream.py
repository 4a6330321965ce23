"""One item of a streamed answer: its pieces joined, and what of them has been given on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ell2a.calls import Delta, DeltaKind

_PREFIX = "response."
_STATES = ("in_progress", "searching", "completed", "interpreting", "generating", "failed", "compacting")
"""Last words of events that only tell how far an item has come."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A place of an item that is streamed as text."""

    list: str | None
    """The list of parts that the text stands in; None: in the item itself."""
    index: str | None
    """The field of the event that says which part."""
    field: str
    """The field of the part, or of the item, that is the text."""
    part: str | None
    """The type of the part."""
    kind: DeltaKind


_PIECES: Mapping[str, _Pieces] = {
    "output_text": _Pieces("content", "content_index", "text", "output_text", "text"),
    "refusal": _Pieces("content", "content_index", "refusal", "refusal", "refusal"),
    "reasoning_text": _Pieces("content", "content_index", "text", "reasoning_text", "thinking"),
    "reasoning_summary_text": _Pieces("summary", "summary_index", "text", "summary_text", "thinking"),
    "function_call_arguments": _Pieces(None, None, "arguments", None, "agent_call"),
    "mcp_call_arguments": _Pieces(None, None, "arguments", None, "agent_call"),
    "custom_tool_call_input": _Pieces(None, None, "input", None, "agent_call"),
    "code_interpreter_call_code": _Pieces(None, None, "code", None, "other"),
}
"""Name of an event between `response.` and `.delta` or `.done` -> what it is a piece of."""

_PARTS: Mapping[str, tuple[str, str]] = {
    "content_part": ("content", "content_index"),
    "reasoning_part": ("content", "content_index"),
    "reasoning_summary_part": ("summary", "summary_index"),
}
"""Name of an event before `.added` or `.done` -> the list that the part is of, and the field with its place."""


class ItemStream:
    """Takes the events of one item."""

    def __init__(self, at: int) -> None:
        self.item: dict[str, Any] = {}
        """The item so far, as a whole answer would have it."""
        self._at = at
        self._given: dict[tuple[str, int], str] = {}
        """(field, place of the part) -> the text that was given on as deltas."""

    def told(self, item: dict[str, Any], *, whole: bool) -> Iterator[Delta]:
        """The item as an event tells it, begun or whole; gives on what no piece of it told before."""
        self.item = copy.deepcopy(item)
        if whole:
            yield from self._untold()

    def knows(self, kind: str) -> bool:
        """Whether the event is one of an item's."""
        name, _, verb = kind.removeprefix(_PREFIX).rpartition(".")
        if verb in _STATES and name.endswith(("_call", "_list_tools", "compaction")):
            return True
        return name in _PIECES or name in _PARTS or name in _OTHERS

    def feed(self, event: dict[str, Any], kind: str) -> Iterator[Delta]:
        """Take in one event that `knows` says yes to."""
        name, _, verb = kind.removeprefix(_PREFIX).rpartition(".")
        if name in _PIECES:
            yield from self._text(_PIECES[name], event, verb)
        elif name in _PARTS:
            list_name, index = _PARTS[name]
            self._put(list_name, event.get(index), event.get("part"))
        elif verb in _STATES:
            if "status" in self.item:
                self.item["status"] = verb
        else:
            _OTHERS[name](self.item, event, verb)
            if name != _CITED:
                yield Delta("other", "", block=self._at)

    def _text(self, pieces: _Pieces, event: dict[str, Any], verb: str) -> Iterator[Delta]:
        place = event.get(pieces.index) if pieces.index else 0
        said = event.get("delta" if verb == "delta" else pieces.field)
        if not isinstance(said, str) or type(place) is not int:
            return
        holder = self.item if pieces.list is None else self._part(pieces.list, place, pieces)
        if holder is None:
            return
        if verb == "delta":
            holder[pieces.field] = f"{holder.get(pieces.field) or ''}{said}"
            tokens, before = event.get("logprobs"), holder.get("logprobs") or []
            if isinstance(tokens, list) and tokens and isinstance(before, list):
                holder["logprobs"] = [*before, *tokens]
            yield from self._give(pieces, place, said)
        else:
            holder[pieces.field] = said
            yield from self._rest(pieces, place, said)

    def _give(self, pieces: _Pieces, place: int, piece: str) -> Iterator[Delta]:
        key = (pieces.list or "", place)
        before = self._given.get(key)
        self._given[key] = (before or "") + piece
        name = self.item.get("name") if pieces.kind == "agent_call" and before is None else None
        yield Delta(pieces.kind, piece, block=self._at, name=name if isinstance(name, str) else None)

    def _rest(self, pieces: _Pieces, place: int, whole: str) -> Iterator[Delta]:
        """What of a text has not been given on yet."""
        given = self._given.get((pieces.list or "", place))
        if whole.startswith(given or "") and (whole != given if given is not None else bool(whole)):
            yield from self._give(pieces, place, whole[len(given or "") :])

    def _untold(self) -> Iterator[Delta]:
        for pieces in _PIECES.values():
            if pieces.list is None:
                whole = self.item.get(pieces.field)
                if self._is_of(pieces) and isinstance(whole, str):
                    yield from self._rest(pieces, 0, whole)
                continue
            parts = self.item.get(pieces.list)
            for place, part in enumerate(parts if isinstance(parts, list) else ()):
                if (
                    isinstance(part, dict)
                    and part.get("type") == pieces.part
                    and isinstance(part.get(pieces.field), str)
                ):
                    yield from self._rest(pieces, place, part[pieces.field])

    def _is_of(self, pieces: _Pieces) -> bool:
        kinds = {name for name, one in _PIECES.items() if one is pieces}
        return any(name == f"{self.item.get('type')}_{pieces.field}" for name in kinds)

    def _part(self, list_name: str, place: int, pieces: _Pieces) -> dict[str, Any] | None:
        """The part that a piece is of; one that no event announced begins here."""
        parts = self._list(self.item, list_name)
        if place == len(parts):
            parts.append({"type": pieces.part, pieces.field: ""})
        found = parts[place] if 0 <= place < len(parts) else None
        return found if isinstance(found, dict) else None

    def _put(self, list_name: str, place: Any, part: Any) -> None:
        if type(place) is int and isinstance(part, dict):
            _put_at(self._list(self.item, list_name), place, copy.deepcopy(part))

    @staticmethod
    def _list(holder: dict[str, Any], name: str) -> list[Any]:
        if not isinstance(holder.get(name), list):
            holder[name] = []
        found: list[Any] = holder[name]
        return found


def _annotation(item: dict[str, Any], event: dict[str, Any], _: str) -> None:
    parts, place = item.get("content"), event.get("content_index")
    if isinstance(parts, list) and type(place) is int and 0 <= place < len(parts) and isinstance(parts[place], dict):
        found = parts[place].setdefault("annotations", [])
        if isinstance(found, list) and type(event.get("annotation_index")) is int:
            _put_at(found, event["annotation_index"], event.get("annotation"))


def _partial_image(item: dict[str, Any], event: dict[str, Any], _: str) -> None:
    """The last partial image stands for the picture until that comes."""
    if isinstance(event.get("partial_image_b64"), str):
        item["result"] = event["partial_image_b64"]
        item.update({key: event[key] for key in ("background", "output_format", "quality", "size") if key in event})


def _command(item: dict[str, Any], event: dict[str, Any], verb: str) -> None:
    action = item.setdefault("action", {})
    place = event.get("command_index")
    if not isinstance(action, dict) or type(place) is not int:
        return
    commands = action.setdefault("commands", [])
    said = event.get("delta" if verb == "delta" else "command")
    if isinstance(commands, list) and isinstance(said, str):
        before = commands[place] if verb == "delta" and 0 <= place < len(commands) else ""
        _put_at(commands, place, f"{before}{said}")


def _printed(item: dict[str, Any], event: dict[str, Any], verb: str) -> None:
    place = event.get("command_index")
    outputs = item.setdefault("output", [])
    if not isinstance(outputs, list) or type(place) is not int:
        return
    if verb == "done":
        if isinstance(event.get("output"), list):
            item["output"] = copy.deepcopy(event["output"])
        return
    said = event.get("delta")
    if isinstance(said, dict):
        before = outputs[place] if 0 <= place < len(outputs) and isinstance(outputs[place], dict) else {}
        joined = {key: f"{before.get(key) or ''}{piece}" for key, piece in said.items() if isinstance(piece, str)}
        _put_at(outputs, place, {**before, **joined})


_CITED = "output_text.annotation"

_OTHERS: Mapping[str, Callable[[dict[str, Any], dict[str, Any], str], None]] = {
    _CITED: _annotation,
    "image_generation_call": _partial_image,
    "shell_call_command": _command,
    "shell_call_output_content": _printed,
}
"""Name of an event -> what it does to the item."""


def _put_at(entries: list[Any], place: int, entry: Any) -> None:
    if 0 <= place < len(entries):
        entries[place] = entry
    elif place == len(entries):
        entries.append(entry)
