"""Plans and runs of replays for the pages and the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ell2a import replay
from ell2a.calls import Delta, Ell2aResponse
from ell2a.errors import CallError, Ell2aError, ReplayError, UnknownProvider
from ell2a.log import CallLog
from ell2a.providers import Stream
from ell2a.studio import inspector
from ell2a.studio.pages.providers import KeyState, key_state
from ell2a.studio.pages.replay import Planned, Suggestion
from ell2a.studio.replay_request import TargetAsked

MAX_SUGGESTIONS = 24
_MODELS_EACH = 4


@dataclass(frozen=True, slots=True)
class Ran:
    """A replay that has ended, well or not."""

    call_id: str | None
    """Of the new call; None where it could not be logged."""
    error: str | None


def plan(log: CallLog, call_id: str, asked: TargetAsked) -> replay.Plan:
    """The plan for one target. Raises what `ell2a.replay.plan` raises, and ReplayError for a wire that the target has not."""
    try:
        return replay.plan(call_id, model=asked.model, wire=asked.wire, log=log, changes=asked.changes)
    except UnknownProvider as error:
        # What the address names is there; what is asked of it cannot be.
        raise ReplayError(str(error)) from error


def planned(log: CallLog, call_id: str, asked: TargetAsked) -> Planned:
    """The plan for one target, or why there is none."""
    name = asked.model.partition("/")[0]
    key, wires = None, []
    try:
        key, wires = key_state(inspector.key_of(name)), inspector.wires_of(name)
        told = None if asked.fault else plan(log, call_id, asked).as_json()
    except UnknownProvider as error:
        return Planned(asked, None, str(error), None, ())
    except Ell2aError as error:
        return Planned(asked, None, str(error), key, wires)
    return Planned(asked, told, None, key, wires)


def obstacles(made: replay.Plan) -> list[str]:
    """What keeps a plan from being run: its refused items, and a key that is not there."""
    key = key_state(inspector.key_of(made.provider.name))
    found = [f"`{item.path}` is refused: {item.reason}" for item in made.refused]
    return found + ([] if key.status == "ok" else [f"set `{key.variable}`, and start the studio again"])


def run(made: replay.Plan) -> Ran:
    """Run a plan to its end. A call that fails has ended too: it is in the log with its error. Raises PlanRefused."""
    try:
        answer = made.run()
    except CallError as error:
        return Ran(error.call_id, str(error))
    return Ran(answer.call_id, None)


def stream(made: replay.Plan) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Run a plan and give what comes as it comes: (`delta`, its fields) and at the end (`done`, id and status).

    Where the target does not stream, the end is all there is. Raises PlanRefused before anything is sent.
    """
    streamed = made if made.definition.stream else made.changed(stream=True)
    if not streamed.definition.stream:
        yield "done", done(run(made))
        return
    yield from _rounds(streamed)


def _rounds(made: replay.Plan) -> Iterator[tuple[str, Mapping[str, Any]]]:
    following: replay.Plan | None = made
    response: Ell2aResponse | None = None
    try:
        while following is not None:
            answer = following.run(stream=True)
            if isinstance(answer, Stream):
                yield from (("delta", _delta(d)) for d in answer)
                response = answer.response
            else:
                response = answer
            following = following.next_round(response)
    except CallError as error:
        yield "done", done(Ran(error.call_id, str(error)))
        return
    yield "done", done(Ran(response.call_id if response else None, None))


def done(ran: Ran) -> dict[str, Any]:
    """A replay that has ended, for the API."""
    told = {"id": ran.call_id, "status": "error" if ran.error else "ok"}
    return {**told, "error": ran.error} if ran.error else told


def _delta(delta: Delta) -> dict[str, Any]:
    return {"kind": delta.kind, "text": delta.text, "choice": delta.choice, "block": delta.block, "name": delta.name}


def suggestions(log: CallLog, providers: Sequence[Mapping[str, Any]]) -> list[Suggestion]:
    """Models to replay on: those used lately, then some of each provider that can be called, then of the others."""
    notes = {p["name"]: key_state(p["key"]) for p in providers}
    used = dict.fromkeys((c.provider, c.model) for c in log.calls(limit=100).items)
    found = {f"{p}/{m}": _suggestion(f"{p}/{m}", notes.get(p), "used here") for p, m in used}
    for provider in sorted(providers, key=lambda p: notes[p["name"]].status != "ok"):
        for model in inspector.suggested_models(provider["name"], _MODELS_EACH):
            name = f"{provider['name']}/{model}"
            found.setdefault(name, _suggestion(name, notes[provider["name"]], "ready"))
    return sorted(found.values(), key=lambda s: not s.ready)[:MAX_SUGGESTIONS]


def _suggestion(name: str, key: KeyState | None, ready: str) -> Suggestion:
    if key is None:
        return Suggestion(name, "", ready=False, note="no such provider here")
    is_ready = key.status == "ok"
    return Suggestion(name, "", ready=is_ready, note=ready if is_ready else f"set {key.variable}")
