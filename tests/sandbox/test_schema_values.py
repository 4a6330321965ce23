"""Values made for JSON schemas: they fit, for schemas of every kind that structured outputs take."""

from __future__ import annotations

from random import Random
from typing import Any

import jsonschema
import pytest

from ell2a.sandbox.language import key_words, language_of
from ell2a.sandbox.schema_values import Material, instance

TEXT = "Please send 3 copies of “The Winter Garden” to Clara Weiss in Hamburg by 2026-12-18, not later."

SCHEMAS = [
    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a", "b"]},
    {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4},
    {"type": "object", "properties": {"x": {"enum": ["red", "green"]}, "y": {"const": 7}}, "required": ["x", "y"]},
    {"type": "integer", "minimum": 10, "maximum": 12},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "integer", "multipleOf": 5, "minimum": 7},
    {"type": "string", "minLength": 40},
    {"type": "string", "maxLength": 4},
    {"anyOf": [{"type": "null"}, {"type": "boolean"}]},
    {"type": ["string", "null"]},
    {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "minItems": 2},
    {"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}]},
    {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
                "required": ["next"],
            }
        },
        "$ref": "#/$defs/node",
    },
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {"tags": {"type": "array", "items": {"type": "string"}}},
        "required": ["tags"],
    },
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: str(s)[:40])
def test_values_fit_their_schema(schema: dict[str, Any]) -> None:
    """jsonschema, which is not ours, finds no fault."""
    for seed in range(5):
        value = instance(schema, Material(TEXT, key_words(TEXT, language_of(TEXT)), Random(seed)))
        jsonschema.Draft202012Validator(schema).validate(value)


def test_values_are_made_of_the_request() -> None:
    """Names, numbers and dates go where the names of the fields say."""
    schema = {
        "type": "object",
        "properties": {
            "customer": {"type": "string"},
            "city": {"type": "string"},
            "title": {"type": "string"},
            "pieces": {"type": "integer"},
            "due_date": {"type": "string"},
        },
        "required": ["customer", "city", "title", "pieces", "due_date"],
    }
    assert instance(schema, Material(TEXT, [], Random(1))) == {
        "customer": "Clara Weiss",
        "city": "Hamburg",
        "title": "The Winter Garden",
        "pieces": 3,
        "due_date": "2026-12-18",
    }
