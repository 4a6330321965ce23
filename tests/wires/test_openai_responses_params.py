"""The wire openai-responses: its capabilities against the SDK, its universal params, and how it is asked for."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

import ell2a
from ell2a.errors import InvalidParams
from ell2a.models import openai
from ell2a.providers import get
from ell2a.providers.universal import read_universal, write_universal

PROVIDER = get("openai", "openai-responses")


def test_the_service_agents_are_those_of_the_sdk() -> None:
    """The listed agents of the service are the types of the SDK's own union, functions and dated names aside."""
    from openai.types.responses import tool_param

    types = {kind for arm in get_args(tool_param.ToolParam) for kind in get_args(get_type_hints(arm)["type"])}
    undated = {kind for kind in types if "_20" not in kind} - {"function"}
    assert PROVIDER.capabilities().server_agents.value == sorted(undated)


def test_what_the_wire_has_no_param_for() -> None:
    """Several answers, seeds and stop sequences are known not to be there, and no universal value is written for them."""
    facts = PROVIDER.capabilities(None, "gpt-4o")
    assert [getattr(facts, name).state for name in ("multiple_choices", "seed", "stop")] == ["no"] * 3
    for universal, value in (("n", 2), ("seed", 1), ("stop", ["END"])):
        assert write_universal(PROVIDER.universal, universal, value).action == "dropped"


def test_universal_params_there_and_back() -> None:
    """What the native params say in universal words is what is written from them again."""
    native = {"max_output_tokens": 50, "temperature": 0.3, "reasoning": {"effort": "low"}, "safety_identifier": "u1"}
    reading = read_universal(PROVIDER.universal, native)
    assert reading.values == {"max_tokens": 50, "temperature": 0.3, "reasoning_effort": "low", "user_id": "u1"}
    written = [write_universal(PROVIDER.universal, name, value) for name, value in reading.values.items()]
    assert {param.name: param.value for param in written} == native
    assert write_universal(PROVIDER.universal, "max_tokens", 5).value == 16


def test_a_handle_asks_for_the_wire() -> None:
    """A handle with `wire=` is checked on that wire when a function is defined with it."""

    @ell2a.simple(openai("gpt-4o", wire="openai-responses", max_output_tokens=50))
    def brief() -> str:
        return "Hi"

    assert callable(brief)
    with pytest.raises(InvalidParams, match="here it is `max_output_tokens`"):
        ell2a.simple(openai("gpt-4o", wire="openai-responses", max_tokens=50))(lambda: "Hi")
