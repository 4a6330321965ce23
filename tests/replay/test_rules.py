"""Replays of calls whose params go together on their own model and not on the target: told in the plan, never raised."""

from __future__ import annotations

import pytest
from replay.calls_of import ANTHROPIC, PERSON, actions, call, chosen, items

from ell2a.calls import AgentChoice, AgentSpec, ResponseFormat
from ell2a.errors import InvalidParams
from ell2a.replay import plan_of

AGENT = AgentSpec(name="find", input_schema={"type": "object", "properties": {}})
PERSON_FORMAT = ResponseFormat(kind="json_schema", name="Person", json_schema=PERSON)


def test_of_two_params_that_exclude_each_other_one_is_dropped() -> None:
    """Temperature and top_p go together at OpenAI; a Claude that takes one of them is sent one, and the other is told."""
    original = call("openai", api_params={"temperature": 0.3, "top_p": 0.9})
    plan = plan_of(original, model=ANTHROPIC)
    assert plan.request["temperature"] == 0.3
    assert "top_p" not in plan.request
    assert "not both" in str(items(plan)["api_params.top_p"].reason)
    assert plan.runnable


def test_a_thinking_call_loses_its_temperature() -> None:
    """An effort that becomes thinking leaves no room for a temperature other than 1."""
    original = call("openai", api_params={"reasoning_effort": "high", "temperature": 0.3})
    plan = plan_of(original, model=ANTHROPIC)
    assert plan.request["thinking"]["type"] == "enabled"
    assert actions(plan)["api_params.temperature"] == "dropped"
    assert "while the model thinks" in str(items(plan)["api_params.temperature"].reason)


def test_a_forced_choice_beside_thinking_is_refused_with_a_choice() -> None:
    """An agent that must be called is no small thing: the plan asks, and runs once the choice is left out."""
    original = call(
        "openai",
        agents=[AGENT],
        agent_choice=AgentChoice(kind="required"),
        api_params={"reasoning_effort": "high"},
    )
    plan = plan_of(original, model=ANTHROPIC)
    refused = items(plan)["agent_choice"]
    assert refused.action == "refused"
    assert "while the model thinks" in str(refused.reason)
    then = chosen(plan)
    assert then.runnable
    assert "tool_choice" not in then.request


def test_a_format_beside_agents_is_refused_where_the_provider_takes_one_of_them() -> None:
    """A provider that takes no format beside agents leaves the format to be asked for in words."""
    original = call("openai", agents=[AGENT], response_format=PERSON_FORMAT)
    plan = plan_of(original, model="groq/openai/gpt-oss-120b")
    refused = items(plan)["response_format"]
    assert refused.action == "refused"
    assert refused.choices
    then = chosen(plan)
    assert "response_format" not in then.request
    assert then.request["tools"]


def test_a_change_that_breaks_a_rule_is_a_fault() -> None:
    """What the user sets for the target is checked as a definition is, rules across params too."""
    with pytest.raises(InvalidParams) as caught:
        plan_of(call("openai"), model=ANTHROPIC, thinking={"type": "enabled", "budget_tokens": 10}, max_tokens=5)
    assert [fault.path for fault in caught.value.faults] == ["thinking.budget_tokens"]
