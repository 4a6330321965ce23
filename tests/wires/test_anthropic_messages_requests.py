"""The wire anthropic-messages: messages and extras of requests, both ways."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wires.anthropic_calls import PNG, PROVIDER, block_sent, call_of, planned, sent

from ell2a.errors import InvalidAgent, NotAMessage, UnknownModel, UnsupportedCapability
from ell2a.messages import (
    AgentCallBlock,
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
    words = [{"type": "text", "text": "Hi"}, {"type": "text", "text": "Be brief now."}]
    assert native["messages"] == [{"role": "user", "content": words}]
    assert items["messages.1.content.0"].action == "moved"
    assert "the user says it" in str(items["messages.1.content.0"].reason)


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
