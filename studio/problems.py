"""What goes wrong, told as a page to people and as problem JSON (RFC 9457) to programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ell2a import errors
from ell2a.studio.json_answer import json_answer
from ell2a.studio.rendering import render
from ell2a.studio.state import studio_of

STATUSES: dict[type[Exception], int] = {
    errors.CallNotFound: 404,
    errors.UnknownProvider: 404,
    errors.UnknownModel: 422,
    errors.InvalidFilter: 422,
    errors.DefinitionError: 422,
    errors.PlanRefused: 409,
    errors.ReplayError: 422,
    errors.MissingKey: 422,
    errors.MissingSdk: 422,
    errors.CallError: 502,
    errors.StoreError: 503,
    errors.Ell2aError: 500,
    Exception: 500,
}
"""Error -> status; the first class of its line of descent that stands here counts."""


class Problem(BaseModel):
    """A problem as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A page that says what went wrong and where to go."""

    template: ClassVar[str] = "problem.html"
    section: ClassVar[str | None] = None

    status: int
    heading: str
    detail: str
    lines: Sequence[str] = ()
    """More of the detail, one fault a line."""

    @property
    def title(self) -> str:
        return self.heading


def status_of(error: Exception) -> int:
    """The HTTP status that tells this error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(request: Request, status: int, detail: str) -> Response:
    """The answer to a request that failed, in the form that its sender reads."""
    title = HTTPStatus(status).phrase
    if is_api(request):
        told = Problem(title=title, status=status, detail=detail)
        return json_answer(told.model_dump(), status=status, media_type="application/problem+json")
    first, *rest = detail.splitlines() or [title]
    page = ProblemPage(status=status, heading=_HEADINGS.get(status, title), detail=first, lines=rest)
    return render(request, studio_of(request), page, status=status)


def is_api(request: Request) -> bool:
    """Whether a program asks: what is under /api, and the sign of life."""
    return request.url.path.startswith("/api/") or request.url.path == "/healthz"


_HEADINGS = {404: "Not here", 422: "That cannot be read", 502: "The provider failed", 503: "The log cannot be read"}


def install(app: FastAPI) -> None:
    """Give the app its handlers of errors."""

    def told(request: Request, error: Exception) -> Response:
        return problem(request, status_of(error), str(error))

    def http(request: Request, error: Any) -> Response:
        answer = problem(request, error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    def invalid(request: Request, error: Any) -> Response:
        faults = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()]
        return problem(request, 422, "\n".join(faults))

    def unforeseen(request: Request, error: Exception) -> Response:
        detail = f"{type(error).__name__} in the studio; its terminal has the traceback."
        return problem(request, 500, detail)

    app.add_exception_handler(errors.Ell2aError, told)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unforeseen)
