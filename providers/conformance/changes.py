"""Every universal field of a call, changed one at a time."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from ell2a.calls import Ell2aCall
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import Path, dotted, leaves, replaced

MARK = "zq1changed"
"""What is put behind every changed word: no call has it by itself."""

_NOT_ONE_S_OWN = {
    "type": "another type is another block",
    "role": "another role is another conversation",
    "provider": "the provider is the one that translates",
    "wire": "likewise",
    "blob": "follows from the bytes",
    "finish_reason": "of an answer, not of a request",
    "native": "the wire's own, not universal",
    "raw": "the wire's own, not universal",
    "raw_arguments": "counts only where it says the same as `arguments`",
    "executed_by_provider": "who runs an agent is part of which agent it is",
}
"""Fields that a change of a universal value leaves alone -> why."""

_OTHERS: dict[str, dict[Any, Any]] = {
    "detail": {"low": "high", "high": "low", "auto": "low", "original": "low"},
    "media_type": {
        "image/png": "image/jpeg",
        "image/jpeg": "image/png",
        "audio/wav": "audio/mpeg",
        "audio/mpeg": "audio/wav",
        "application/pdf": "text/plain",
    },
    "kind": {"auto": "none", "none": "auto", "required": "auto", "agent": "agent"},
}
"""Fields of a few values -> another value for each."""


class Place(NamedTuple):
    """A universal field of a call, and what it says."""

    path: Path
    value: Any


class Change(NamedTuple):
    """A call with one field changed."""

    path: str
    call: Ell2aCall
    mark: str | None
    """What must be found in the request; None where a difference is enough."""


def changes(subject: Subject, call: Ell2aCall, *, most: int | None = None) -> Iterator[Change]:
    """A call with each of its universal fields changed, one at a time.

    Of a long call `most` takes that many, always the same ones: a change costs as much as the call is long.
    """
    dumped = call.model_dump(mode="json")
    places = [
        Place(path, value)
        for path, value in leaves(dumped)
        if value != "" and not any(step in _NOT_ONE_S_OWN for step in path) and not _is_untold(subject, dumped, path)
    ]
    if most is not None and len(places) > most:
        places = Random(len(places)).sample(places, most)  # noqa: S311  # a choice that is the same every time
    for place in places:
        yield from _change(dumped, place.path, place.value)
    for i, message in enumerate(dumped["messages"]):
        for j, block in enumerate(message["content"]):
            if len(message["content"]) > 1 and block["type"] == "text":
                yield _without(dumped, ("messages", i, "content"), j)
    for i in range(len(dumped["agents"])):
        if len(dumped["agents"]) > 1 and dumped["agent_choice"] is None:
            yield _without(dumped, ("agents",), i)


def _without(dumped: dict[str, Any], path: Path, at: int) -> Change:
    holder: Any = dumped
    for step in path:
        holder = holder[step]
    rest = [one for n, one in enumerate(holder) if n != at]
    return Change(f"{dotted((*path, at))} (left out)", _call_of(replaced(dumped, path, rest)), None)


def _change(dumped: dict[str, Any], path: Path, value: Any) -> Iterator[Change]:
    name = path[-1]
    if "json_schema" in path or "schema" in path or "input_schema" in path:
        # A schema is changed where any word may stand; another type or name would be another schema.
        new, mark = (f"{value} {MARK}", MARK) if name == "description" else (None, None)
    elif name == "data" and path[0] == "messages" and "arguments" not in path and "value" not in path:
        changed = base64.urlsafe_b64decode(value) + b"zq1"
        new, mark = base64.b64encode(changed).decode(), None
    elif isinstance(name, str) and name in _OTHERS and path[0] != "api_params":
        new, mark = _OTHERS[name].get(value), None
    elif path[0] == "api_params":
        new, mark = _other_value(value), None
    else:
        new, mark = (f"{value}{MARK}", MARK) if isinstance(value, str) else (_other_value(value), None)
    if new is None or new == value:
        return
    made = replaced(dumped, path, new)
    if name == "data" and mark is None:
        holder = made
        for step in path[:-1]:
            holder = holder[step]
        holder["blob"] = None
    yield Change(dotted(path), _call_of(made), mark)


def _call_of(dumped: dict[str, Any]) -> Ell2aCall:
    # As JSON: bytes are base64 there only.
    return Ell2aCall.model_validate_json(json.dumps(dumped))


def _other_value(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}{MARK}" if isinstance(value, str) else None


def _is_untold(subject: Subject, dumped: dict[str, Any], path: Path) -> bool:
    """Whether the author says of a field that the wire has no place for it."""
    holder: Any = dumped
    kinds = []
    for step in path[:-1]:
        holder = holder[step]
        if isinstance(holder, dict):
            kinds.append(holder.get("type"))
    of = (
        "citation"
        if "citations" in path
        else "response_format"
        if path[0] == "response_format"
        else next((kind for kind in reversed(kinds) if isinstance(kind, str)), "message")
    )
    return f"{of}.{path[-1]}" in subject.untold
