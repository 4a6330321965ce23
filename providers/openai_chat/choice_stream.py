"""One choice of a stream: its pieces, joined as each kind of field wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ell2a.calls import Delta, DeltaKind
from ell2a.providers.openai_chat.executed_tools import FIELD as EXECUTED
from ell2a.providers.openai_chat.reasoning import DETAILS, PLAIN_FIELDS
from ell2a.providers.openai_chat.tool_call_stream import ToolCallStream

_KINDS: dict[str, DeltaKind] = {
    "content": "text",
    **dict.fromkeys(PLAIN_FIELDS, "thinking"),
    "refusal": "refusal",
}
"""Fields whose strings are pieces -> the kind of their deltas."""
_JOINED_IN_DETAILS = ("text", "summary")
_DROPPED = frozenset({"channel"})
"""Fields of a delta that say which piece it is: Groq's `channel` is `analysis` where the piece is of `reasoning`."""


class ChoiceStream:
    """Gathers the deltas of one choice."""

    def __init__(self, index: int) -> None:
        self._index = index
        self._pieces: dict[str, list[str]] = {}
        self._message: dict[str, Any] = {}
        self._whole_message: Any = None
        self._choice: dict[str, Any] = {}
        self._calls = ToolCallStream()
        self._function_call: dict[str, str] = {}
        self._audio: dict[str, Any] = {}
        self._blocks: dict[Any, int] = {}

    @property
    def finished(self) -> bool:
        """The choice has told why it stopped."""
        return self._choice.get("finish_reason") is not None

    def feed(self, choice: dict[str, Any]) -> Iterator[Delta]:
        """Take in one choice of a chunk; give the pieces in it."""
        delta = choice.get("delta")
        if isinstance(delta, dict):
            thinking = False
            for name, value in delta.items():
                if value is None or name in _DROPPED:
                    continue
                kind = _KINDS.get(name)
                if kind is None or not isinstance(value, str):
                    yield from self._other(name, value, thinking=thinking)
                    continue
                self._pieces.setdefault(name, []).append(value)
                # Reasoning that comes in two fields at once is one piece of words.
                if value and not (kind == "thinking" and thinking):
                    thinking = thinking or kind == "thinking"
                    yield self._delta(kind, value, kind)
        for name, value in choice.items():
            if name not in ("delta", "index") and value is not None:
                self._beside(name, value)

    def whole(self, index: int) -> dict[str, Any]:
        """The choice as a whole answer has it."""
        message: dict[str, Any] = {"role": "assistant", "content": None, **self._message}
        message.update({name: "".join(pieces) for name, pieces in self._pieces.items()})
        calls = self._calls.whole()
        if calls:
            message["tool_calls"] = calls
        if self._function_call:
            message["function_call"] = self._function_call
        if self._audio:
            message["audio"] = self._audio
        if isinstance(self._whole_message, dict) and not self._has_content(message):
            message = self._whole_message
        return {"index": index, "finish_reason": None, **self._choice, "message": message}

    @staticmethod
    def _has_content(message: dict[str, Any]) -> bool:
        return any(value for name, value in message.items() if name != "role")

    def _other(self, name: str, value: Any, *, thinking: bool) -> Iterator[Delta]:
        take = _TAKERS.get(name)
        if take is not None and isinstance(value, take[0]):
            for piece in take[1](self, value):
                # The details say again what a plain field of the same chunk said.
                if not (piece.kind == "thinking" and (thinking or self._pieces.keys() & set(PLAIN_FIELDS))):
                    yield piece
        elif isinstance(value, list):
            self._message[name] = [*_list(self._message.get(name)), *value]
        elif name != "role" or value:
            self._message[name] = value

    def _beside(self, name: str, value: Any) -> None:
        known = self._choice.get(name)
        if name == "message":
            self._whole_message = value
        elif name == "logprobs" and isinstance(value, dict):
            self._choice[name] = _logprobs(known, value)
        elif isinstance(value, dict) and isinstance(known, dict):
            self._choice[name] = {**known, **value}
        elif name == "token_ids" and isinstance(value, list):
            self._choice[name] = [*_list(known), *value]
        elif value != "" or known is None:
            self._choice[name] = value

    def tool_calls(self, entries: list[Any]) -> Iterator[Delta]:
        for slot, agent, piece in self._calls.feed(entries):
            if agent is not None or piece:
                yield self._delta("agent_call", piece, ("call", slot), agent)

    def function_call(self, value: dict[str, Any]) -> Iterator[Delta]:
        name, piece = value.get("name"), value.get("arguments")
        fresh = isinstance(name, str) and bool(name) and "name" not in self._function_call
        if fresh:
            self._function_call["name"] = str(name)
        if isinstance(piece, str):
            self._function_call["arguments"] = self._function_call.get("arguments", "") + piece
        if fresh or piece:
            yield self._delta("agent_call", str(piece or ""), "function_call", str(name) if fresh else None)

    def audio(self, value: dict[str, Any]) -> Iterator[Delta]:
        for name, inner in value.items():
            if name in ("data", "transcript") and isinstance(inner, str):
                self._audio[name] = _text(self._audio.get(name)) + inner
            elif inner is not None:
                self._audio[name] = inner
        if isinstance(value.get("transcript"), str) and value["transcript"]:
            yield self._delta("audio", value["transcript"], "audio")

    def details(self, entries: list[Any]) -> Iterator[Delta]:
        """Join the entries to those before: one of the same index and type goes on."""
        gathered = self._message[DETAILS] = _list(self._message.get(DETAILS))
        words = ""
        for entry in entries:
            last = gathered[-1] if gathered else None
            if not isinstance(entry, dict) or not isinstance(last, dict) or not _goes_on(last, entry):
                gathered.append(dict(entry) if isinstance(entry, dict) else entry)
            else:
                for name, value in entry.items():
                    if name in _JOINED_IN_DETAILS and isinstance(value, str):
                        last[name] = _text(last.get(name)) + value
                    elif value is not None:
                        last[name] = value
            if isinstance(entry, dict):
                words += "".join(v for v in map(entry.get, _JOINED_IN_DETAILS) if isinstance(v, str))
        if words:
            yield self._delta("thinking", words, "thinking")

    def executed_tools(self, entries: list[Any]) -> Iterator[Delta]:
        """Entries that come again, fuller, under the same index."""
        gathered = self._message[EXECUTED] = _list(self._message.get(EXECUTED))
        for entry in entries:
            same = next((g for g in gathered if _same_index(g, entry)), None)
            if same is None:
                gathered.append(dict(entry) if isinstance(entry, dict) else entry)
            else:
                same.update({k: v for k, v in entry.items() if v is not None})
        return iter(())

    def _delta(self, kind: DeltaKind, text: str, block: Any, name: str | None = None) -> Delta:
        return Delta(kind, text, self._index, self._blocks.setdefault(block, len(self._blocks)), name)


