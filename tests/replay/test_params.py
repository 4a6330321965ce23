"""Params across wires: each of the original's is carried or told why not, and what goes out is valid on the target."""

from __future__ import annotations

from typing import Any

import pytest
from replay.calls_of import ANTHROPIC, OPENAI, actions, call, items

from ell2a import models as handles
from ell2a.calls import AgentChoice, AgentSpec
from ell2a.errors import InvalidParams
from ell2a.providers import register_provider
from ell2a.providers.registration import register_model
from ell2a.replay import plan_of
from ell2a.replay.reasoning import budget_of, effort_of

AGENT = AgentSpec(name="find", input_schema={"type": "object", "properties": {}})

TO_ANTHROPIC: list[tuple[dict[str, Any], str, str, Any]] = [
    ({"max_completion_tokens": 50}, "max_completion_tokens", "renamed", {"max_tokens": 50}),
    ({"max_tokens": 50}, "max_tokens", "kept", "max_tokens"),
    ({"max_tokens": 10**6}, "max_tokens", "clamped", {"max_tokens": 64000}),
    ({"temperature": 0.0}, "temperature", "moved", "extra_body.temperature"),
    ({"temperature": 1.7}, "temperature", "clamped", {"temperature": 1.0}),
    ({"top_p": 0.5}, "top_p", "moved", "extra_body.top_p"),
    ({"stop": "END"}, "stop", "converted", {"stop_sequences": ["END"]}),
    ({"stop": ["A", "B"]}, "stop", "renamed", {"stop_sequences": ["A", "B"]}),
    ({"user": "me"}, "user", "converted", {"metadata": {"user_id": "me"}}),
    ({"seed": 7}, "seed", "dropped", None),
    ({"n": 1}, "n", "dropped", None),
    ({"n": None}, "n", "dropped", None),
    ({"n": 3}, "n", "refused", None),
    ({"logit_bias": {"1": 2}}, "logit_bias", "dropped", None),
    ({"service_tier": "default"}, "service_tier", "dropped", None),
    ({"enable_thinking": False}, "enable_thinking", "dropped", None),
    ({"reasoning_effort": "none"}, "reasoning_effort", "dropped", None),
]

TO_OPENAI: list[tuple[dict[str, Any], str, str, Any]] = [
    ({"max_tokens": 50}, "max_tokens", "renamed", {"max_completion_tokens": 50}),
    ({"temperature": 0.5}, "temperature", "kept", "temperature"),
    ({"stop_sequences": ["A"]}, "stop_sequences", "renamed", {"stop": ["A"]}),
    ({"stop_sequences": list("ABCDE")}, "stop_sequences", "clamped", {"stop": list("ABCD")}),
    ({"metadata": {"user_id": "me"}}, "metadata", "converted", {"user": "me"}),
    ({"top_k": 5}, "top_k", "dropped", None),
    ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, "thinking", "dropped", None),
    ({"container": "c1"}, "container", "dropped", None),
]


@pytest.mark.parametrize(("given", "name", "action", "to"), TO_ANTHROPIC, ids=lambda v: str(v)[:40])
def test_to_anthropic(given: dict[str, Any], name: str, action: str, to: Any) -> None:
    """Each param of openai-chat becomes what the table says on anthropic-messages; a change always has its reason."""
    found = items(plan_of(call("openai", api_params=given), model=ANTHROPIC))[f"api_params.{name}"]
    assert (found.action, found.to) == (action, to)
    assert found.reason or action == "kept"


@pytest.mark.parametrize(("given", "name", "action", "to"), TO_OPENAI, ids=lambda v: str(v)[:40])
def test_to_openai(given: dict[str, Any], name: str, action: str, to: Any) -> None:
    """Each param of anthropic-messages becomes what the table says on openai-chat; a change always has its reason."""
    found = items(plan_of(call("anthropic", api_params=given), model=OPENAI))[f"api_params.{name}"]
    assert (found.action, found.to) == (action, to)
    assert found.reason or action == "kept"


