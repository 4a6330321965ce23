"""Agents of a provider's own: known by type, held against the SDK's annotation, refused where a model does not take them."""

from __future__ import annotations

import warnings
from typing import Any, get_args

import pytest
from anthropic.types import ServerToolUseBlockParam, ToolUnionParam

from ell2a.calling import define
from ell2a.errors import InvalidParams, UnsupportedCapability
from ell2a.providers import ProviderRow, get
from ell2a.providers.annotations import arms_of, keys_of, unwrapped
from ell2a.providers.anthropic_messages.server_agents import SERVER_AGENTS
from ell2a.providers.rows import shipped_rows
from ell2a.providers.server_agents import ServerAgentUnknown, run_by_provider

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
    assert "x_search" in str(get("xai", "openai-responses").capabilities().server_agents.value)
    assert get("xai").capabilities().server_agents.state == "no"


@pytest.mark.parametrize("known", shipped_rows().values(), ids=lambda known: known.name)
def test_a_wires_own_agents_are_its_makers(known: ProviderRow) -> None:
    """Only the maker of a wire is said to run all of its own agents; others have what their row lists, or it is unknown."""
    for wire in known.wires:
        provider = get(known.name, wire)
        fact, of_wire = provider.capabilities().server_agents, getattr(provider, "server_agents", {})
        if wire in known.runs_wire_agents:
            assert set(run_by_provider(of_wire)) <= set(map(str, fact.value or []))
        elif of_wire:
            listed = run_by_provider(known.server_agents.get(wire, {}))
            assert (fact.state, fact.value) == ("yes", listed) if listed else fact.state in ("no", "unknown")
            assert "https://" in (fact.detail or "") or fact.state == "unknown"


@pytest.mark.parametrize("known", shipped_rows().values(), ids=lambda known: known.name)
def test_each_agent_of_a_row_has_its_source(known: ProviderRow) -> None:
    """Each type that a row lists names the page that it is from."""
    for wire, kinds in known.server_agents.items():
        for name, kind in kinds.items():
            assert "https://" in kind.source, (wire, name)


BEDROCK, VERTEX = "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", "vertex/claude-sonnet-4-5@20250929"
SEARCH = {"type": "web_search_20250305", "name": "web_search"}


def test_what_a_service_has_not_is_refused() -> None:
    """An agent of the wire that a source says the service has not is refused with that source."""
    with pytest.raises(InvalidParams, match=r"this service has it not.*no web search on Amazon Bedrock"):
        define(BEDROCK, agents=[SEARCH], max_tokens=9)
    with pytest.raises(InvalidParams, match="all but claude-3"):
        define("vertex/claude-3-haiku@20240307", agents=[SEARCH], max_tokens=9)
    define(VERTEX, agents=[SEARCH], max_tokens=9)


def test_what_nothing_says_of_a_service_warns_once() -> None:
    """An agent of the wire of which nothing says that the service has it is sent, and said to be unknown of it."""
    agent = {"type": "web_fetch_20250910", "name": "web_fetch"}
    with pytest.warns(ServerAgentUnknown, match="nothing says that this service has it.*web_search_20250305"):
        define(VERTEX, agents=[agent], max_tokens=9)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ServerAgentUnknown)
        define(VERTEX, agents=[agent], max_tokens=9)
        define(CLAUDE, agents=[agent], max_tokens=9)


def test_a_service_without_agents_of_its_own_refuses_them() -> None:
    """Where its docs say that it runs none, none is defined on that wire."""
    with pytest.raises(UnsupportedCapability, match="server_agents"):
        define("sambanova/gpt-oss-120b", agents=[{"type": "web_search"}], wire="openai-responses")


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
