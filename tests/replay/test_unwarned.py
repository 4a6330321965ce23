"""A plan warns of nothing: what it finds stands in its items, and the definition made of it warns."""

from __future__ import annotations

import warnings

import pytest
from replay.calls_of import ANTHROPIC, actions, call

from ell2a.calling import define
from ell2a.calls import ServerAgent
from ell2a.providers.server_agents import ServerAgentUnknown
from ell2a.replay import plan_of


def test_a_plan_does_not_warn_and_the_definition_after_it_does() -> None:
    """A server agent that nothing knows is an item of the plan; the once that it is warned of is left to the definition."""
    raw = {"type": "tea_leaves_20990101", "name": "tea_leaves"}
    original = call("anthropic", agents=[ServerAgent(wire="anthropic-messages", raw=raw)], api_params={"max_tokens": 9})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plan = plan_of(original, model=ANTHROPIC)
    assert actions(plan)["agents.0"] == "kept"
    with pytest.warns(ServerAgentUnknown, match="tea_leaves_20990101"):
        define(ANTHROPIC, agents=[raw], max_tokens=9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        define(ANTHROPIC, agents=[raw], max_tokens=9)
