"""The wire anthropic-messages: a call with everything in it goes there and comes back; which requests are the same."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from wires.anthropic_calls import PNG, PROVIDER, WIRE, call_of

from ell2a.calls import AgentChoice, AgentSpec, ResponseFormat, ServerAgent
from ell2a.calls.coerce import response_format_of
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Citation,
    DocumentBlock,
    ImageBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    TextBlock,
    ThinkingBlock,
    agent_call,
    assistant,
    system,
    user,
)
from ell2a.providers.anthropic_messages.equivalences import EQUIVALENCES, canonical
from ell2a.providers.value_walk import faults_in


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int


EVERYTHING = call_of(
    Message(role="system", content=[TextBlock(text="a"), TextBlock(text="b")]),
    user([TextBlock(text="x"), ImageBlock(data=PNG, media_type="image/png"), DocumentBlock(file_id="f", title="T")]),
    Message(
        role="assistant",
        content=[
            ThinkingBlock(text="hm", signature="s"),
            ThinkingBlock(redacted="r"),
            TextBlock(
                text="c",
                citations=[
                    Citation(
                        cited_text="q",
                        title="T",
                        native={
                            "type": "page_location",
                            "document_index": 0,
                            "start_page_number": 1,
                            "end_page_number": 2,
                        },
                    )
                ],
            ),
            AgentCallBlock(id="a", name="f", arguments={"x": [1, {"y": None}]}),
            AgentCallBlock(
                id="srvtoolu_1",
                name="web_search",
                arguments={"query": "q"},
                executed_by_provider=True,
                native={"call_type": "server_tool_use"},
            ),
            AgentResultBlock(
                call_id="srvtoolu_1",
                content=[
                    DocumentBlock(
                        url="https://example.org", title="E", native={"encrypted_content": "x", "page_age": None}
                    )
                ],
                native={"result_type": "web_search_tool_result"},
            ),
            OpaqueBlock(wire=WIRE, kind="container_upload", raw={"type": "container_upload", "file_id": "f"}),
        ],
    ),
    user([AgentResultBlock(call_id="a", content=[TextBlock(text="1"), ImageBlock(url="https://x/y")], is_error=True)]),
    agents=[
        AgentSpec(name="f", description="F", input_schema={"type": "object"}, strict=None),
        ServerAgent(wire=WIRE, raw={"type": "web_search_20250305", "name": "web_search"}),
    ],
    agent_choice=AgentChoice(kind="agent", name="f"),
    response_format=ResponseFormat(
        kind="json_schema", json_schema={"type": "object", "properties": {}, "additionalProperties": False}
    ),
    stream=True,
    api_params={
        "max_tokens": 7,
        "temperature": 0.5,
        "disable_parallel_tool_use": True,
        "output_config": {"effort": "low"},
    },
)


def test_there_and_back() -> None:
    """universal -> native -> universal is the same on the normal form."""
    native = PROVIDER.translate_ell2a_to_provider(EVERYTHING)
    assert PROVIDER.translate_request_to_ell2a(native).model_dump() == EVERYTHING.model_dump()
    assert canonical(native) == canonical(canonical(native))


def test_the_normal_form_is_reached_in_one_go() -> None:
    """What the wire cannot tell apart comes back in one spelling, which then stays."""
    messy = call_of(
        system("a"),
        system("b"),
        user([ImageBlock(url="https://x/y.png", media_type="image/png", detail="low"), TextBlock(text="x")]),
        assistant([ParsedBlock(value=[1]), agent_call("a|b", "f", "[]")]),
        user("and"),
        user([AgentResultBlock(call_id="a|b", content=[ParsedBlock(value={"x": 1})])]),
        response_format=response_format_of(Person),
        agents=[AgentSpec(name="f", input_schema={}, strict=True)],
        api_params={"disable_parallel_tool_use": True},
    )
    once = PROVIDER.translate_request_to_ell2a(PROVIDER.translate_ell2a_to_provider(messy))
    twice = PROVIDER.translate_request_to_ell2a(PROVIDER.translate_ell2a_to_provider(once))
    assert once.model_dump() != messy.model_dump()
    assert twice.model_dump() == once.model_dump()


def test_the_payload_is_valid_by_the_sdk_s_types() -> None:
    """What is sent fits the SDK's own annotations, the moved params aside."""
    native = PROVIDER.translate_ell2a_to_provider(EVERYTHING.model_copy(update={"stream": False}))
    params = PROVIDER.available_params(None, "claude-opus-4-8")
    assert [fault for name in native for fault in faults_in(native[name], params[name].annotation, name)] == []
    broken = {**native["messages"][0], "content": [{"type": "text", "txt": "x"}]}
    assert faults_in([broken], params["messages"].annotation, "messages")


