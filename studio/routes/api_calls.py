"""The JSON twins of the calls and of replays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import pydantic_core
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from ell2a.calls import CallStatus
from ell2a.errors import PlanRefused
from ell2a.log import CallFilter
from ell2a.studio import replaying
from ell2a.studio.json_answer import json_answer, page_json
from ell2a.studio.problems import Problem
from ell2a.studio.replay_request import TargetAsked
from ell2a.studio.state import StudioDep

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}, "description": words}
    for status, words in {404: "There is no such thing.", 422: "The request cannot be read."}.items()
}

router = APIRouter(prefix="/api/calls", tags=["calls"], responses=PROBLEMS)


class CallList(BaseModel):
    """One page of calls, newest first."""

    items: list[dict[str, Any]] = Field(description="The fields of `ell2a.log.CallSummary`, `lmp` as in a whole call.")
    next: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class WholeCall(BaseModel):
    """One call. See the reference of the JSON forms for what is in each field."""

    id: str
    status: CallStatus
    provider: str
    wire: str
    model: str
    lmp: dict[str, Any] | None
    messages: list[dict[str, Any]]
    agents: list[dict[str, Any]]
    agent_choice: dict[str, Any] | None
    response_format: dict[str, Any] | None
    stream: bool
    api_params: dict[str, Any]
    response: dict[str, Any] | None
    metadata: dict[str, Any]
    request: dict[str, Any]
    response_raw: Any
    translation: list[dict[str, Any]]
    error: dict[str, Any] | None
    place: str | None
    replay_of: str | None
    replays: list[str]


class ReplayBody(BaseModel):
    """Where a call is to be replayed, and what is to be different."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(min_length=1, max_length=300, description="`provider/model`.")
    wire: str | None = Field(default=None, description="One that the provider speaks; without it, the one that fits.")
    changes: dict[str, Any] = Field(
        default_factory=dict, description="See `ell2a.replay.CHANGES`, and params of the target."
    )

    def asked(self) -> TargetAsked:
        """As the replay page has it."""
        return TargetAsked(self.model, self.wire, self.changes)


class PlanTold(BaseModel):
    """The translation report for a target, with the exact request. Nothing was sent."""

    target: str
    wire: str
    runnable: bool
    items: list[dict[str, Any]]
    request: dict[str, Any]
    estimated_cost: dict[str, Any] | None


class NewCall(BaseModel):
    """The replay, which has ended: well, or with an error that is in the log."""

    id: str | None
    status: str
    error: str | None = None


@router.get("", response_model=CallList)
def calls(
    studio: StudioDep,
    q: Annotated[str, Query(max_length=2000, description="The filter grammar, plain words included.")] = "",
    provider: str | None = None,
    model: str | None = None,
    status: CallStatus | None = None,
    since: Annotated[datetime | None, Query(description="Started at this time or later; ISO 8601.")] = None,
    until: Annotated[datetime | None, Query(description="Started before this time; ISO 8601.")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """Calls, newest first. A term of `q` that cannot be read is left out; the others apply."""
    asked = CallFilter(q=q, provider=provider, model=model, status=status, since=since, until=until)
    return json_answer(page_json(studio.log.calls(asked, cursor=cursor, limit=limit)))


@router.get("/{call_id}", response_model=WholeCall)
def call(studio: StudioDep, call_id: str) -> Response:
    """One call, whole."""
    return json_answer(studio.log.call(call_id).as_json())


@router.post("/{call_id}/replay/plan", response_model=PlanTold)
def plan(studio: StudioDep, call_id: str, body: ReplayBody) -> Response:
    """What a replay would do, part by part. Nothing is sent."""
    return json_answer(replaying.plan(studio.log, call_id, body.asked()).as_json())


@router.post(
    "/{call_id}/replay",
    response_model=NewCall,
    responses={
        409: {"model": Problem, "description": "The plan has refused items: choose first."},
        200: {
            "content": {"text/event-stream": {}},
            "description": "The new call; or events `delta` and at last `done`.",
        },
    },
)
def run(request: Request, studio: StudioDep, call_id: str, body: ReplayBody) -> Response:
    """Run a replay and log it as a new call. As an event stream where that is what the client accepts."""
    made = replaying.plan(studio.log, call_id, body.asked())
    if not made.runnable:
        refused = "; ".join(f"{item.path}: {item.reason}" for item in made.refused)
        raise PlanRefused(f"the plan cannot be run before you choose: {refused}", made.refused)
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(_events(made), media_type="text/event-stream")
    return json_answer(replaying.done(replaying.run(made)))


def _events(made: Any) -> Iterator[bytes]:
    for name, fields in replaying.stream(made):
        yield b"event: " + name.encode() + b"\ndata: " + pydantic_core.to_json(fields) + b"\n\n"
