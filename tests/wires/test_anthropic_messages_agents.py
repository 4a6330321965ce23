"""The wire anthropic-messages: agents, their calls and results, and the choice among them, in requests."""

from __future__ import annotations

from typing import Any

import pytest
from wires.anthropic_calls import WIRE, block_sent, call_of, planned, sent

from ell2a.calls import AgentChoice, AgentSpec, ServerAgent
from ell2a.errors import UnsupportedCapability
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    ImageBlock,
    Message,
    TextBlock,
    agent_call,
    assistant,
    user,
)


def test_agent_calls_and_results() -> None:
    """Calls are `tool_use`, results `tool_result` with words or blocks; an error says so."""
    native = sent(
        user("Hi"),
        Message(
            role="assistant",
            content=[
                AgentCallBlock(id="a", name="f", arguments={"x": 1}),
                AgentCallBlock(id="b", name="g", arguments={}),
            ],
        ),
        Message(
            role="user",
            content=[
                AgentResultBlock(call_id="a", content=[TextBlock(text="1"), ImageBlock(url="https://x/y")]),
                AgentResultBlock(call_id="b", content=[TextBlock(text="no")], is_error=True),
            ],
        ),
    )
    assert native["messages"][1]["content"] == [
        {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
        {"type": "tool_use", "id": "b", "name": "g", "input": {}},
    ]
    assert native["messages"][2]["content"] == [
        {
            "type": "tool_result",
            "tool_use_id": "a",
            "content": [
                {"type": "text", "text": "1"},
                {"type": "image", "source": {"type": "url", "url": "https://x/y"}},
            ],
        },
        {"type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": True},
    ]


def test_results_stand_together_and_first() -> None:
    """Results spread over messages, or behind words, go into one turn, before the words; the report says what moved."""
    call = call_of(
        assistant([AgentCallBlock(id="a", name="f", arguments={}), AgentCallBlock(id="b", name="g", arguments={})]),
        Message(role="user", content=[TextBlock(text="Here:"), AgentResultBlock(call_id="a")]),
        Message(role="user", content=[AgentResultBlock(call_id="b")]),
    )
    native, items = planned(call)
    assert [b.get("tool_use_id", b.get("text")) for b in native["messages"][1]["content"]] == ["a", "b", "Here:"]
    assert items["messages.2.content.0"].action == "moved"
    assert items["messages.2.content.0"].to == "messages.1.content.1"
    assert items["messages.1.content.0"].to == "messages.1.content.2"


def test_ids_of_other_wires_are_made_to_fit() -> None:
    """An id with letters that the wire refuses is converted, alike in call and result, two ids never into one."""
    native, items = planned(
        call_of(
            assistant([AgentCallBlock(id=i, name="f", arguments={}) for i in ("call|1", "call.1", "fine-1")]),
            user([AgentResultBlock(call_id=i) for i in ("call|1", "call.1", "fine-1")]),
        )
    )
    ids = [b["id"] for b in native["messages"][0]["content"]]
    assert ids == [b["tool_use_id"] for b in native["messages"][1]["content"]]
    assert len(set(ids)) == 3
    assert ids[2] == "fine-1"
    assert all(c.isalnum() or c in "_-" for id in ids for c in id)
    assert [items[f"messages.1.content.{i}"].action for i in range(3)] == ["converted", "converted", "kept"]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (agent_call("a", "f", '{"x": '), {"INVALID_JSON": '{"x": '}),
        (agent_call("a", "f", "[1]"), {"INVALID_JSON": "[1]"}),
        (agent_call("a", "f", ""), {}),
        (agent_call("a", "f", "null"), {}),
        (agent_call("a", "f", '{"x":  1}'), {"x": 1}),
    ],
)
def test_arguments_are_an_object(block: AgentCallBlock, expected: Any) -> None:
    """The wire takes an object: other arguments go wrapped, as its documentation says."""
    assert block_sent(block, "assistant")["input"] == expected


