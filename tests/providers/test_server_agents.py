"""Agents of a provider's own: known by type, held against the SDK's annotation, refused where a model does not take them."""

from __future__ import annotations

import warnings
from typing import Any, get_args

import pytest
from anthropic.types import ServerToolUseBlockParam, ToolUnionParam

from ell2a.calling import define
from ell2a.errors import InvalidParams
from ell2a.providers import get
from ell2a.providers.annotations import arms_of, keys_of, unwrapped
from ell2a.providers.anthropic_messages.server_agents import SERVER_AGENTS
from ell2a.providers.server_agents import ServerAgentUnknown

CLAUDE = "anthropic/claude-sonnet-4-5"


def literals(annotation: Any) -> set[str]:
    return {name for arm in arms_of(annotation) for name in get_args(unwrapped(arm))}


def test_the_table_is_the_sdks_own_list() -> None:
    """Every tool of the installed SDK but the declared function is in the table; who runs it is as the SDK's blocks say."""
    ran = keys_of(ServerToolUseBlockParam)
    assert ran is not None
    by_provider = literals(ran.hints["name"])
    expected = {}
    for arm in arms_of(ToolUnionParam):
        keys = keys_of(arm)
        assert keys is not None
        names = literals(keys.hints["name"]) if "name" in keys.hints else set()
        for kind in literals(keys.hints["type"]) - {"custom"}:
            expected[kind] = "provider" if names & by_provider else "program"
    assert {name: kind.runs for name, kind in SERVER_AGENTS.items()} == expected


def test_the_fact_lists_what_the_provider_runs() -> None:
    """`server_agents` has the versions that run at the provider; what runs in your program is none of them."""
    fact = get("anthropic").capabilities().server_agents
    assert fact.state == "yes"
    assert isinstance(fact.value, list)
    assert "web_search_20250305" in fact.value
    assert "bash_20250124" not in fact.value


def test_a_row_lists_its_own() -> None:
    """A service of a known wire has agents of its own, by model where its docs say so."""
    assert get("groq").capabilities().server_agents.value == ["browser_search", "code_interpreter"]
    assert get("groq").capabilities(model="llama-3.3-70b-versatile").server_agents.value == ["code_interpreter"]
    assert get("openrouter").capabilities().server_agents.state == "yes"
    assert get("deepseek").capabilities().server_agents.state == "unknown"


GOOD = [
    (CLAUDE, {"type": "web_search_20250305", "name": "web_search", "max_uses": 3}),
    (CLAUDE, {"type": "bash_20250124", "name": "bash"}),
    (CLAUDE, {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool", "max_characters": 10}),
    (CLAUDE, {"name": "f", "input_schema": {"type": "object"}}),
    ("groq/openai/gpt-oss-20b", {"type": "browser_search"}),
    ("openrouter/openai/gpt-4o", {"type": "openrouter:web_search"}),
]


@pytest.mark.parametrize(("model", "agent"), GOOD)
def test_known_agents_are_taken(model: str, agent: dict[str, Any]) -> None:
    """What the SDK or the row knows is defined without a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ServerAgentUnknown)
        assert define(model, agents=[agent], max_tokens=9).agents[0].raw == agent  # type: ignore[union-attr]


BAD = [
    (CLAUDE, {"type": "web_search_20250305", "name": "web_search", "max_uses": "3"}, "agents.0.max_uses", None),
    (
        CLAUDE,
        {"type": "web_search_20250305", "name": "web_search", "allowed_domain": []},
        "agents.0.allowed_domain",
        "allowed_domains",
    ),
    (CLAUDE, {"type": "bash_20250124", "name": "sh"}, "agents.0.name", "bash"),
    (CLAUDE, {"type": 7}, "agents.0.type", None),
    ("groq/openai/gpt-oss-20b", {}, "agents.0.type", "browser_search"),
    ("groq/llama-3.3-70b-versatile", {"type": "browser_search"}, "agents.0.type", "openai/gpt-oss-*"),
    ("openai/gpt-4o", {"type": "function", "function": {"nam": "f"}}, "agents.0.function.nam", "name"),
]


@pytest.mark.parametrize(("model", "agent", "path", "said"), BAD)
def test_mistakes_are_refused_at_definition(model: str, agent: dict[str, Any], path: str, said: str | None) -> None:
    """A mistake in the dict is a fault with its path, and with what was meant."""
    with pytest.raises(InvalidParams) as caught:
        define(model, agents=[agent], max_tokens=9)
    assert path in [fault.path for fault in caught.value.faults]
    assert said is None or said in str(caught.value)


def test_an_unknown_type_warns_once_with_the_nearest() -> None:
    """The service may be newer than the SDK: an unknown type is sent, and said to be unknown."""
    agent = {"type": "web_serch_20250305", "name": "web_search"}
    with pytest.warns(ServerAgentUnknown, match=r"agents\.0\.type.*Did you mean 'web_search_20250305'\?"):
        define("anthropic/claude-haiku-4-5", agents=[agent], max_tokens=9)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ServerAgentUnknown)
        define("anthropic/claude-haiku-4-5", agents=[agent], max_tokens=9)
