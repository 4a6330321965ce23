"""The wire anthropic-messages: requests, both ways."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ell2a.providers import Report
from ell2a.providers.anthropic_messages.equivalences import EQUIVALENCES, canonical
from ell2a.providers.value_walk import faults_in
from pydantic import BaseModel

from ell2a import providers
from ell2a.calls import AgentChoice, AgentSpec, Ell2aCall, ResponseFormat, ServerAgent, TranslationItem, leaves_of
from ell2a.calls.coerce import response_format_of
from ell2a.errors import InvalidAgent, NotAMessage, UnknownModel, UnsupportedCapability
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    Block,
    Citation,
    DocumentBlock,
    ImageBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    VideoBlock,
    agent_call,
    assistant,
    system,
    user,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 8
WIRE = "anthropic-messages"
PROVIDER = providers.get("anthropic")


def call_of(*messages: Message, **more: Any) -> Ell2aCall:
    more.setdefault("api_params", {"max_tokens": 100})
    more.setdefault("model", "claude-opus-4-8")
    return Ell2aCall(provider="anthropic", wire=WIRE, messages=list(messages), **more)


def sent(*messages: Message, **more: Any) -> dict[str, Any]:
    return PROVIDER.translate_ell2a_to_provider(call_of(*messages, **more))


def planned(call: Ell2aCall) -> tuple[dict[str, Any], dict[str, TranslationItem]]:
    """What a replay would send, and its items by path."""
    report = Report("anthropic", replay=True)
    native = PROVIDER.translate_ell2a_to_provider(call, report)
    assert {item.path for item in report.items} >= set(leaves_of(call))
    return native, {item.path: item for item in report.items}


def block_sent(block: Block, role: str = "user") -> Any:
    """What one block becomes in a message."""
    (message,) = sent(Message(role=role, content=[block, TextBlock(text="and?")]))["messages"]  # type: ignore[arg-type]
    return message["content"][0]


# --- messages ---


def test_the_shortest_call() -> None:
    """A string is sent as a string, and nothing is in the body that was not asked for."""
    assert sent(user("Hi")) == {
        "model": "claude-opus-4-8",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Hi"}],
    }


def test_first_system_messages_go_to_system() -> None:
    """The system messages before the conversation stand in `system`, several as one list."""
    assert sent(system("Be kind."), user("Hi"))["system"] == "Be kind."
    both = sent(system("Be kind."), system("Be brief."), user("Hi"))
    assert both["system"] == [{"type": "text", "text": "Be kind."}, {"type": "text", "text": "Be brief."}]
    assert [m["role"] for m in both["messages"]] == ["user"]


def test_system_keeps_its_cache_marker() -> None:
    """A block of `system` with extras goes as a block."""
    marker = {"type": "ephemeral"}
    message = Message(role="system", content=[TextBlock(text="Long.", native={"cache_control": marker})])
    assert sent(message, user("Hi"))["system"] == [{"type": "text", "text": "Long.", "cache_control": marker}]


def test_a_later_system_message_stays_in_its_place() -> None:
    """Models since Opus 4.8 take a system message later in the conversation; older ones do not, and it is refused."""
    messages = (user("Hi"), system("Be brief now."))
    assert sent(*messages)["messages"][1] == {"role": "system", "content": "Be brief now."}
    with pytest.raises(UnsupportedCapability, match="system messages later"):
        sent(*messages, model="claude-sonnet-4-5")
    native, items = planned(call_of(*messages, model="claude-sonnet-4-5"))
    assert native["messages"][1] == {"role": "user", "content": "Be brief now."}
    assert items["messages.1.content.0"].action == "moved"


def test_a_system_message_among_the_messages_comes_back_there() -> None:
    """A request whose first message has the role `system` is not turned into one with `system`."""
    native = {
        "model": "m",
        "max_tokens": 1,
        "messages": [{"role": "system", "content": "x"}, {"role": "user", "content": "y"}],
    }
    assert PROVIDER.translate_ell2a_to_provider(PROVIDER.translate_request_to_ell2a(native)) == native


def test_images() -> None:
    """Images go as base64, by URL, or by file id; a data: URL as what is in it."""
    data = base64.b64encode(PNG).decode()
    as_base64 = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
    assert block_sent(ImageBlock(data=PNG)) == as_base64
    assert block_sent(ImageBlock(url=f"data:image/png;base64,{data}")) == as_base64
    assert block_sent(ImageBlock(url="https://x/y.png"))["source"] == {"type": "url", "url": "https://x/y.png"}
    assert block_sent(ImageBlock(file_id="file_1"))["source"] == {"type": "file", "file_id": "file_1"}


def test_documents() -> None:
    """PDFs go as base64, text as text, with title, context and whether to cite."""
    pdf = DocumentBlock(data=b"%PDF-1.4", media_type="application/pdf", title="A", context="B", citations_enabled=True)
    assert block_sent(pdf) == {
        "type": "document",
        "source": {
            "type": "base64",
            "media_type": "application/pdf",
            "data": base64.b64encode(b"%PDF-1.4").decode(),
        },
        "title": "A",
        "context": "B",
        "citations": {"enabled": True},
    }
    text = {"type": "text", "media_type": "text/plain", "data": "a,b"}
    assert block_sent(DocumentBlock(data=b"a,b", media_type="text/plain"))["source"] == text
    assert block_sent(DocumentBlock(data=b"a,b", media_type="text/csv"))["source"] == text
    _, items = planned(call_of(user(DocumentBlock(data=b"a,b", media_type="text/csv"))))
    assert items["messages.0.content.0"].action == "converted"
    assert "text/csv" in str(items["messages.0.content.0"].reason)


@pytest.mark.parametrize(
    "source",
    [
        {"type": "text", "media_type": "text/plain", "data": "Ruby is 30."},
        {"type": "content", "content": "Ruby is 30."},
        {"type": "content", "content": [{"type": "text", "text": "Ruby"}, {"type": "text", "text": "is 30."}]},
        {"type": "url", "url": "https://x/y.pdf"},
        {"type": "file", "file_id": "file_1"},
        {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQ="},
        {"type": "base64", "media_type": "application/pdf", "data": "no base64 at all"},
        {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQ"},
        {"type": "base64", "media_type": "text/plain", "data": "YWJj"},
        {"type": "text", "media_type": "text/markdown", "data": "# x"},
        {"type": "hologram", "data": 1},
        "nothing",
    ],
)
def test_every_source_of_a_document_comes_back(source: Any) -> None:
    """A document of any source, known or not, goes out again as it came."""
    block = {"type": "document", "source": source, "cache_control": {"type": "ephemeral"}, "title": "T"}
    native = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": [block]}]}
    assert PROVIDER.translate_ell2a_to_provider(PROVIDER.translate_request_to_ell2a(native)) == native


@pytest.mark.parametrize(
    ("block", "capability"),
    [
        (AudioBlock(data=b"ID3", media_type="audio/mpeg"), "audio_input"),
        (VideoBlock(url="https://x/y.mp4"), "video_input"),
        (ImageBlock(data=b"BM", media_type="image/bmp"), "image/bmp"),
        (ImageBlock(blob="0" * 64, media_type="image/png"), "without its bytes"),
        (DocumentBlock(data=b"PK", media_type="application/zip"), "application/zip"),
        (DocumentBlock(data=b"\xff", media_type="text/plain"), "no UTF-8"),
        (ThinkingBlock(text="hm"), "without a signature"),
        (ThinkingBlock(text="hm", signature="s", native={"form": "reasoning_details"}), "another wire"),
        (OpaqueBlock(wire="openai-responses", kind="item_reference", raw={}), "item_reference"),
        (AgentCallBlock(id="1", name="search", arguments={}, executed_by_provider=True), "search"),
    ],
)
def test_what_the_wire_cannot_carry(block: Block, capability: str) -> None:
    """In a user's call it is refused by its path; in the plan of a replay it is dropped, with the reason."""
    with pytest.raises(UnsupportedCapability, match=r"`messages\.0\.content\.0`") as caught:
        block_sent(block)
    assert capability in str(caught.value)
    native, items = planned(call_of(Message(role="assistant", content=[block, TextBlock(text="and?")])))
    assert native["messages"][0]["content"] == [{"type": "text", "text": "and?"}]
    assert items["messages.0.content.0"].action == "dropped"
    assert items["messages.0.content.0"].reason


