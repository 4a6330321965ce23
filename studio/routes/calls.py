"""The list of calls, the list of replays, what has come since, and calls side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from ell2a.log import CallFilter, CallLog
from ell2a.log.views import Bucket
from ell2a.studio import formats, inspector
from ell2a.studio.filter_text import ListState, asks_for, with_params, without_key
from ell2a.studio.pages.calls import BUCKETS, FACETS, EmptyPage, Listed, calls_page, reading, span_of
from ell2a.studio.pages.compare_calls import MAX_CALLS, MIN_CALLS, compare_calls_page
from ell2a.studio.rendering import environment, render
from ell2a.studio.state import Studio, StudioDep

router = APIRouter(include_in_schema=False)

PAGE = 50
LISTS = {"/calls": ("Calls", "calls", ""), "/replays": ("Replays", "replays", "is:replay")}
"""Address -> heading, part of the navigation, and what is asked beside the reader's own filter."""

_SPANS = tuple(timedelta(minutes=m) for m in (15, 60, 6 * 60, 24 * 60, 7 * 1440, 30 * 1440, 365 * 1440))
"""Spans that a histogram may have, where none was chosen."""

Text = Annotated[str, Query(max_length=2000)]


@router.get("/")
def home() -> Response:
    return RedirectResponse("/calls", status_code=307)


@router.get("/calls")
@router.get("/replays")
def listed(
    request: Request,
    studio: StudioDep,
    q: Text = "",
    provider: str | None = None,
    model: str | None = None,
    status: str | None = None,
    range: str | None = None,
    since: str | None = None,
    until: str | None = None,
    cursor: str | None = None,
) -> Response:
    path = request.url.path
    heading, section, own = LISTS[path]
    if studio.log.latest() is None and path == "/calls":
        return render(request, studio, _empty(studio))
    asked = with_params(q, {"provider": provider, "model": model, "status": status})
    state = ListState(path, asked, range, since, until)
    found = _read(studio.log, state, own, cursor)
    page = calls_page(state, found, heading=heading, section=section, cursor=cursor)
    return render(request, studio, page, fragment="_calls.html")


@router.get("/calls/read")
@router.get("/replays/read")
def read(request: Request, studio: StudioDep, q: Text = "") -> Response:
    """How a filter text is read, while it is typed. Without htmx, the list itself."""
    del studio
    state = ListState(request.url.path.removesuffix("/read"), q)
    if "hx-request" not in request.headers:
        return RedirectResponse(state.url(), status_code=303)
    return _fragment("_read.html", reading=reading(state))


@router.get("/calls/fresh")
@router.get("/replays/fresh")
def fresh(request: Request, studio: StudioDep, q: Text = "", after: str | None = None) -> Response:
    """How many calls have come since those that are shown; 204 where none has."""
    state = ListState(request.url.path.removesuffix("/fresh"), q)
    asked = CallFilter(q=_both(q, LISTS[state.path][2]))
    new = studio.log.count(asked, cap=999, newer_than=after or None)
    if new.number == 0:
        return Response(status_code=204)
    count = f"{new.number}{'+' if new.capped else ''}"
    words = f"{count} new call{'' if new.number == 1 else 's'}. Show {'it' if new.number == 1 else 'them'}"
    return _fragment("_fresh.html", url=state.url(), words=words)


@router.get("/calls/compare")
def compare(
    request: Request, studio: StudioDep, id: Annotated[list[str] | None, Query()] = None, rows: str = ""
) -> Response:
    ids = list(dict.fromkeys(id or []))
    if not MIN_CALLS <= len(ids) <= MAX_CALLS:
        raise HTTPException(422, f"choose two to {MAX_CALLS} calls to put side by side; {len(ids)} were chosen.")
    calls = [studio.log.call(i) for i in ids]
    page = compare_calls_page(calls, only_differences=rows == "differences")
    return render(request, studio, page, fragment="_compare_calls.html")


def _read(log: CallLog, state: ListState, own: str, cursor: str | None) -> Listed:
    now = datetime.now(UTC)
    try:
        since, until = span_of(state, now)
    except ValueError as error:
        raise HTTPException(422, f"{error}; a time is written as 2026-11-22T14:30:00Z.") from error
    asked = CallFilter(q=_both(state.q, own), since=since, until=until)
    page = log.calls(asked, cursor=cursor, limit=PAGE)
    newest = log.cursor_of(page.items[0]) if page.items and cursor is None else None
    # A facet counts what the other terms find: else choosing one value would hide the others.
    rest = [key for key in FACETS if not asks_for(state.q, key)]
    facets = log.facets(asked, rest) if rest else {}
    for key in set(FACETS) - set(rest):
        facets |= log.facets(CallFilter(q=_both(without_key(state.q, key), own), since=since, until=until), [key])
    return Listed(page, log.count(asked), facets, _buckets(log, asked, now), newest)


def _buckets(log: CallLog, asked: CallFilter, now: datetime) -> Sequence[Bucket]:
    until = asked.until or now
    since = asked.since or until - _span(log, asked, until)
    if until - since < timedelta(milliseconds=BUCKETS):
        return []
    return log.histogram(asked, since=since, until=until, buckets=BUCKETS)


def _span(log: CallLog, asked: CallFilter, until: datetime) -> timedelta:
    """The shortest span that holds all calls that are asked for."""
    for span in _SPANS[:-1]:
        older = CallFilter(q=asked.q, until=until - span)
        if log.count(older, cap=1).number == 0:
            return span
    return _SPANS[-1]


def _both(q: str, own: str) -> str:
    return f"{q} {own}".strip()


def _empty(studio: Studio) -> EmptyPage:
    ready = [p for p in inspector.provider_list() if p["key"]["present"] and not p["key"]["unset"] and p["models"]]
    model = f"{ready[0]['name']}/{ready[0]['models'][-1]}" if ready else "openai/gpt-4o-mini"
    return EmptyPage(
        store=studio.log.url,
        keys=[p["key"]["variables"][0] for p in ready],
        model=formats.one_line(model, 80),
    )


def _fragment(template: str, **values: object) -> Response:
    return Response(environment().get_template(template).render(values), media_type="text/html")
