"""Changes: edits and choices as plain JSON, checked before anything is planned."""

from __future__ import annotations

import json
from typing import Any

import pytest
from replay.calls_of import ANTHROPIC, OPENAI, PERSON, PNG, actions, assistant, call, items, user

import ell2a
from ell2a.calls import AgentSpec, ResponseFormat, leaves_of
from ell2a.errors import InvalidParams
from ell2a.messages import AgentResultBlock, ImageBlock, Message, TextBlock
from ell2a.replay import merge_changes, plan_of

FIND = AgentSpec(name="find", input_schema={"type": "object", "properties": {}})
SYSTEM = Message(role="system", content=[TextBlock(text="Be brief.")])


def test_leaving_parts_out() -> None:
    """A path leaves out the part, or all parts below it; what is left out is told as left out by choice."""
    said = [SYSTEM, user("one", "two"), assistant("three"), user("four")]
    original = call("openai", messages=said, agents=[FIND], api_params={"seed": 1, "temperature": 0.2})
    plan = plan_of(original, model=OPENAI, drop=["messages.1.content.0", "messages.2", "agents", "api_params.seed"])
    assert [m["content"] for m in plan.request["messages"]] == ["Be brief.", "two", "four"]
    assert "tools" not in plan.request
    assert "seed" not in plan.request
    dropped = [path for path, action in actions(plan).items() if action == "dropped"]
    assert dropped == ["messages.1.content.0", "messages.2.content.0", "agents.0", "api_params.seed"]
    assert {str(items(plan)[path].reason) for path in dropped} == {"left out by your choice"}


def test_leaving_all_params_out() -> None:
    """`api_params` leaves all of them out."""
    plan = plan_of(call("openai", api_params={"seed": 1, "temperature": 0.2}), model=OPENAI, drop="api_params")
    assert not {"seed", "temperature"} & plan.request.keys()


def test_leaving_out_twice_is_leaving_out() -> None:
    """A message and a block in it may both be named; so may `stream` where it is off."""
    twice = ["messages.1", "messages.1.content.0", "stream"]
    plan = plan_of(call("openai", messages=[user("a"), user("b", "c")]), model=OPENAI, drop=twice)
    assert [m["content"] for m in plan.request["messages"]] == ["a"]


def test_unknown_paths() -> None:
    """A path that the call has not is an error that names the nearest one."""
    with pytest.raises(InvalidParams) as caught:
        plan_of(
            call("openai", api_params={"temperature": 1}), model=OPENAI, drop=["api_params.temprature", "messages.7"]
        )
    said = str(caught.value)
    assert "did you mean `api_params.temperature`" in said
    assert "messages.7" in said


def test_other_messages() -> None:
    """A conversation given as JSON replaces the original's, under its system message unless it brings one."""
    original = call("openai", messages=[SYSTEM, user("one")])
    given = [{"role": "user", "content": [{"type": "text", "text": "two"}]}]
    plan = plan_of(original, model=OPENAI, messages=given)
    assert [m["content"] for m in plan.request["messages"]] == ["Be brief.", "two"]
    other = plan_of(original, model=OPENAI, messages=[ell2a.system("Be long."), "two"])
    assert [m["content"] for m in other.request["messages"]] == ["Be long.", "two"]
    assert [i.path for i in other.items] == leaves_of(other.call)
    assert plan_of(original, model=OPENAI, messages="three").request["messages"][-1]["content"] == "three"


def test_media_by_hash() -> None:
    """A picture that a given message names by its hash alone goes out with the original's bytes, inside of results too."""
    picture = ImageBlock(data=PNG, media_type="image/png")
    inside = AgentResultBlock(call_id="c", content=[picture])
    original = call("anthropic", messages=[user("Look:", picture), user(inside)])
    given = [m.model_dump(mode="json", exclude={"content": {"__all__": {"data"}}}) for m in original.messages]
    given[1]["content"][0]["content"][0].pop("data")
    plan = plan_of(original, model="anthropic/claude-opus-4-5", messages=given)
    assert json.dumps(plan.request).count("iVBORw0KGgo") == 2


def test_messages_with_bytes() -> None:
    """The JSON form of a picture, base64 and all, is read as the picture."""
    given = [user(ImageBlock(data=PNG, media_type="image/png")).model_dump(mode="json")]
    plan = plan_of(call("openai"), model=ANTHROPIC, messages=given)
    assert plan.request["messages"][0]["content"][0]["source"]["data"] == "iVBORw0KGgo="


