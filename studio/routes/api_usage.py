"""The JSON twin of the usage, and the sign of life."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from ell2a.studio.json_answer import json_answer, usage_json
from ell2a.studio.routes.api_calls import PROBLEMS
from ell2a.studio.routes.usage import By
from ell2a.studio.state import StudioDep

router = APIRouter()


class UsageTold(BaseModel):
    """Sums by group. A cost is of the calls whose price is known; null where that is none."""

    by: str
    items: list[dict[str, Any]]


class Health(BaseModel):
    """The studio answers."""

    status: str


@router.get("/api/usage", response_model=UsageTold, responses=PROBLEMS, tags=["usage"])
def usage(
    studio: StudioDep, by: By = "model", since: datetime | None = None, until: datetime | None = None
) -> Response:
    """Calls, tokens, cost and mean latency by group."""
    rows = studio.log.usage(by, since=since, until=until)
    return json_answer({"by": by, "items": [usage_json(r) for r in rows]})


@router.get("/healthz", response_model=Health, tags=["health"])
def healthz() -> Response:
    """Says `ok` as soon as the studio listens; it reads nothing of the store."""
    return json_answer({"status": "ok"})