_TAKERS: dict[str, tuple[type, Callable[[ChoiceStream, Any], Iterator[Delta]]]] = {
    "tool_calls": (list, ChoiceStream.tool_calls),
    "function_call": (dict, ChoiceStream.function_call),
    "audio": (dict, ChoiceStream.audio),
    DETAILS: (list, ChoiceStream.details),
    EXECUTED: (list, ChoiceStream.executed_tools),
}
"""Field of a delta -> the type it has, and what takes it in."""


def _list(known: Any) -> list[Any]:
    return known if isinstance(known, list) else []


def _text(known: Any) -> str:
    return known if isinstance(known, str) else ""


def _goes_on(last: dict[str, Any], entry: dict[str, Any]) -> bool:
    same = all(last.get(k) == entry.get(k) for k in ("index", "type"))
    # Encrypted reasoning comes whole: a second one is another.
    return same and not ("data" in entry and "data" in last)


def _same_index(one: Any, other: Any) -> bool:
    return isinstance(one, dict) and isinstance(other, dict) and one.get("index") == other.get("index")


def _logprobs(known: Any, value: dict[str, Any]) -> dict[str, Any]:
    joined = dict(known) if isinstance(known, dict) else {}
    for name, tokens in value.items():
        if isinstance(tokens, list) and isinstance(joined.get(name), list):
            joined[name] = joined[name] + tokens
        elif tokens is not None or name not in joined:
            joined[name] = tokens
    return joined
