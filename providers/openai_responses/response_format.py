"""The structure asked of an answer: `text.format`."""

from __future__ import annotations

import re
from typing import Any

from ell2a.calls import ResponseFormat
from ell2a.providers.openai_chat.strict_schema import strict_schema
from ell2a.providers.openai_responses.native_keys import key_of, native_of, report_native
from ell2a.providers.report import Report

_FIELDS = {"type": str, "name": str, "schema": dict, "strict": bool | None, "description": str | None}
_DEFAULT_NAME = "response"
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64
"""Source: https://platform.openai.com/docs/api-reference/responses/create, text.format.name"""


def read_response_format(given: Any) -> ResponseFormat | None:
    """The format; None where it is of no shape that we know, such as a grammar of one service's own."""
    if not isinstance(given, dict):
        return None
    if given in ({"type": "json_object"}, {"type": "text"}):
        return ResponseFormat(kind=given["type"])
    if given.get("type") != "json_schema" or given.keys() - _FIELDS.keys():
        return None
    if not all(isinstance(given.get(field), kind) for field, kind in _FIELDS.items()):
        return None
    wanted = ResponseFormat(
        kind="json_schema",
        name=given["name"],
        json_schema=given["schema"],
        strict=given.get("strict"),
        description=given.get("description"),
    )
    same = _json_schema(wanted) == {key: value for key, value in given.items() if value is not None}
    return wanted if same else wanted.model_copy(update={"native": native_of(unfitted=True)})


def write_response_format(wanted: ResponseFormat, report: Report) -> dict[str, Any]:
    """The value of `text.format`."""
    report_native(wanted.native, "response_format", report)
    if wanted.kind != "json_schema":
        report.renamed("response_format", "text.format")
        return {"type": wanted.kind}
    written = _json_schema(wanted)
    changed = []
    if written.get("schema") != wanted.json_schema:
        changed.append("strict mode: every object requires all of its properties and takes no others")
    if written["name"] != wanted.name:
        changed.append("the wire wants a name of letters, digits, _ and -")
    if changed:
        report.converted("response_format", "text.format", "; ".join(changed))
    else:
        report.renamed("response_format", "text.format")
    return written


def _json_schema(wanted: ResponseFormat) -> dict[str, Any]:
    schema, name = wanted.json_schema or {}, wanted.name
    if name is None or not key_of(wanted.native, "unfitted"):
        name = _NOT_IN_NAMES.sub("_", name or _DEFAULT_NAME)[:_LONGEST_NAME]
        schema = strict_schema(schema) if wanted.strict else schema
    written: dict[str, Any] = {"type": "json_schema", "name": name, "schema": schema}
    if wanted.strict is not None:
        written["strict"] = wanted.strict
    if wanted.description is not None:
        written["description"] = wanted.description
    return written
