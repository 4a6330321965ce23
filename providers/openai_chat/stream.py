"""A stream, chunk by chunk, into the JSON that the same answer would have had whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.calls import Delta
from ell2a.providers.openai_chat.choice_stream import ChoiceStream

_DROPPED = frozenset({"object", "obfuscation", "stream_options", "choices"})
"""Fields of a chunk that a whole answer has not, or otherwise."""
_FIRST = frozenset({"id", "created", "model"})
"""Fields that the first chunk to have them settles: Azure sends them empty first, Groq's compound another id each time."""


class ChatAccumulator:
    """Takes chunks in any state that real servers send them in; see `ell2a.providers.Accumulator`."""

    def __init__(self) -> None:
        self.error: Any = None
        self.done = False
        """`[DONE]` came; or, since some servers never send it, every choice has told why it stopped."""
        self._body: dict[str, Any] = {}
        self._ended = False
        self._choices: dict[int, ChoiceStream] = {}

    def feed(self, event: Any) -> Iterator[Delta]:
        """Take in one chunk; give the pieces in it."""
        if not isinstance(event, dict):
            self.error = self.error or {"message": f"an event is {type(event).__name__}, not an object"}
            return
        if event.get("type") == "[DONE]":
            self.done = self._ended = True
            return
        if event.get("error") is not None:
            self.error = event
            self._body["error"] = event["error"]
        if "choices" in event or self.error is None:
            yield from self._chunk(event)

    def _chunk(self, event: dict[str, Any]) -> Iterator[Delta]:
        choices = event.get("choices")
        for at, choice in enumerate(choices if isinstance(choices, list) else ()):
            if isinstance(choice, dict):
                yield from self._choice(choice, at).feed(choice)
        for name, value in event.items():
            if name not in _DROPPED and value is not None:
                self._take(name, value)
        self.done = self._ended or (bool(self._choices) and all(c.finished for c in self._choices.values()))

    def response(self) -> dict[str, Any]:
        """The answer so far."""
        body = {"object": "chat.completion", **self._body}
        groq = body.get("x_groq")
        if isinstance(groq, dict):
            # A whole answer of Groq's has these at the top.
            for name in ("usage", "usage_breakdown"):
                if name in groq:
                    body.setdefault(name, groq[name])
            body["x_groq"] = {k: v for k, v in groq.items() if k not in ("usage", "usage_breakdown")}
        body["choices"] = [self._choices[index].whole(index) for index in sorted(self._choices)]
        return body

    def _choice(self, choice: dict[str, Any], at: int) -> ChoiceStream:
        index = choice.get("index")
        return self._choices.setdefault(
            index if type(index) is int else at, ChoiceStream(index if type(index) is int else at)
        )

    def _take(self, name: str, value: Any) -> None:
        known = self._body.get(name)
        if name in _FIRST:
            self._body[name] = known or value
        elif isinstance(value, dict) and isinstance(known, dict) and name != "usage":
            self._body[name] = {**known, **value}
        else:
            self._body[name] = value
