"""The wire openai-chat, requests: what becomes of each kind of block, agent and format, and what the report says of it."""

from __future__ import annotations

from typing import Any, cast

import pytest
from pydantic import BaseModel

from ell2a.calls import AgentChoice, AgentSpec, AnyAgent, Ell2aCall, ResponseFormat, ServerAgent, leaves_of
from ell2a.calls.coerce import response_format_of
from ell2a.errors import InvalidParams, UnsupportedCapability
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
    assistant,
    system,
    user,
)
from ell2a.providers import Report
from ell2a.providers.openai_chat import OpenAIChat
from ell2a.providers.openai_chat.strict_schema import strict_schema
from ell2a.providers.rows import ProviderRow, Quirks

PNG = b"\x89PNG\r\n\x1a\nrest"
PNG_URL = "data:image/png;base64,iVBORw0KGgpyZXN0"


def chat(**quirks: Any) -> OpenAIChat:
    """The wire, spoken to a service with some quirks."""
    wires = {"openai-chat": "http://localhost:1/v1"}
    return OpenAIChat(ProviderRow(name="here", title="Here", wires=wires, quirks=cast("Quirks", quirks)))


def call_of(*messages: Message, **more: Any) -> Ell2aCall:
    return Ell2aCall(model="m", provider="here", wire="openai-chat", messages=list(messages), **more)


def written(*messages: Message, provider: OpenAIChat | None = None, **more: Any) -> list[Any]:
    """The native messages of some universal ones, which must come back the same."""
    provider = provider or chat()
    call = call_of(*messages, **more)
    native = provider.translate_ell2a_to_provider(call)
    assert provider.translate_request_to_ell2a(native) == call
    found: list[Any] = native["messages"]
    return found


def said(speaker: Any, /, *content: Block, **native: Any) -> Message:
    return Message(role=speaker, content=list(content), native=native or None)


def items(call: Ell2aCall, *, replay: bool = False, provider: OpenAIChat | None = None) -> dict[str, Any]:
    """Path -> (action, reason), after a check that the paths are the leaves of the call."""
    report = Report("here/m", replay=replay)
    (provider or chat()).translate_ell2a_to_provider(call, report)
    named = [item for item in report.items if item.action != "defaulted"]
    assert sorted(item.path for item in named) == sorted(leaves_of(call))
    return {item.path: (item.action, item.reason) for item in report.items}


# --- messages there and back ---


def test_words() -> None:
    """One text is a string, several are parts; the system message stays in its place."""
    assert written(system("Be brief."), user("Hi"), said("user", TextBlock(text="a"), TextBlock(text="b"))) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
    ]


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (
            ImageBlock(data=PNG, media_type="image/png", detail="low"),
            {"type": "image_url", "image_url": {"url": PNG_URL, "detail": "low"}},
        ),
        (ImageBlock(url="https://x.org/a.png"), {"type": "image_url", "image_url": {"url": "https://x.org/a.png"}}),
        (
            AudioBlock(data=b"RIFF", media_type="audio/wav"),
            {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        ),
        (
            AudioBlock(data=b"ID3", media_type="audio/mpeg"),
            {"type": "input_audio", "input_audio": {"data": "SUQz", "format": "mp3"}},
        ),
        (
            DocumentBlock(data=b"%PDF", media_type="application/pdf", title="a.pdf"),
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERg==", "filename": "a.pdf"}},
        ),
        (
            DocumentBlock(data=b"%PDF", media_type="application/pdf"),
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERg==", "filename": "document.pdf"}},
        ),
        (DocumentBlock(file_id="file-1"), {"type": "file", "file": {"file_id": "file-1"}}),
        (VideoBlock(url="https://x.org/a.mp4"), {"type": "video_url", "video_url": {"url": "https://x.org/a.mp4"}}),
        (
            TextBlock(text="a", native={"cache_control": {"type": "ephemeral"}}),
            {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
        ),
    ],
)
def test_parts(block: Block, part: dict[str, Any]) -> None:
    """Each kind of block is its part, and comes back."""
    assert written(said("user", block)) == [{"role": "user", "content": [part]}]


def test_native_of_messages() -> None:
    """The second name of the system's role, the names of speakers, and parts where a string would do come back."""
    assert written(
        said("system", TextBlock(text="a"), role="developer"),
        said("user", TextBlock(text="b"), name="Ada", content="parts"),
    ) == [
        {"role": "developer", "content": "a"},
        {"role": "user", "content": [{"type": "text", "text": "b"}], "name": "Ada"},
    ]


