"""Structured outputs: an answer's text held against the format asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pydantic_core
from pydantic import ValidationError

from ell2a.calls import ResponseFormat
from ell2a.messages import ParsedBlock, compact_json, parse_json


def parse_output(text: str, wanted: ResponseFormat) -> tuple[ParsedBlock | None, str | None]:
    """The structured output that a text is, or why it is none: (block, None) or (None, fault)."""
    value, parses = parse_json(text)
    if not parses:
        return None, f"it is no JSON: {text[:80]!r}"
    instance = None
    if wanted.model is not None:
        try:
            instance = wanted.model.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or wanted.name
            return None, f"{where}: {first['msg']}"
    elif wanted.json_schema is not None:
        fault = _schema_fault(value, compact_json(wanted.json_schema))
        if fault is not None:
            return None, fault
    elif not isinstance(value, dict):
        return None, f"it is {type(value).__name__}, not a JSON object"
    same = compact_json(value) == text
    return ParsedBlock(value=value, schema_name=wanted.name, text=None if same else text).bind(instance), None


def _schema_fault(value: Any, schema: str) -> str | None:
    validator = _validator(schema)
    error = next(iter(validator.iter_errors(value)), None)
    return None if error is None else f"{error.json_path}: {error.message}"


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    # Imported here: it takes a tenth of a second, and most calls ask for no bare schema.
    import jsonschema

    parsed = pydantic_core.from_json(schema)
    return jsonschema.validators.validator_for(parsed)(parsed)