def test_results_of_calls_that_another_provider_ran_go_with_them() -> None:
    """A replay leaves out both: a result without its call is refused."""
    call = call_of(
        user("Hi"),
        Message(
            role="assistant",
            content=[
                AgentCallBlock(id="x", name="search", arguments={}, executed_by_provider=True),
                AgentResultBlock(call_id="x", content=[TextBlock(text="found")]),
                TextBlock(text="It is so."),
            ],
        ),
    )
    native, items = planned(call)
    assert native["messages"][1]["content"] == [{"type": "text", "text": "It is so."}]
    assert items["messages.1.content.1"].action == "dropped"


def test_sound_in_a_result_is_named_by_its_place() -> None:
    """What a result holds and the wire does not take is refused, by its path inside of the result."""
    result = AgentResultBlock(
        call_id="a", content=[TextBlock(text="x"), AudioBlock(data=b"ID3", media_type="audio/mpeg")]
    )
    with pytest.raises(UnsupportedCapability, match=r"messages\.0\.content\.0\.content\.1"):
        sent(user(result))
    native, items = planned(call_of(user(result)))
    assert native["messages"][0]["content"][0]["content"] == [{"type": "text", "text": "x"}]
    assert items["messages.0.content.0"].action == "converted"


def test_agents_as_tools() -> None:
    """An agent is a tool with its schema and extras; the service's own goes as it is, another wire's not at all."""
    schema = {"type": "object", "properties": {"x": {"type": "integer"}}}
    search = {"type": "web_search_20250305", "name": "web_search"}
    native = sent(
        user("Hi"),
        agents=[
            AgentSpec(name="f", description="F", input_schema=schema, native={"defer_loading": True}),
            ServerAgent(wire=WIRE, raw=search),
        ],
    )
    assert native["tools"] == [
        {"name": "f", "description": "F", "input_schema": schema, "defer_loading": True},
        search,
    ]
    foreign = ServerAgent(wire="openai-responses", raw={"type": "file_search"})
    with pytest.raises(UnsupportedCapability, match=r"agents\.0"):
        sent(user("Hi"), agents=[foreign])


def test_a_strict_agent_has_a_closed_schema() -> None:
    """With `strict` the wire takes closed schemas only; without it the schema goes as it is."""
    schema = {"type": "object", "properties": {"x": {"type": "integer", "minimum": 1}}}
    closed = sent(user("Hi"), agents=[AgentSpec(name="f", input_schema=schema, strict=True)])["tools"][0]
    assert closed["input_schema"] == {
        "type": "object",
        "properties": {"x": {"type": "integer", "description": "(minimum: 1)"}},
        "additionalProperties": False,
    }
    assert sent(user("Hi"), agents=[AgentSpec(name="f", input_schema=schema)])["tools"][0]["input_schema"] == schema
    assert sent(user("Hi"), agents=[AgentSpec(name="f", input_schema={})])["tools"][0]["input_schema"] == {
        "type": "object"
    }


@pytest.mark.parametrize(
    ("choice", "params", "expected"),
    [
        (AgentChoice(kind="auto"), {}, {"type": "auto"}),
        (AgentChoice(kind="required"), {}, {"type": "any"}),
        (AgentChoice(kind="none"), {}, {"type": "none"}),
        (AgentChoice(kind="agent", name="f"), {}, {"type": "tool", "name": "f"}),
        (None, {"disable_parallel_tool_use": True}, {"type": "auto", "disable_parallel_tool_use": True}),
        (
            AgentChoice(kind="required"),
            {"disable_parallel_tool_use": False},
            {"type": "any", "disable_parallel_tool_use": False},
        ),
        (AgentChoice(kind="none"), {"disable_parallel_tool_use": True}, {"type": "none"}),
    ],
)
def test_agent_choice(choice: AgentChoice | None, params: dict[str, Any], expected: dict[str, Any]) -> None:
    """Each kind of choice has the wire's name, and one call at a time stands inside of it."""
    agents = [AgentSpec(name="f", input_schema={"type": "object"})]
    native = sent(user("Hi"), agents=agents, agent_choice=choice, api_params={"max_tokens": 1, **params})
    assert native["tool_choice"] == expected
    assert "disable_parallel_tool_use" not in native
    planned(call_of(user("Hi"), agents=agents, agent_choice=choice, api_params={"max_tokens": 1, **params}))
