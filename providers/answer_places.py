"""Where a JSON answer has its parts, and what is read from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ell2a.calls import Usage
from ell2a.messages import FinishKind, FinishReason


@dataclass(frozen=True, slots=True)
class AnswerPlaces:
    """The paths of an answer's parts, as `message` or `choices.0.message`; None where the wire does not tell it."""

    message: str
    finish_reason: str
    finish_kinds: Mapping[str, FinishKind]
    """The wire's word -> ours. A word that is not here is `other`."""
    piece: str | None = None
    """The message's place in an event of a stream, where it is another: `choices.0.delta`."""
    model: str | None = "model"
    id: str | None = None
    input_tokens: str | None = None
    """It counts those read from a cache too."""
    output_tokens: str | None = None
    """It counts those of reasoning too."""
    silent: Mapping[str, str] = field(default_factory=dict)
    """Leaves that say nothing -> why, as `done`: all others that are read nowhere go to `metadata.other`."""

    def finish_in(self, body: Any, *, calls_agents: bool) -> FinishReason:
        """Why an answer ended."""
        raw = value_at(body, self.finish_reason)
        kind = self.finish_kinds.get(raw, "other") if isinstance(raw, str) else "other"
        if kind == "stop" and calls_agents:
            kind = "agent_calls"
        return FinishReason(unified=kind, raw=None if raw is None else str(raw))

    def usage_in(self, body: Any) -> Usage | None:
        """What an answer cost; None where it does not say."""
        places = {"input_tokens": self.input_tokens, "output_tokens": self.output_tokens}
        found = {name: value_at(body, place) for name, place in places.items() if place}
        # A bool is an int to Python, and no count.
        counts = {name: count for name, count in found.items() if type(count) is int and count >= 0}
        raw = {place: counts[name] for name, place in places.items() if place and name in counts}
        return Usage(**counts, raw=raw) if counts else None

    def words_at(self, body: Any, place: str | None) -> str | None:
        """The string at a place; None where there is none."""
        value = value_at(body, place) if place else None
        return value if isinstance(value, str) and value else None

    def rest_of(self, body: Any) -> dict[str, Any]:
        """What of an answer is read nowhere else: it is for `metadata.other`, each under its first key."""
        usage = self.usage_in(body)
        read = {self.message, self.finish_reason, *self.silent, *(usage.raw if usage and usage.raw else ())}
        read |= {place for place in (self.model, self.id) if self.words_at(body, place)}
        return without(body, read) if isinstance(body, dict) else {"body": body}


def value_at(body: Any, place: str) -> Any:
    """What stands at a path; None where nothing does."""
    for step in place.split("."):
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        elif isinstance(body, dict):
            body = body.get(step)
        else:
            return None
    return body


def without(body: Any, places: set[str], at: str = "") -> Any:
    """A copy of a body without some places, and without what is empty after that."""
    steps = body.items() if isinstance(body, dict) else enumerate(body)
    kept = {}
    for step, value in steps:
        here = f"{at}{step}"
        if here in places:
            continue
        rest = without(value, places, f"{here}.") if isinstance(value, dict | list) else value
        if rest is not None and rest not in ({}, []):
            kept[step] = rest
    return kept if isinstance(body, dict) else list(kept.values())


def put_at(body: Any, place: str, value: Any) -> None:
    """Write a value at a path, through objects and lists that are made where they are missing."""
    first, _, rest = place.partition(".")
    step: Any = int(first) if isinstance(body, list) else first
    if isinstance(body, list):
        body.extend({} for _ in range(len(body), step + 1))
    if not rest:
        body[step] = value
        return
    there = body.get(step) if isinstance(body, dict) else body[step]
    if not isinstance(there, dict | list):
        body[step] = [] if rest.partition(".")[0].isdigit() else {}
    put_at(body[step], rest, value)