def test_a_message_of_which_nothing_is_left_is_left_out() -> None:
    """The wire takes no empty message, so a replay sends none."""
    native, _ = planned(call_of(user("Hi"), Message(role="assistant", content=[ThinkingBlock(text="hm")]), user("Yes")))
    assert [m["content"] for m in native["messages"]] == ["Hi", "Yes"]


def test_refusals_and_structured_outputs_are_text() -> None:
    """What the wire has no block for goes as its words, and the report says so."""
    call = call_of(
        user("Hi"), Message(role="assistant", content=[RefusalBlock(text="No."), ParsedBlock(value={"a": 1})])
    )
    native, items = planned(call)
    assert native["messages"][1]["content"] == [{"type": "text", "text": "No."}, {"type": "text", "text": '{"a":1}'}]
    assert [items[f"messages.1.content.{i}"].action for i in (0, 1)] == ["converted", "converted"]


def test_a_structured_output_keeps_its_spelling() -> None:
    """The JSON text goes back letter by letter as the model wrote it."""
    assert block_sent(ParsedBlock(value={"a": 1}, text='{ "a": 1 }'))["text"] == '{ "a": 1 }'


def test_thinking() -> None:
    """Signed and redacted reasoning goes back as it came; a signature survives empty text."""
    assert block_sent(ThinkingBlock(text="", signature="sig"), "assistant") == {
        "type": "thinking",
        "thinking": "",
        "signature": "sig",
    }
    assert block_sent(ThinkingBlock(redacted="xyz"), "assistant") == {"type": "redacted_thinking", "data": "xyz"}