def test_other_system_message() -> None:
    """A system message is replaced, added or taken away."""
    with_one, without = call("openai", messages=[SYSTEM, user("one")]), call("openai", messages=[user("one")])
    for original in (with_one, without):
        said = plan_of(original, model=OPENAI, system="Rhyme.").request["messages"]
        assert [m["content"] for m in said] == ["Rhyme.", "one"]
    assert [m["content"] for m in plan_of(with_one, model=OPENAI, system=None).request["messages"]] == ["one"]


def test_other_agents() -> None:
    """Agents are given in their JSON form, as the target's own dicts, or as Python's agents; the choice by name."""
    as_json = FIND.model_dump(mode="json")
    plan = plan_of(
        call("openai"),
        model=ANTHROPIC,
        agents=[as_json, {"type": "bash_20250124", "name": "bash"}],
        agent_choice="find",
    )
    assert [tool["name"] for tool in plan.request["tools"]] == ["find", "bash"]
    assert plan.request["tool_choice"] == {"type": "tool", "name": "find"}

    @ell2a.agent()
    def look(where: str) -> str:
        """Look somewhere."""
        return where

    assert plan_of(call("openai"), model=ANTHROPIC, agents=[look]).request["tools"][0]["name"] == "look"
    assert "tools" not in plan_of(call("openai", agents=[FIND]), model=ANTHROPIC, agents=[]).request


def test_other_format() -> None:
    """A format is given as a schema, as its JSON form, or taken away."""
    plan = plan_of(call("openai"), model=ANTHROPIC, response_format=PERSON)
    assert plan.request["output_config"]["format"]["schema"]["required"] == ["name"]
    as_json = ResponseFormat(kind="json_schema", name="P", json_schema=PERSON).model_dump(mode="json")
    assert "output_config" in plan_of(call("openai"), model=ANTHROPIC, response_format=as_json).request
    wanted = call("openai", response_format=ResponseFormat(kind="json_object"))
    assert "response_format" not in plan_of(wanted, model=OPENAI, response_format=None).request


def test_stream_on_and_off() -> None:
    """Streaming is turned on and off."""
    assert plan_of(call("openai"), model=ANTHROPIC, stream=True).request["stream"] is True
    assert "stream" not in plan_of(call("openai", stream=True), model=ANTHROPIC, stream=False).request


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"drop": 5}, "drop"),
        ({"drop": [["a"]]}, "drop"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "robot", "content": []}]}, "messages"),
        ({"messages": 7}, "messages"),
        ({"system": 7}, "system"),
        ({"agents": "none of them"}, "agents"),
        ({"agents": [{"type": "agent"}]}, "agents"),
        ({"agent_choice": "nobody"}, "agent_choice"),
        ({"agent_choice": {"kind": "perhaps"}}, "agent_choice"),
        ({"response_format": 5}, "response_format"),
        ({"response_format": {"kind": "yaml"}}, "response_format"),
        ({"response_format": "in_words"}, "response_format"),
        ({"stream": "yes"}, "stream"),
        ({"answer_agents_from_record": 1}, "answer_agents_from_record"),
        ({"client": "mine"}, "client"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_bad_changes(changes: dict[str, Any], path: str) -> None:
    """A change that cannot be read is an error that names it."""
    with pytest.raises(InvalidParams) as caught:
        plan_of(call("openai"), model=ANTHROPIC, changes=changes)
    assert path in {fault.path for fault in caught.value.faults}


def test_all_faults_at_once() -> None:
    """Several bad changes are told together, with what may be changed."""
    with pytest.raises(InvalidParams) as caught:
        plan_of(call("openai"), model=ANTHROPIC, stream="yes", messages=[], drop=3)
    assert [fault.path for fault in caught.value.faults] == ["drop", "messages", "stream"]
    assert "answer_agents_from_record" in str(caught.value)


def test_changes_add_up() -> None:
    """More changes are added to those that a plan has: `drop` lists are joined, of anything else the last counts."""
    assert merge_changes({"drop": ["a"], "seed": 1}, {"drop": ["a", "b"], "seed": 2}) == {"drop": ["a", "b"], "seed": 2}
    assert merge_changes({"drop": "a"}, {"drop": "b"}) == {"drop": ["a", "b"]}
    plan = plan_of(call("openai", api_params={"n": 2, "seed": 4}), model=ANTHROPIC, drop=["api_params.seed"])
    more = plan.changed(**plan.refused[0].choices[0].changes)
    assert more.changes == {"drop": ["api_params.seed", "api_params.n"]}
    assert more.runnable