def test_system_role_of_a_service() -> None:
    """A service that wants another name for the system's role gets it."""
    assert written(system("a"), provider=chat(system_role="developer")) == [{"role": "developer", "content": "a"}]


def test_agent_calls_and_results() -> None:
    """Parallel calls stand in one message, each result in a message of its own, what else is said after them."""
    calls = [
        AgentCallBlock(id="1", name="add", arguments={"a": 1}),
        AgentCallBlock(id="2", name="add", arguments={"a": 2}, raw_arguments='{"a":  2}'),
        AgentCallBlock(id="3", name="add", raw_arguments='{"a": '),
        AgentCallBlock(id="4", name="now", arguments={}, raw_arguments=""),
    ]
    results = [AgentResultBlock(call_id=c.id, content=[TextBlock(text="ok")]) for c in calls]
    found = written(said("assistant", TextBlock(text="I add."), *calls), said("user", *results), user("And?"))
    assert [c["function"]["arguments"] for c in found[0]["tool_calls"]] == ['{"a":1}', '{"a":  2}', '{"a": ', ""]
    assert found[0]["content"] == "I add."
    assert found[1] == {"role": "tool", "tool_call_id": "1", "content": "ok"}
    assert [m["role"] for m in found[1:]] == ["tool"] * 4 + ["user"]


def test_results_and_words_in_one_message() -> None:
    """Results go first, whatever stands before them, and the report says so."""
    message = said("user", TextBlock(text="Look:"), AgentResultBlock(call_id="1", content=[TextBlock(text="3")]))
    native = chat().translate_ell2a_to_provider(call_of(message))
    assert native["messages"] == [
        {"role": "tool", "tool_call_id": "1", "content": "3"},
        {"role": "user", "content": "Look:"},
    ]
    assert items(call_of(message))["messages.0.content.0"][0] == "moved"


def test_error_of_an_agent() -> None:
    """The wire has no flag for errors: the words are sent, and the report says what is lost."""
    block = AgentResultBlock(call_id="1", content=[TextBlock(text="no such city")], is_error=True)
    action, reason = items(call_of(said("user", block)))["messages.0.content.0"]
    assert action == "converted"
    assert "no flag for errors" in reason


def test_media_in_a_result() -> None:
    """A result holds text alone; its image follows in a user's message, or stays where the service takes it."""
    block = AgentResultBlock(
        call_id="1", content=[TextBlock(text="a map"), ImageBlock(data=PNG, media_type="image/png")]
    )
    image = {"type": "image_url", "image_url": {"url": PNG_URL}}
    call = call_of(said("user", block))
    assert chat().translate_ell2a_to_provider(call)["messages"] == [
        {"role": "tool", "tool_call_id": "1", "content": "a map"},
        {"role": "user", "content": [image]},
    ]
    assert items(call)["messages.0.content.0"][0] == "converted"
    staying = chat(tool_media=True).translate_ell2a_to_provider(call)["messages"]
    assert staying == [{"role": "tool", "tool_call_id": "1", "content": [{"type": "text", "text": "a map"}, image]}]


def test_older_function_calls() -> None:
    """Calls and results of the older form go back in it, and each result answers its call by an id."""
    native = {
        "model": "m",
        "messages": [
            {"role": "assistant", "content": None, "function_call": {"name": "add", "arguments": '{"a":1}'}},
            {"role": "function", "name": "add", "content": "3"},
            {"role": "assistant", "content": None, "function_call": {"name": "add", "arguments": '{"a":2}'}},
            {"role": "function", "name": "add", "content": "4"},
        ],
        "functions": [{"name": "add", "parameters": {"type": "object", "properties": {}}}],
        "function_call": {"name": "add"},
    }
    call = chat().translate_request_to_ell2a(native)
    ids = [block.id for message in call.messages for block in message.agent_calls]
    answered = [block.call_id for message in call.messages for block in message.agent_results]
    assert ids == answered == ["call_add", "call_add_2"]
    assert call.agent_choice == AgentChoice(kind="agent", name="add")
    assert chat().translate_ell2a_to_provider(call) == native
    # A result that a program makes of such a call says nothing of the form.
    bare = [
        m.model_copy(update={"content": [b.model_copy(update={"native": None}) for b in m.content]})
        if m.role == "user"
        else m
        for m in call.messages
    ]
    assert chat().translate_ell2a_to_provider(call.model_copy(update={"messages": bare})) == native


