"""Showing the token, and taking it back. Without a token in force both lead to the calls."""

from __future__ import annotations

import dataclasses
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ell2a.studio.access import COOKIE
from ell2a.studio.pages.login import LoginPage
from ell2a.studio.rendering import environment
from ell2a.studio.state import StudioDep

router = APIRouter(include_in_schema=False)


@router.get("/login")
def form(studio: StudioDep) -> Response:
    return _page(wrong=False) if studio.access.token else RedirectResponse("/calls", status_code=303)


@router.post("/login")
async def log_in(request: Request, studio: StudioDep) -> Response:
    body = (await request.body()).decode("utf-8", "replace")
    given = parse_qs(body, max_num_fields=10).get("token", [""])[0]
    if studio.access.token and not studio.access.is_right(given):
        return _page(wrong=True)
    answer = RedirectResponse("/calls", status_code=303)
    if studio.access.token:
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, studio.access.cookie_value, httponly=True, samesite="strict", secure=secure, path="/")
    return answer


@router.post("/logout")
def log_out() -> Response:
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", path="/")
    return answer


def _page(*, wrong: bool) -> Response:
    # No frame around it: that would tell of the store.
    page = LoginPage(wrong)
    html = environment().get_template(page.template).render(dataclasses.asdict(page))
    return HTMLResponse(html, status_code=401 if wrong else 200)