def test_request_has_what_the_items_say() -> None:
    """The values of the items stand in the native request under the names that the items give."""
    given = {"max_completion_tokens": 50, "temperature": 0.2, "stop": ["A"], "user": "me", "seed": 3}
    request = plan_of(call("openai", api_params=given), model=ANTHROPIC).request
    expected = {"max_tokens": 50, "temperature": 0.2, "stop_sequences": ["A"], "metadata": {"user_id": "me"}}
    assert {name: request[name] for name in expected} == expected
    assert "seed" not in request


def test_required_param_is_defaulted() -> None:
    """A param that the target requires and the original has not is set, and told as defaulted with its value."""
    plan = plan_of(call("openai"), model=ANTHROPIC)
    found = items(plan)["api_params.max_tokens"]
    assert (found.action, found.to) == ("defaulted", {"max_tokens": plan.request["max_tokens"]})


def test_dropped_and_defaulted_is_one_item() -> None:
    """A param of the original that is dropped and then set by default is told once, with both reasons."""
    plan = plan_of(call("openai", api_params={"max_tokens": None}), model=ANTHROPIC)
    found = [item for item in plan.items if item.path == "api_params.max_tokens"]
    assert [item.action for item in found] == ["converted"]
    assert "null asks for nothing" in str(found[0].reason)
    assert "requires" in str(found[0].reason)


def test_same_said_twice() -> None:
    """Of two params that mean the same the one that counts is carried, and the other is told why not."""
    plan = plan_of(call("openai", api_params={"max_tokens": 10, "max_completion_tokens": 20}), model=ANTHROPIC)
    assert plan.request["max_tokens"] == 20
    assert "goes before it" in str(items(plan)["api_params.max_tokens"].reason)


def test_several_values_of_one_param() -> None:
    """A param that says several things is one item, and what has no counterpart is named in it."""
    given = {"max_tokens": 9000, "output_config": {"effort": "high", "task_budget": {"type": "tokens", "total": 20000}}}
    found = items(plan_of(call("anthropic", api_params=given), model="openai/gpt-5"))["api_params.output_config"]
    assert (found.action, found.to) == ("converted", {"reasoning_effort": "high"})
    assert "task_budget" in str(found.reason)


def test_effort_becomes_a_budget() -> None:
    """On a model that counts thinking tokens, an effort becomes its share of the output tokens."""
    register_model("budgeted", provider="anthropic", capabilities={"thinking": ["budget"]})
    given = {"reasoning_effort": "medium", "max_completion_tokens": 10_000}
    plan = plan_of(call("openai", api_params=given), model="anthropic/budgeted")
    assert plan.request["thinking"] == {"type": "enabled", "budget_tokens": 5000}
    assert items(plan)["api_params.reasoning_effort"].action == "converted"


def test_budget_needs_room() -> None:
    """Where the smallest budget does not fit below the output limit, the effort is dropped and the reason says so."""
    register_model("budgeted", provider="anthropic", capabilities={"thinking": ["budget"]})
    given = {"reasoning_effort": "low", "max_completion_tokens": 100}
    plan = plan_of(call("openai", api_params=given), model="anthropic/budgeted")
    assert "thinking" not in plan.request
    assert "does not fit into 100 output tokens" in str(items(plan)["api_params.reasoning_effort"].reason)


def test_default_limit_counts_for_the_budget() -> None:
    """Without a limit of the original's, the budget is a share of the limit that the target's translator sets."""
    register_model("budgeted", provider="anthropic", capabilities={"thinking": ["budget"]})
    plan = plan_of(call("openai", api_params={"reasoning_effort": "high"}), model="anthropic/budgeted")
    assert plan.request["thinking"]["budget_tokens"] == 3276  # 80 % of the 4,096 of a model whose limit is not known
    assert plan.request["thinking"]["budget_tokens"] < plan.request["max_tokens"]