CHANGES: list[tuple[str, Any]] = [
    ("model", "other"),
    ("agent_choice", AgentChoice(kind="auto")),
    ("response_format", None),
    ("stream", False),
    ("agents", []),
    ("api_params", {"max_tokens": 8}),
    *(("messages", EVERYTHING.messages[:i] + EVERYTHING.messages[i + 1 :]) for i in range(len(EVERYTHING.messages))),
]


@pytest.mark.parametrize(("field", "value"), CHANGES, ids=[f"{name}-{i}" for i, (name, _) in enumerate(CHANGES)])
def test_no_mere_copy(field: str, value: Any) -> None:
    """A change of any field between reading and writing appears in the request."""
    before = PROVIDER.translate_ell2a_to_provider(EVERYTHING)
    read = PROVIDER.translate_request_to_ell2a(before)
    after = PROVIDER.translate_ell2a_to_provider(read.model_copy(update={field: value}))
    assert canonical(after) != canonical(before)


def message(*content: Any, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": list(content)}


TEXT = {"type": "text", "text": "x"}
RESULT = {"type": "tool_result", "tool_use_id": "a"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"system": "x"}, {"system": [TEXT]}, True),
        ({"messages": [{"role": "user", "content": "x"}]}, {"messages": [message(TEXT)]}, True),
        (
            {"messages": [message({**RESULT, "content": "x"})]},
            {"messages": [message({**RESULT, "content": [TEXT]})]},
            True,
        ),
        ({"messages": [message({**RESULT, "content": []})]}, {"messages": [message(RESULT)]}, True),
        ({"messages": [message({**RESULT, "is_error": False})]}, {"messages": [message(RESULT)]}, True),
        ({"messages": [message({**RESULT, "is_error": True})]}, {"messages": [message(RESULT)]}, False),
        ({"messages": [message(TEXT, RESULT)]}, {"messages": [message(RESULT, TEXT)]}, True),
        ({"messages": [message(TEXT), message(RESULT)]}, {"messages": [message(RESULT, TEXT)]}, True),
        ({"messages": [message(TEXT), message(TEXT)]}, {"messages": [message(TEXT, TEXT)]}, False),
        ({"messages": [message(RESULT, role="assistant")]}, {"messages": [message(RESULT)]}, False),
        ({"messages": [message({**TEXT, "citations": None})]}, {"messages": [message(TEXT)]}, True),
        ({"messages": [message({**TEXT, "cache_control": None})]}, {"messages": [message(TEXT)]}, False),
        (
            {"messages": [message({**TEXT, "citations": [{"type": "char_location", "document_title": None}]})]},
            {"messages": [message({**TEXT, "citations": [{"type": "char_location"}]})]},
            True,
        ),
        ({"stream": False, "tools": [], "system": None}, {}, True),
        ({"stream": True}, {}, False),
        (
            {"tools": [{"type": "custom", "name": "f", "input_schema": {}}]},
            {"tools": [{"name": "f", "input_schema": {}}]},
            True,
        ),
        ({"tools": [{"type": "web_search"}]}, {"tools": [{}]}, False),
        ({"messages": [message(TEXT, TEXT)]}, {"messages": [message(TEXT)]}, False),
        ({"messages": "weird"}, {"messages": "weird"}, True),
        ({"messages": ["weird", message(7, RESULT)]}, {"messages": ["weird", message(RESULT, 7)]}, True),
    ],
)
def test_equivalences(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    """Two spellings are the same request exactly where the table says so."""
    assert (canonical(one) == canonical(other)) is same
    assert canonical(canonical(one)) == canonical(one)


def test_each_equivalence_has_a_reason() -> None:
    """Each entry of the table says why the two spellings are the same."""
    assert all(equivalence.reason and equivalence.name for equivalence in EQUIVALENCES)
    assert len({equivalence.name for equivalence in EQUIVALENCES}) == len(EQUIVALENCES)
