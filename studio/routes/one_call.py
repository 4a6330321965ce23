"""One call: the conversation, the wire, the params, the timing, its replays, and long texts whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ell2a.errors import CallNotFound
from ell2a.log.views import CallDetail
from ell2a.studio.conversation import text_at
from ell2a.studio.pages.call import conversation_page
from ell2a.studio.pages.call_replays import call_replays_page
from ell2a.studio.pages.params import params_page
from ell2a.studio.pages.text import text_page
from ell2a.studio.pages.timing import timing_page
from ell2a.studio.pages.wire import wire_page
from ell2a.studio.rendering import render
from ell2a.studio.state import Studio, StudioDep

router = APIRouter(prefix="/calls/{call_id}", include_in_schema=False)


@router.get("")
def conversation(
    request: Request, studio: StudioDep, call_id: str, before: Annotated[int | None, Query(ge=0)] = None
) -> Response:
    page = conversation_page(studio.log.call(call_id), before)
    return render(request, studio, page, fragment="_call.html")


@router.get("/wire")
def wire(request: Request, studio: StudioDep, call_id: str) -> Response:
    return render(request, studio, wire_page(studio.log.call(call_id)))


@router.get("/params")
def params(request: Request, studio: StudioDep, call_id: str) -> Response:
    return render(request, studio, params_page(studio.log.call(call_id)))


@router.get("/timing")
def timing(request: Request, studio: StudioDep, call_id: str) -> Response:
    return render(request, studio, timing_page(studio.log.call(call_id)))


@router.get("/replays")
def replays(request: Request, studio: StudioDep, call_id: str) -> Response:
    call = studio.log.call(call_id)
    return render(request, studio, call_replays_page(call, _original(studio, call)))


@router.get("/text")
def text(request: Request, studio: StudioDep, call_id: str, path: str = "") -> Response:
    found = text_at(studio.log.call(call_id).as_json(), path)
    if found is None:
        raise HTTPException(404, f"the call {call_id!r} has no text at {path!r}.")
    return render(request, studio, text_page(call_id, path, found))


def _original(studio: Studio, call: CallDetail) -> CallDetail | None:
    if call.summary.replay_of is None:
        return None
    try:
        return studio.log.call(call.summary.replay_of)
    except CallNotFound:
        # The original may live in another store.
        return None
