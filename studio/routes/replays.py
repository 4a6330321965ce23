"""The replay of a call: the plans, and their runs."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from ell2a.errors import PlanRefused
from ell2a.studio import inspector, replaying
from ell2a.studio.pages.call_head import compare_url
from ell2a.studio.pages.replay import replay_page
from ell2a.studio.rendering import render
from ell2a.studio.replay_request import targets_asked
from ell2a.studio.state import Studio, StudioDep

router = APIRouter(include_in_schema=False)


@router.get("/calls/{call_id}/replay")
def plans(request: Request, studio: StudioDep, call_id: str) -> Response:
    """The plans for the targets in the address. Nothing is sent."""
    call = studio.log.call(call_id)
    planned = [
        replaying.planned(studio.log, call_id, asked) for asked in targets_asked(request.query_params.multi_items())
    ]
    suggestions = replaying.suggestions(studio.log, inspector.provider_list())
    return render(request, studio, replay_page(call, planned, suggestions), fragment="_replay.html")


@router.post("/calls/{call_id}/replay")
async def run(request: Request, studio: StudioDep, call_id: str) -> Response:
    """Run what the form asks for, then show original and replays side by side."""
    body = (await request.body()).decode("utf-8", "replace")
    fields = parse_qsl(body, keep_blank_values=True, max_num_fields=500)
    return await run_in_threadpool(_run, studio, call_id, fields)


def _run(studio: Studio, call_id: str, fields: list[tuple[str, str]]) -> Response:
    studio.log.call(call_id)
    asked = targets_asked(fields)
    chosen = dict(fields).get("run", "all")
    if chosen != "all":
        asked = [a for i, a in enumerate(asked) if str(i) == chosen]
    if not asked:
        raise HTTPException(422, "no target was chosen: name one as provider/model.")
    ready = []
    faults = []
    for target in asked:
        if target.fault:
            faults.append(f"{target.model}: {target.fault}")
            continue
        plan = replaying.plan(studio.log, call_id, target)
        missing = replaying.obstacles(plan)
        ready += [] if missing else [plan]
        faults += [f"{target.model}: {fault}" for fault in missing]
    if not ready:
        raise PlanRefused("Nothing was sent: no plan can be run.\n" + "\n".join(faults))
    ran = [replaying.run(plan) for plan in ready]
    ids = [r.call_id for r in ran if r.call_id]
    if not ids:
        raise HTTPException(502, "\n".join(r.error or "the call was not logged" for r in ran))
    return RedirectResponse(compare_url([call_id, *ids]), status_code=303)