def test_custom_calls() -> None:
    """A custom call's input is free text, never parsed, and a changed one is what goes out."""
    entry = {"id": "1", "type": "custom", "custom": {"name": "math", "input": "5"}}
    native = {"model": "m", "messages": [{"role": "assistant", "content": None, "tool_calls": [entry]}]}
    call = chat().translate_request_to_ell2a(native)
    block = call.messages[0].agent_calls[0]
    assert (block.arguments, block.raw_arguments) == (None, "5")
    assert chat().translate_ell2a_to_provider(call) == native
    changed = block.model_copy(update={"arguments": "6"})
    out = chat().translate_ell2a_to_provider(call_of(said("assistant", changed)))
    assert out["messages"][0]["tool_calls"][0]["custom"]["input"] == "6"


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning_content": "WHY"},
        {"reasoning": "WHY"},
        {"reasoning": "WHY", "reasoning_content": "WHY"},
        {"reasoning": "WHY", "reasoning_content": "OR WHY"},
        {"reasoning_details": [{"type": "reasoning.text", "text": "WHY", "signature": "SIGN", "index": 0}]},
        {
            "reasoning": "ab",
            "reasoning_details": [
                {"type": "reasoning.summary", "summary": "a", "format": "f", "index": 0},
                {"type": "reasoning.text", "text": "b", "signature": "SIGN", "index": 1},
                {"type": "reasoning.encrypted", "data": "xyz", "id": "rs_1", "index": 2},
            ],
        },
        {
            "thought_signature": "SIGN",
            "extra_content": {"google": {"thought": True, "thought_signature": "SIGN"}},
        },
    ],
)
def test_reasoning_goes_back_where_it_came_from(fields: dict[str, Any]) -> None:
    """Reasoning is thinking blocks, whatever field it stands in, and goes back in that field."""
    native = {"model": "m", "messages": [{"role": "assistant", "content": "4", **fields}]}
    call = chat().translate_request_to_ell2a(native)
    thinking = [b for b in call.messages[0].content if isinstance(b, ThinkingBlock)]
    assert thinking
    assert "openai_chat_extra" not in (call.messages[0].native or {})
    assert chat().translate_ell2a_to_provider(call) == native
    if "reasoning_details" in fields:
        assert "SIGN" in [b.signature for b in thinking]
    # A changed block is what goes out, in every field that repeats it.
    said_otherwise = [b.model_copy(update={"text": "else", "signature": "else"}) for b in thinking]
    out = chat().translate_ell2a_to_provider(call_of(said("assistant", *said_otherwise)))
    assert "WHY" not in str(out["messages"][0])
    assert "sig'" not in str(out["messages"][0])


def test_reasoning_of_another_wire() -> None:
    """Reasoning that came from elsewhere is refused in a user's call, named in a plan, and sent where a service takes it."""
    call = call_of(said("assistant", ThinkingBlock(text="so", signature="sig"), TextBlock(text="4")))
    with pytest.raises(UnsupportedCapability, match="reasoning in the history"):
        chat().translate_ell2a_to_provider(call)
    assert items(call, replay=True)["messages.0.content.0"][0] == "dropped"
    deepseek = chat(reasoning_field="reasoning_content")
    assert deepseek.translate_ell2a_to_provider(call)["messages"][0]["reasoning_content"] == "so"
    action, reason = items(call, provider=deepseek)["messages.0.content.0"]
    assert action == "converted"
    assert "without its signature" in reason


def test_refusals_and_sound_of_an_answer() -> None:
    """A refusal has its field, as a part where it came so; spoken words go back by their id."""
    refused = said("assistant", RefusalBlock(text="No."))
    assert written(refused) == [{"role": "assistant", "content": None, "refusal": "No."}]
    part = said("assistant", RefusalBlock(text="No.", native={"form": "part"}))
    assert written(part)[0]["content"] == [{"type": "refusal", "refusal": "No."}]
    assert written(said("assistant", AudioBlock(file_id="audio_1")))[0]["audio"] == {"id": "audio_1"}
    spoken = AudioBlock(data=b"RIFF", transcript="Hi", native={"audio": {"id": "audio_1", "expires_at": 1}})
    out = chat().translate_ell2a_to_provider(call_of(said("assistant", spoken)))
    assert out["messages"] == [{"role": "assistant", "content": None, "audio": {"id": "audio_1"}}]


def test_citations_go_back() -> None:
    """Citations of a URL are annotations; those of a document have no place, and the report says so."""
    cited = TextBlock(text="4", citations=[Citation(url="https://x.org", title="X", start=0, end=1)])
    annotation = {
        "type": "url_citation",
        "url_citation": {"url": "https://x.org", "title": "X", "start_index": 0, "end_index": 1},
    }
    assert written(said("assistant", cited))[0]["annotations"] == [annotation]
    of_document = TextBlock(text="4", citations=[Citation(title="a.pdf", cited_text="four")])
    action, reason = items(call_of(said("assistant", of_document)))["messages.0.content.0"]
    assert action == "converted"
    assert "citations" in reason


