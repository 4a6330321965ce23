"""JSON as the API sends it: UTF-8, times in ISO 8601, sums of money as numbers."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import pydantic_core
from starlette.responses import Response

from ell2a.log.views import CallPage, CallSummary, UsageRow
from ell2a.studio import formats


def json_answer(value: Any, *, status: int = 200, media_type: str = "application/json") -> Response:
    """A value as an answer. Numbers that JSON lacks (NaN, infinity) become null."""
    body = pydantic_core.to_json(value, inf_nan_mode="null", bytes_mode="base64", fallback=_plain)
    return Response(body, status_code=status, media_type=media_type)


def _plain(value: Any) -> Any:
    return str(value)


def summary_json(call: CallSummary) -> dict[str, Any]:
    """One row of a list of calls: the fields of CallSummary, `lmp` as in a whole call."""
    told = {f.name: _value(getattr(call, f.name)) for f in fields(call)}
    version = told.pop("lmp_version")
    return {**told, "lmp": {"name": call.lmp, "version": version} if call.lmp else None}


def page_json(page: CallPage) -> dict[str, Any]:
    """One page of calls."""
    return {"items": [summary_json(c) for c in page.items], "next": page.next}


def usage_json(row: UsageRow) -> dict[str, Any]:
    """One group of the usage."""
    return {f.name: _value(getattr(row, f.name)) for f in fields(row)}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return formats.iso(value)
    return float(value) if isinstance(value, Decimal) else value
