"""The wire openai-responses: its capabilities against the SDK, its universal params, and how it is asked for."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

import ell2a
from ell2a.errors import InvalidParams
from ell2a.models import openai
from ell2a.providers import get
from ell2a.providers.openai_responses.call_kinds import CALL_KINDS
from ell2a.providers.openai_responses.server_agents import SERVER_AGENTS
from ell2a.providers.universal import read_universal, write_universal

PROVIDER = get("openai", "openai-responses")


def test_the_table_of_agents_is_the_sdks_own_list() -> None:
    """Every type of the SDK's own union but the declared function is in the table."""
    from openai.types.responses import tool_param

    types = {kind for arm in get_args(tool_param.ToolParam) for kind in get_args(get_type_hints(arm)["type"])}
    assert set(SERVER_AGENTS) == types - {"function"}


def test_who_runs_an_agent_is_as_its_calls_are_read() -> None:
    """What the table says of who runs a type is what the reading of its call says: `executed_by_provider` of the block."""
    for type_, runs in (("web_search", True), ("custom", False), ("local_shell", False), ("shell", None)):
        kind = next(k for k in CALL_KINDS.values() if k.type in (f"{type_}_call", f"{type_}_tool_call"))
        assert kind.executed is runs
        assert SERVER_AGENTS[type_].runs == {True: "provider", False: "program", None: "either"}[runs]
    for kind in CALL_KINDS.values():
        table = SERVER_AGENTS.get(kind.type.removesuffix("_call").removesuffix("_tool"))
        if table is not None:
            assert (kind.executed is True) == (table.runs == "provider")


def test_the_fact_lists_what_the_service_runs() -> None:
    """What your program answers is no agent of the service's; what either may run is one."""
    fact = PROVIDER.capabilities().server_agents
    assert fact.state == "yes"
    assert isinstance(fact.value, list)
    assert {"web_search", "code_interpreter", "mcp", "shell", "tool_search"} <= set(map(str, fact.value))
    assert {"custom", "local_shell", "apply_patch", "computer", "computer_use_preview"}.isdisjoint(map(str, fact.value))


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