def test_structured_output_in_the_history() -> None:
    """A structured output goes back as its text, as it was written or as it is changed."""
    parsed = ParsedBlock(value={"a": 1}, schema_name="A", text='{"a": 1}')
    out = chat().translate_ell2a_to_provider(call_of(said("assistant", parsed)))
    assert out["messages"] == [{"role": "assistant", "content": '{"a": 1}'}]
    changed = parsed.model_copy(update={"value": {"a": 2}})
    out = chat().translate_ell2a_to_provider(call_of(said("assistant", changed)))
    assert out["messages"] == [{"role": "assistant", "content": '{"a":2}'}]


@pytest.mark.parametrize(
    "message",
    [
        {"role": "ipython", "content": "x"},
        {"role": "tool", "content": "x"},
        {"role": "user", "content": 3},
        "words",
        {"role": "user", "content": [{"type": "hologram", "url": "x"}, "words", None]},
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "no base64!", "format": "wav"}}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "teleport", "to": "x"}, 3]},
        {"role": "assistant", "content": "x", "annotations": [{"type": "file", "file": {"hash": "h"}}]},
        {"role": "assistant", "content": "x", "weather": {"today": "fine"}},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.org", "shine": 3}}]},
        {"role": "assistant", "content": None},
        {"role": "user", "content": []},
    ],
)
def test_what_is_not_known_comes_back(message: Any) -> None:
    """What no table knows is kept, and comes back as it was."""
    native = {"model": "m", "messages": [message]}
    call = chat().translate_request_to_ell2a(native)
    assert chat().translate_ell2a_to_provider(call) == native
    assert Ell2aCall.model_validate_json(call.model_dump_json()) == call


# --- agents, formats, params ---


def test_agents_and_the_choice_among_them() -> None:
    """Agents are tools with their schema, cache markers included; a dict of the service's own goes as it is."""
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    agents: list[AnyAgent] = [
        AgentSpec(
            name="add", description="Adds.", input_schema=schema, native={"cache_control": {"type": "ephemeral"}}
        ),
        ServerAgent(wire="openai-chat", raw={"type": "openrouter:web_search"}),
    ]
    call = call_of(user("Hi"), agents=agents, agent_choice=AgentChoice(kind="agent", name="add"))
    native = chat().translate_ell2a_to_provider(call)
    assert native["tools"] == [
        {
            "type": "function",
            "function": {"name": "add", "description": "Adds.", "parameters": schema},
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "openrouter:web_search"},
    ]
    assert native["tool_choice"] == {"type": "function", "function": {"name": "add"}}
    assert chat().translate_request_to_ell2a(native) == call


def test_agents_of_another_wire() -> None:
    """A server agent of another wire is refused in a user's call and named in a plan."""
    call = call_of(user("Hi"), agents=[ServerAgent(wire="anthropic-messages", raw={"type": "web_search_20250305"})])
    with pytest.raises(UnsupportedCapability, match="server agents"):
        chat().translate_ell2a_to_provider(call)
    assert items(call, replay=True)["agents.0"][0] == "dropped"


class Person(BaseModel):
    name: str
    nickname: str | None = None


def test_strict_formats_are_closed() -> None:
    """A pydantic class becomes a schema that strict mode takes, and the report says what was changed."""
    call = call_of(user("Hi"), response_format=response_format_of(Person))
    native = chat().translate_ell2a_to_provider(call)
    schema = native["response_format"]["json_schema"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name", "nickname"]
    assert "default" not in schema["properties"]["nickname"]
    assert native["response_format"]["json_schema"]["strict"] is True
    assert items(call)["response_format"][0] == "converted"
    assert strict_schema(schema) == schema


def test_a_schema_that_came_so_stays_so() -> None:
    """A request's own strict schema goes back letter by letter, though strict mode would have it otherwise."""
    inner = {"name": "a b", "strict": True, "schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
    native = {"model": "m", "messages": [], "response_format": {"type": "json_schema", "json_schema": inner}}
    assert chat().translate_ell2a_to_provider(chat().translate_request_to_ell2a(native)) == native


@pytest.mark.parametrize("wanted", ["json_object", "text"])
def test_formats_without_a_schema(wanted: Any) -> None:
    """The formats without a schema have their type alone."""
    call = call_of(user("Hi"), response_format=ResponseFormat(kind=wanted))
    native = chat().translate_ell2a_to_provider(call)
    assert native["response_format"] == {"type": wanted}
    assert chat().translate_request_to_ell2a(native) == call


@pytest.mark.parametrize(
    "params",
    [
        {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"type": "mcp"}]}}},
        {"response_format": {"type": "grammar", "grammar": "root ::= x"}},
        {"temperature": None, "stop": "x", "provider": {"order": ["a"]}},
        {"stream_options": {"include_usage": True}},
    ],
)
def test_forms_that_are_no_field_of_a_call(params: dict[str, Any]) -> None:
    """A form of the wire that has no universal field stays among the params, and goes back."""
    native = {"model": "m", "messages": [], **params}
    call = chat().translate_request_to_ell2a(native)
    assert call.api_params == params
    assert chat().translate_ell2a_to_provider(call) == native


