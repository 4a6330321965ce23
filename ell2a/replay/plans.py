"""A plan: what a replay would do, as plain values, and the way to do it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ell2a.calls import CallObserver, Ell2aCall, Ell2aResponse, ResponseFormat, TranslationItem
from ell2a.errors import PlanRefused, ReplayError
from ell2a.messages import Message
from ell2a.place import calling_place
from ell2a.providers.call_path import UNOBSERVED
from ell2a.providers.definition import Definition
from ell2a.providers.provider import Provider
from ell2a.providers.report import Report
from ell2a.providers.streams import AsyncStream, Stream
from ell2a.replay.changes import merge_changes
from ell2a.replay.estimate import EstimatedCost
from ell2a.replay.observing import ReplayObserver
from ell2a.replay.recorded import RecordedResults
from ell2a.settings import settings
from ell2a.verbose import VerboseObserver

if TYPE_CHECKING:
    from ell2a.log import CallLog

MOST_ROUNDS = 10
"""How often a replay goes on with recorded results of agents: a model that calls the same one again and again is stopped."""


@dataclass(frozen=True)
class Plan:
    """The replay of a call on a target, told part by part. Nothing is sent before `run`."""

    call: Ell2aCall
    """The original with the edits of the changes: its leaves are what `items` account for."""
    provider: Provider
    model: str
    items: Sequence[TranslationItem]
    """One for every leaf of the call, in its order, then one for each param that is set by default or by a change."""
    request: Mapping[str, Any]
    """The native request: the JSON body that `run` sends. Refused parts are not in it."""
    estimated_cost: EstimatedCost | None
    """None where the original's tokens or the target's prices are not known, or the messages are others."""
    changes: Mapping[str, Any]
    """As they were given."""
    call_id: str | None
    """The original in the log."""
    messages: Sequence[Message] = field(repr=False)
    """As they go to the target's translator."""
    definition: Definition = field(repr=False)
    again: Callable[[Mapping[str, Any]], Plan] = field(repr=False)
    """Makes the same plan with other changes."""
    log: CallLog | Callable[[], CallLog | None] | None = field(default=None, repr=False)
    checked_here: ResponseFormat | None = None
    """What the answer is checked against here, where the JSON is asked for in words."""
    recorded: RecordedResults | None = None
    """What agents are answered with; None: a replay stops where one is called."""
    round: int = 1
    """Counted from 1; more than 1 for the continuation of a replay with recorded results."""

    @property
    def target(self) -> str:
        """`provider/model`."""
        return f"{self.provider.name}/{self.model}"

    @property
    def wire(self) -> str:
        """The wire that it goes out on."""
        return self.provider.wire

    @property
    def refused(self) -> list[TranslationItem]:
        """The items that somebody has to choose about before the plan can be run."""
        return [item for item in self.items if item.action == "refused"]

    @property
    def runnable(self) -> bool:
        """Whether nothing is refused."""
        return not self.refused

    def as_json(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "target": self.target,
            "wire": self.wire,
            "runnable": self.runnable,
            "items": [item.model_dump(mode="json") for item in self.items],
            "request": dict(self.request),
            "estimated_cost": None if self.estimated_cost is None else self.estimated_cost.as_json(),
        }

    def changed(self, **changes: Any) -> Plan:
        """The plan with more changes. `drop` lists add up; of any other change the last counts.

        A choice is made so: `plan.changed(**plan.refused[0].choices[0].changes)`.
        """
        return self.again(merge_changes(self.changes, changes))

    # --- running ---

    def run(self, *, stream: bool = False) -> Ell2aResponse | Stream:
        """Send the request and log a new call as a replay of the original.

        Gives the response; with `stream=True` the stream, for which the plan is made anew with `stream` on where it
        is off. An agent is never run: where the model calls one the replay stops, and `metadata.other["replay"]`
        says so; with the change `answer_agents_from_record` it goes on with recorded results while there are any
        (a stream is of the first round: `next_round` gives the next). Raises PlanRefused where the plan is not
        runnable, CallError where the call fails.
        """
        if stream and not self.definition.stream:
            return self._streamed().run(stream=True)
        self._check_runnable()
        answer = self.provider.call_model(
            messages=list(self.messages), observer=self._observer(), definition=self.definition
        )
        if stream:
            return answer
        response = answer.response if isinstance(answer, Stream) else answer
        following = self.next_round(response)
        return response if following is None else following.run()

    async def arun(self, *, stream: bool = False) -> Ell2aResponse | AsyncStream:
        """`run`, awaited, with an asynchronous client."""
        if stream and not self.definition.stream:
            return await self._streamed().arun(stream=True)
        self._check_runnable()
        answer = await self.provider.acall_model(
            messages=list(self.messages), observer=self._observer(), definition=self.definition
        )
        if stream:
            return answer
        response = await answer.finish() if isinstance(answer, AsyncStream) else answer
        following = self.next_round(response)
        return response if following is None else await following.arun()

    def next_round(self, response: Ell2aResponse) -> Plan | None:
        """The plan that goes on with recorded results of the agents that the response calls; None where it stops."""
        results = self.recorded.answer(response.message) if self.recorded is not None else None
        if results is None or self.round >= MOST_ROUNDS:
            return None
        messages = [*self.messages, response.message, results]
        call = self.definition.call(messages)
        request = self.provider.translate_ell2a_to_provider(call, Report(self.target, replay=True))
        return dataclasses.replace(self, messages=messages, request=request, round=self.round + 1)

    def stop_of(self, response: Ell2aResponse) -> dict[str, Any] | None:
        """Why a replay stops at a response that calls agents, for its metadata; None where it goes on or is over."""
        called = list(dict.fromkeys(call.name for call in response.agent_calls))
        if not called or self.next_round(response) is not None:
            return None
        if self.recorded is None:
            why = "a replay runs no agents"
        elif self.round >= MOST_ROUNDS:
            why = f"after {MOST_ROUNDS} rounds of recorded results it goes no further"
        else:
            missing = ", ".join(dict.fromkeys(self.recorded.missing(response.message)))
            why = f"no result of {missing} with these arguments is on record, and a replay runs no agents"
        return {"stopped_at": called, "why": why}

    def _streamed(self) -> Plan:
        streamed = self.changed(stream=True)
        if not streamed.definition.stream:
            why = next((item.reason for item in streamed.items if item.path == "stream"), None)
            raise ReplayError(f"{self.target} does not stream: {why}. Run the plan without `stream=True`.")
        return streamed

    def _check_runnable(self) -> None:
        refused = self.refused
        if not refused:
            return
        lines = []
        for item in refused:
            choices = "; ".join(f"{choice.label}: {dict(choice.changes)}" for choice in item.choices)
            lines.append(f"\n  - `{item.path}`: {item.reason}. Choose: {choices or 'another target'}")
        raise PlanRefused(
            f"the plan for {self.target} cannot be run before you choose: put one of the changes into "
            f"`plan.changed(...)`.{''.join(lines)}",
            refused,
        )

    def _observer(self) -> CallObserver:
        log = self.log() if callable(self.log) else self.log
        observer: CallObserver = UNOBSERVED
        if log is not None:
            observer = log.observer(lmp=None, place=calling_place(), replay_of=self.call_id)
        observer = ReplayObserver(observer, self.items, self.checked_here, self.stop_of)
        return VerboseObserver(observer, title=f"replay on {self.target}") if settings().verbose else observer
