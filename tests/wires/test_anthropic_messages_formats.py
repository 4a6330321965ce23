"""The wire anthropic-messages: response formats, and params of requests."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from wires.anthropic_calls import PROVIDER, call_of, sent

from ell2a.calls import ResponseFormat
from ell2a.calls.coerce import response_format_of
from ell2a.errors import UnsupportedCapability
from ell2a.messages import (
    user,
)
from ell2a.providers import Report


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int


def test_a_pydantic_class_as_response_format() -> None:
    """The schema goes to `output_config.format`, closed, beside the user's own keys there."""
    native = sent(
        user("Hi"),
        response_format=response_format_of(Person),
        api_params={"max_tokens": 9, "output_config": {"effort": "low"}},
    )
    assert native["output_config"]["effort"] == "low"
    assert native["output_config"]["format"]["type"] == "json_schema"
    schema = native["output_config"]["format"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "age"]


def test_schemas_lose_what_the_wire_refuses() -> None:
    """Limits stand in the description, other formats too, `oneOf` is `anyOf`, nested objects are closed."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "maxLength": 3, "description": "Short."},
            "b": {"oneOf": [{"type": "null"}, {"type": "object", "properties": {}}]},
            "c": {"type": "array", "items": {"type": "string", "format": "color"}, "minItems": 2},
            "minimum": {"type": "integer"},
        },
        "additionalProperties": {"type": "string"},
    }
    sent_schema = sent(user("Hi"), response_format=ResponseFormat(kind="json_schema", json_schema=schema))
    assert sent_schema["output_config"]["format"]["schema"] == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "Short. (maxLength: 3)"},
            "b": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {}, "additionalProperties": False}]},
            "c": {
                "type": "array",
                "items": {"type": "string", "description": "(format: color)"},
                "description": "(minItems: 2)",
            },
            "minimum": {"type": "integer"},
        },
        "additionalProperties": False,
    }


@pytest.mark.parametrize("place", ["output_config", "output_format"])
def test_a_schema_that_was_sent_so_comes_back_so(place: str) -> None:
    """A request's own schema goes out letter by letter, open and limited though it be, in the param it came in."""
    wanted = {"type": "json_schema", "schema": {"type": "object", "properties": {"x": {"minimum": 1}}}}
    native: dict[str, Any] = {"model": "m", "max_tokens": 1, "messages": []}
    native[place] = {"format": wanted} if place == "output_config" else wanted
    call = PROVIDER.translate_request_to_ell2a(native)
    assert call.response_format is not None
    assert PROVIDER.translate_ell2a_to_provider(call) == native


def test_json_without_a_schema_is_refused() -> None:
    """The wire has no such format; plain text is what it gives anyhow."""
    with pytest.raises(UnsupportedCapability, match="`response_format`"):
        sent(user("Hi"), response_format=ResponseFormat(kind="json_object"))
    assert "output_config" not in sent(user("Hi"), response_format=ResponseFormat(kind="text"))


def test_max_tokens_is_set_where_it_is_not_given() -> None:
    """The wire requires it: the model's limit, what the SDK sends unstreamed, or a number that any model takes."""
    report = Report("anthropic")
    native = PROVIDER.translate_ell2a_to_provider(call_of(user("Hi"), api_params={}, model="unheard-of"), report)
    assert native["max_tokens"] == 4096
    (item,) = (item for item in report.items if item.path == "api_params.max_tokens")
    assert item.action == "defaulted"
    assert item.reason
    limit = PROVIDER.capabilities(None, "claude-sonnet-4-5").max_output_tokens.value
    assert sent(user("Hi"), api_params={}, model="claude-sonnet-4-5", stream=True)["max_tokens"] == limit
    assert sent(user("Hi"), api_params={}, model="claude-sonnet-4-5")["max_tokens"] == min(limit, 21_333)


def test_max_tokens_holds_the_thinking() -> None:
    """A default is more than the budget of thinking, which it includes."""
    thinking = {"type": "enabled", "budget_tokens": 10_000}
    assert sent(user("Hi"), api_params={"thinking": thinking}, model="unheard-of")["max_tokens"] == 14_096


def test_sampling_params_are_moved() -> None:
    """What the installed SDK has no argument for goes to extra_body, and the report says so."""
    report = Report("anthropic")
    native = PROVIDER.translate_ell2a_to_provider(
        call_of(user("Hi"), api_params={"max_tokens": 5, "temperature": 0.0, "stop_sequences": ["x"]}), report
    )
    assert native["temperature"] == 0.0
    arguments = PROVIDER.provider_call_arguments(native)
    assert arguments["extra_body"] == {"temperature": 0.0}
    assert arguments["stop_sequences"] == ["x"]
    items = {item.path: item for item in report.items}
    assert items["api_params.temperature"].action == "moved"
    assert items["api_params.temperature"].to == "extra_body.temperature"
    assert items["api_params.stop_sequences"].action == "kept"
