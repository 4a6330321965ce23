"""What the calls used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from ell2a.studio.pages.usage import since_of, usage_page
from ell2a.studio.rendering import render
from ell2a.studio.state import StudioDep

router = APIRouter(include_in_schema=False)

Range = Literal["24h", "7d", "30d", "all"]
By = Literal["model", "provider", "lmp", "day"]


@router.get("/usage")
def usage(request: Request, studio: StudioDep, by: By = "model", range: Range = "30d") -> Response:
    now = datetime.now(UTC)
    since = since_of(range, now)
    rows = studio.log.usage(by, since=since)
    days = rows if by == "day" else studio.log.usage("day", since=since)
    return render(request, studio, usage_page(rows, days, by=by, span=range, now=now))