def test_streams_ask_for_their_usage() -> None:
    """A stream asks for its usage, unless the service knows no such option; a traced one that did not ask does not."""
    call = call_of(user("Hi"), stream=True)
    native = chat().translate_ell2a_to_provider(call)
    assert native["stream_options"] == {"include_usage": True}
    assert items(call)["api_params.stream_options"][0] == "defaulted"
    assert chat().translate_request_to_ell2a(native) == call
    silent = chat(stream_usage=False)
    assert "stream_options" not in silent.translate_ell2a_to_provider(call)
    assert silent.translate_request_to_ell2a(silent.translate_ell2a_to_provider(call)) == call
    traced = {"model": "m", "messages": [], "stream": True}
    assert chat().translate_ell2a_to_provider(chat().translate_request_to_ell2a(traced)) == traced
    other = {"model": "m", "messages": [], "stream": True, "stream_options": {"include_obfuscation": False}}
    assert chat().translate_ell2a_to_provider(chat().translate_request_to_ell2a(other)) == other


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (said("user", DocumentBlock(url="https://x.org/a.pdf")), "not by URL"),
        (said("user", AudioBlock(url="https://x.org/a.wav")), "goes as bytes"),
        (said("user", ImageBlock(file_id="f")), "not by file id"),
        (said("system", ImageBlock(url="https://x.org/a.png")), "takes no part of type image_url"),
        (said("user", ThinkingBlock(text="so")), "cannot hold a block of type thinking"),
        (said("user", OpaqueBlock(wire="anthropic-messages", kind="compaction", raw={})), "only the wire"),
        (said("assistant", AgentResultBlock(call_id="1")), "cannot hold a block of type agent_result"),
    ],
)
def test_what_the_wire_cannot_carry(message: Message, words: str) -> None:
    """It is refused in a user's call, with what is wrong, and named as dropped in a plan."""
    with pytest.raises(UnsupportedCapability, match=words):
        chat().translate_ell2a_to_provider(call_of(message))
    assert items(call_of(message), replay=True)["messages.0.content.0"][0] == "dropped"


def test_documents_by_url() -> None:
    """A document by URL goes to a service that fetches it."""
    native = chat(document_urls=True).translate_ell2a_to_provider(
        call_of(said("user", DocumentBlock(url="https://x.org/a.pdf")))
    )
    assert native["messages"][0]["content"] == [{"type": "file", "file": {"file_data": "https://x.org/a.pdf"}}]


def test_extras_of_another_wire() -> None:
    """Native keys of another wire are left out and named; in a plan they are dropped."""
    message = said("user", TextBlock(text="a", native={"phase": 1}), rank=2)
    assert chat().translate_ell2a_to_provider(call_of(message))["messages"] == [{"role": "user", "content": "a"}]
    assert items(call_of(message))["messages.0.content.0.native.phase"][0] == "converted"
    assert items(call_of(message))["messages.0.native.rank"][0] == "converted"
    assert items(call_of(message), replay=True)["messages.0.content.0.native.phase"][0] == "dropped"


def test_words_after_a_call() -> None:
    """Words that stand after a call go before it on this wire, and the report says so."""
    message = said("assistant", AgentCallBlock(id="1", name="f", arguments={}), TextBlock(text="Wait."))
    assert items(call_of(message))["messages.0.content.1"][0] == "moved"


def test_a_request_without_model_or_messages() -> None:
    """A request that is none tells all its faults."""
    with pytest.raises(InvalidParams) as caught:
        chat().translate_request_to_ell2a({"messages": "Hi"})
    assert {fault.path for fault in caught.value.faults} == {"model", "messages"}


def test_nothing_to_say() -> None:
    """A message without blocks is an empty text, which the wire wants."""
    out = chat().translate_ell2a_to_provider(call_of(said("user"), assistant(""), said("assistant")))
    assert [m["content"] for m in out["messages"]] == ["", "", ""]