def test_budget_becomes_an_effort() -> None:
    """On a model that names efforts, a budget becomes the nearest one, and what else the param says is told."""
    given = {"max_tokens": 16000, "thinking": {"type": "enabled", "budget_tokens": 2048, "display": "summarized"}}
    plan = plan_of(call("anthropic", api_params=given), model="openai/gpt-5")
    assert plan.request["reasoning_effort"] == "low"
    reason = str(items(plan)["api_params.thinking"].reason)
    assert "2,048 of 16,000" in reason
    assert "display" in reason


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-sonnet-4-5", {"thinking": {"type": "enabled", "budget_tokens": 5000}}),
        ("claude-opus-4-5", {"thinking": {"type": "enabled", "budget_tokens": 5000}}),
        ("claude-opus-4-6", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "medium"}}),
        ("claude-opus-4-7", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "medium"}}),
    ],
)
def test_each_model_thinks_in_its_own_way(model: str, expected: dict[str, Any]) -> None:
    """An effort becomes what makes the target's model think: a budget, or an effort beside its own deciding."""
    given = {"reasoning_effort": "medium", "max_completion_tokens": 10_000}
    plan = plan_of(call("openai", api_params=given), model=f"anthropic/{model}")
    assert {name: plan.request.get(name) for name in ("thinking", "output_config") if name in plan.request} == expected
    assert items(plan)["api_params.reasoning_effort"].to == expected


def test_a_budget_for_a_model_that_takes_none() -> None:
    """On the same wire too a budget becomes an effort where the model takes no budgets, and is kept where it does."""
    original = call(
        "anthropic", api_params={"max_tokens": 10_000, "thinking": {"type": "enabled", "budget_tokens": 5000}}
    )
    newer = plan_of(original, model="anthropic/claude-opus-4-7")
    assert newer.request["output_config"] == {"effort": "medium"}
    assert newer.request["thinking"] == {"type": "adaptive"}
    assert plan_of(original, model="anthropic/claude-opus-4-5").request["thinking"] == original.api_params["thinking"]


@pytest.mark.parametrize("effort", ["minimal", "low", "medium", "high", "xhigh", "max"])
@pytest.mark.parametrize("limit", [None, 500, 1025, 4096, 64_000])
def test_budgets_leave_room(effort: str, limit: int | None) -> None:
    """A budget is at least what models take and less than the output that it is part of."""
    budget = budget_of(effort, limit)
    if budget is None:
        assert limit is not None
        assert limit <= 1025
    else:
        assert budget >= 1024
        assert limit is None or budget < limit


@pytest.mark.parametrize("effort", ["low", "medium", "high"])
@pytest.mark.parametrize("limit", [None, 64_000])
def test_efforts_come_back(effort: str, limit: int | None) -> None:
    """The budget of an effort is nearest to that effort; no budget is no effort."""
    budget = budget_of(effort, limit)
    assert budget is not None
    assert effort_of(budget, limit) == effort
    assert effort_of(0, limit) == "none"