# --- agents ---


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


# --- response format and params ---


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int


def test_a_pydantic_class_as_response_format() -> None:
    """The schema goes to `output_config.format`, closed, beside the user's own keys there."""
    native = sent(
        user("Hi"),
        response_format=response_format_of(Person),
        api_params={"max_tokens": 9, "output_config": {"effort": "low"}},
    )
    assert native["output_config"]["effort"] == "low"
    assert native["output_config"]["format"]["type"] == "json_schema"
    schema = native["output_config"]["format"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "age"]


def test_schemas_lose_what_the_wire_refuses() -> None:
    """Limits stand in the description, other formats too, `oneOf` is `anyOf`, nested objects are closed."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "maxLength": 3, "description": "Short."},
            "b": {"oneOf": [{"type": "null"}, {"type": "object", "properties": {}}]},
            "c": {"type": "array", "items": {"type": "string", "format": "color"}, "minItems": 2},
            "minimum": {"type": "integer"},
        },
        "additionalProperties": {"type": "string"},
    }
    sent_schema = sent(user("Hi"), response_format=ResponseFormat(kind="json_schema", json_schema=schema))
    assert sent_schema["output_config"]["format"]["schema"] == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "Short. (maxLength: 3)"},
            "b": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {}, "additionalProperties": False}]},
            "c": {
                "type": "array",
                "items": {"type": "string", "description": "(format: color)"},
                "description": "(minItems: 2)",
            },
            "minimum": {"type": "integer"},
        },
        "additionalProperties": False,
    }


@pytest.mark.parametrize("place", ["output_config", "output_format"])
def test_a_schema_that_was_sent_so_comes_back_so(place: str) -> None:
    """A request's own schema goes out letter by letter, open and limited though it be, in the param it came in."""
    wanted = {"type": "json_schema", "schema": {"type": "object", "properties": {"x": {"minimum": 1}}}}
    native: dict[str, Any] = {"model": "m", "max_tokens": 1, "messages": []}
    native[place] = {"format": wanted} if place == "output_config" else wanted
    call = PROVIDER.translate_request_to_ell2a(native)
    assert call.response_format is not None
    assert PROVIDER.translate_ell2a_to_provider(call) == native


def test_json_without_a_schema_is_refused() -> None:
    """The wire has no such format; plain text is what it gives anyhow."""
    with pytest.raises(UnsupportedCapability, match="`response_format`"):
        sent(user("Hi"), response_format=ResponseFormat(kind="json_object"))
    assert "output_config" not in sent(user("Hi"), response_format=ResponseFormat(kind="text"))


def test_max_tokens_is_set_where_it_is_not_given() -> None:
    """The wire requires it: the model's limit, what the SDK sends unstreamed, or a number that any model takes."""
    report = Report("anthropic")
    native = PROVIDER.translate_ell2a_to_provider(call_of(user("Hi"), api_params={}, model="unheard-of"), report)
    assert native["max_tokens"] == 4096
    (item,) = (item for item in report.items if item.path == "api_params.max_tokens")
    assert item.action == "defaulted"
    assert item.reason
    limit = PROVIDER.capabilities(None, "claude-sonnet-4-5").max_output_tokens.value
    assert sent(user("Hi"), api_params={}, model="claude-sonnet-4-5", stream=True)["max_tokens"] == limit
    assert sent(user("Hi"), api_params={}, model="claude-sonnet-4-5")["max_tokens"] == min(limit, 21_333)


def test_max_tokens_holds_the_thinking() -> None:
    """A default is more than the budget of thinking, which it includes."""
    thinking = {"type": "enabled", "budget_tokens": 10_000}
    assert sent(user("Hi"), api_params={"thinking": thinking}, model="unheard-of")["max_tokens"] == 14_096


def test_sampling_params_are_moved() -> None:
    """What the installed SDK has no argument for goes to extra_body, and the report says so."""
    report = Report("anthropic")
    native = PROVIDER.translate_ell2a_to_provider(
        call_of(user("Hi"), api_params={"max_tokens": 5, "temperature": 0.0, "stop_sequences": ["x"]}), report
    )
    assert native["temperature"] == 0.0
    arguments = PROVIDER.provider_call_arguments(native)
    assert arguments["extra_body"] == {"temperature": 0.0}
    assert arguments["stop_sequences"] == ["x"]
    items = {item.path: item for item in report.items}
    assert items["api_params.temperature"].action == "moved"
    assert items["api_params.temperature"].to == "extra_body.temperature"
    assert items["api_params.stop_sequences"].action == "kept"


# --- extras ---


def test_extras_of_other_wires_do_not_go_out() -> None:
    """A native key of another wire is no part of the body; the report names it, as converted or as dropped."""
    block = TextBlock(text="x", native={"phase": "final", "cache_control": {"type": "ephemeral"}})
    call = call_of(Message(role="user", content=[block], native={"name": "Ann"}))
    report = Report("anthropic")
    native = PROVIDER.translate_ell2a_to_provider(call, report)
    assert native["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}]}
    ]
    items = {item.path: item for item in report.items}
    assert items["messages.0.content.0.native.phase"].action == "converted"
    assert items["messages.0.content.0.native.cache_control"].action == "kept"
    assert planned(call)[1]["messages.0.native.name"].action == "dropped"


def test_unknown_keys_come_back() -> None:
    """Keys that no table knows are kept, at every level that is taken apart."""
    native = {
        "model": "m",
        "max_tokens": 1,
        "brand_new": [1],
        "tools": [{"name": "f", "input_schema": {"type": "object"}, "novel": True}],
        "messages": [
            {
                "role": "user",
                "mood": "good",
                "content": [
                    {"type": "text", "text": "x", "weight": 2},
                    {"type": "brand_new", "y": None},
                    {
                        "type": "text",
                        "text": "z",
                        "citations": [{"type": "char_location", "cited_text": "q", "document_title": "d", "odd": 1}],
                    },
                ],
            }
        ],
    }
    call = PROVIDER.translate_request_to_ell2a(native)
    assert PROVIDER.translate_ell2a_to_provider(call) == native
    cited = call.messages[0].content[2]
    assert isinstance(cited, TextBlock)
    assert (cited.citations[0].cited_text, cited.citations[0].title) == ("q", "d")


def test_citations_of_other_wires_are_left_out() -> None:
    """They point into sources that this wire does not have; the report says so."""
    block = TextBlock(text="x", citations=[Citation(url="https://x", start=0, end=1)])
    native, items = planned(call_of(assistant([block])))
    assert native["messages"][0]["content"] == [{"type": "text", "text": "x"}]
    assert items["messages.0.content.0"].action == "converted"


def test_weird_messages_are_kept_whole() -> None:
    """What is no message of the wire goes back in its place as it came."""
    native = {
        "model": "m",
        "max_tokens": 1,
        "system": {"text": "odd"},
        "messages": [
            "words",
            {"role": "critic", "content": "x"},
            {"role": "user", "content": 3},
            {"role": "user", "content": [7]},
        ],
        "tool_choice": {"type": "perhaps"},
    }
    assert PROVIDER.translate_ell2a_to_provider(PROVIDER.translate_request_to_ell2a(native)) == native


@pytest.mark.parametrize(
    ("native", "error"),
    [
        ({"messages": []}, UnknownModel),
        ({"model": "m", "messages": "hello"}, NotAMessage),
        ({"model": "m", "messages": [], "tools": {"a": 1}}, InvalidAgent),
        ({"model": "m", "messages": [], "tools": [1]}, InvalidAgent),
    ],
)
def test_requests_that_are_none(native: dict[str, Any], error: type[Exception]) -> None:
    """A request without a model, messages or tools of any readable shape has an error of ours."""
    with pytest.raises(error):
        PROVIDER.translate_request_to_ell2a(native)


# --- the laws on a call with everything in it ---

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
            OpaqueBlock(
                wire=WIRE,
                kind="web_search_tool_result",
                raw={"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
            ),
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


def test_each_equivalence_has_a_reason() -> None:
    """Each entry of the table says why the two spellings are the same."""
    assert all(equivalence.reason and equivalence.name for equivalence in EQUIVALENCES)
    assert len({equivalence.name for equivalence in EQUIVALENCES}) == len(EQUIVALENCES)