def test_parallel_calls_need_agents() -> None:
    """Whether calls may be parallel goes along with agents, in the target's own form, and is dropped without them."""
    single = {"parallel_tool_calls": False}
    with_agents = plan_of(call("openai", agents=[AGENT], api_params=single), model=ANTHROPIC)
    assert with_agents.request["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    without = plan_of(call("openai", api_params=single), model=ANTHROPIC)
    assert actions(without)["api_params.parallel_tool_calls"] == "dropped"
    assert "tool_choice" not in without.request


def test_choice_and_parallel_share_a_param() -> None:
    """A choice among agents and a limit to one call at a time land in one native param."""
    original = call(
        "openai",
        agents=[AGENT],
        agent_choice=AgentChoice(kind="agent", name="find"),
        api_params={"parallel_tool_calls": False},
    )
    plan = plan_of(original, model=ANTHROPIC)
    assert plan.request["tool_choice"] == {"type": "tool", "name": "find", "disable_parallel_tool_use": True}


def test_effort_and_format_share_a_param() -> None:
    """An effort and a response format land in one native param."""
    schema = {"kind": "json_schema", "name": "x", "schema": {"type": "object", "additionalProperties": False}}
    original = call("openai", response_format=schema, api_params={"reasoning_effort": "high"})
    config = plan_of(original, model="anthropic/claude-opus-4-6").request["output_config"]
    assert config["effort"] == "high"
    assert config["format"]["type"] == "json_schema"


def test_model_that_refuses_a_param() -> None:
    """A param that the target's model refuses is dropped with the table's reason; its universal twin is taken instead."""
    original = call("anthropic", api_params={"max_tokens": 500, "temperature": 0.3})
    plan = plan_of(original, model="openai/o3")
    assert plan.request["max_completion_tokens"] == 500
    assert actions(plan)["api_params.temperature"] == "dropped"
    same_wire = plan_of(call("openai", api_params={"max_tokens": 500}), model="openai/o3")
    assert "max_tokens" not in same_wire.request
    assert same_wire.request["max_completion_tokens"] == 500


def test_same_wire_keeps_native_params() -> None:
    """On the same wire native params stay, whether or not they have a universal meaning."""
    given = {"frequency_penalty": 0.5, "logit_bias": {"1": 2}, "seed": 3, "stop": "END", "temperature": 1.7}
    plan = plan_of(call("openai", api_params=given), model="openai/gpt-4o")
    assert {name: plan.request[name] for name in given} == given
    assert {actions(plan)[f"api_params.{name}"] for name in given} == {"kept"}


def test_own_params_of_another_provider() -> None:
    """A param that only the original's provider has is dropped elsewhere on the same wire, and kept with the same provider."""
    original = call("openai", api_params={"enable_thinking": False}).model_copy(update={"provider": "elsewhere"})
    assert actions(plan_of(original, model=OPENAI))["api_params.enable_thinking"] == "dropped"
    register_provider("elsewhere", wires={"openai-chat": "http://127.0.0.1:1/v1"}, any_model=True)
    assert actions(plan_of(original, model="elsewhere/any"))["api_params.enable_thinking"] == "kept"


def test_model_defaults_fill_in() -> None:
    """What a handle or `register_model` sets is used where the original says nothing, and never over what it says."""
    register_model("with-defaults", provider="openai", default_params={"seed": 9, "temperature": 0.9})
    plan = plan_of(call("anthropic", api_params={"temperature": 0.1}), model="openai/with-defaults")
    assert (plan.request["seed"], plan.request["temperature"]) == (9, 0.1)
    assert actions(plan)["api_params.seed"] == "defaulted"
    twin = plan_of(call("anthropic", api_params={"max_tokens": 5}), model=handles.openai("gpt-4.1", max_tokens=7))
    assert twin.request["max_completion_tokens"] == 5
    assert "max_tokens" not in twin.request
    handled = plan_of(call("anthropic"), model=handles.openai("gpt-4.1", presence_penalty=0.5))
    assert handled.request["presence_penalty"] == 0.5


def test_params_disallowed_by_the_user() -> None:
    """A param that `register_model` disallows is dropped with the user's reason."""
    register_model("strict-one", provider="openai", disallowed_params={"temperature": "house rule"})
    found = items(plan_of(call("anthropic", api_params={"temperature": 0.1}), model="openai/strict-one"))
    assert found["api_params.temperature"].action == "dropped"
    assert "house rule" in str(found["api_params.temperature"].reason)


def test_changes_are_params_of_the_target() -> None:
    """A change sets a param of the target, and what the original said of the same gives way with a reason."""
    original = call("openai", api_params={"max_completion_tokens": 50, "temperature": 0.1})
    plan = plan_of(original, model=ANTHROPIC, max_tokens=99, top_k=5)
    assert (plan.request["max_tokens"], plan.request["top_k"], plan.request["temperature"]) == (99, 5, 0.1)
    assert actions(plan)["api_params.top_k"] == "moved"
    assert "your `max_tokens` stands instead" in str(items(plan)["api_params.max_completion_tokens"].reason)


def test_changed_params_are_validated() -> None:
    """A change is checked as a definition is: every fault at once, with its path and hint."""
    with pytest.raises(InvalidParams) as caught:
        plan_of(call("openai"), model=ANTHROPIC, tempature=0.5, max_tokens="many", tool_choice="auto")
    assert {fault.path for fault in caught.value.faults} >= {"tempature", "max_tokens", "tool_choice"}
    assert "temperature" in str(caught.value)


def test_options_stay_beside_the_body() -> None:
    """An option of the SDK's request is no part of the body, and is told."""
    plan = plan_of(call("openai"), model=ANTHROPIC, timeout=3.0)
    assert "timeout" not in plan.request
    assert plan.definition.options == {"timeout": 3.0}
    assert actions(plan)["api_params.timeout"] == "moved"


def test_extra_body_goes_into_the_body() -> None:
    """A param newer than the SDK goes out by `extra_body`."""
    assert plan_of(call("openai"), model=ANTHROPIC, extra_body={"brand_new": 1}).request["brand_new"] == 1
