"""The vocabulary's JSON form: stable, lossless, and strict."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ell2a.errors import AgentMissing, OutputNotParsed
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Block,
    DocumentBlock,
    ImageBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    agent_call,
    compact_json,
    parse_json,
)

BLOCK: TypeAdapter[Any] = TypeAdapter(Block)

FIELDS = {
    "text": {"text", "citations"},
    "image": {"media_type", "url", "blob", "file_id", "title"},
    "audio": {"media_type", "url", "blob", "file_id", "title"},
    "video": {"media_type", "url", "blob", "file_id", "title"},
    "document": {"media_type", "url", "blob", "file_id", "title"},
    "agent_call": {"id", "name", "arguments", "raw_arguments", "executed_by_provider"},
    "agent_result": {"call_id", "content", "is_error"},
    "thinking": {"text", "signature", "redacted"},
    "refusal": {"text"},
    "parsed": {"value", "schema_name"},
    "opaque": {"wire", "kind", "raw"},
}
"""The public field names of each block; more may stand beside them."""

SAMPLES: list[Any] = [
    TextBlock(text="hello"),
    ImageBlock(data=b"\x89PNG\r\n\x1a\n", media_type="image/png"),
    ImageBlock(url="https://example.com/a.png"),
    DocumentBlock(file_id="file_1", title="report"),
    agent_call("call_1", "weather", '{"city": "Paris"}'),
    AgentResultBlock(call_id="call_1", content=[TextBlock(text="sunny")], is_error=True),
    ThinkingBlock(signature="sig"),
    ThinkingBlock(redacted="xyz"),
    RefusalBlock(text="no"),
    ParsedBlock(value={"a": [1, None]}, schema_name="A"),
    OpaqueBlock(wire="anthropic-messages", kind="compaction", raw={"x": 1}),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("block", SAMPLES, ids=lambda b: b.type)
def test_json_form_round_trips(block: Any) -> None:
    """A block read back from its JSON text is the block, and has the public field names."""
    text = BLOCK.dump_json(block)
    assert BLOCK.validate_json(text) == block
    assert FIELDS[block.type] | {"type", "native"} <= set(json.loads(text))


def test_every_kind_is_pictured() -> None:
    """The table of public field names has every kind of block."""
    kinds = set(BLOCK.json_schema()["discriminator"]["mapping"])
    assert kinds == set(FIELDS)


@given(value=json_values)
def test_arguments_keep_their_text(value: Any) -> None:
    """Whatever spacing a provider wrote, the text that goes back is the text that came."""
    for raw in (compact_json(value), json.dumps(value), json.dumps(value, indent=2)):
        call = agent_call("id", "name", raw)
        assert call.arguments_text() == raw
        assert parse_json(raw) == (call.arguments, True)


def test_changed_arguments_change_the_text() -> None:
    """A change of the parsed arguments is not hidden by the text kept beside them."""
    call = agent_call("id", "name", '{"a":  1}')
    assert call.raw_arguments == '{"a":  1}'
    assert call.model_copy(update={"arguments": {"a": 2}}).arguments_text() == '{"a":2}'


@pytest.mark.parametrize("raw", ["", "{", "{'a': 1}", "NaN", '{"a": 1} x'])
def test_arguments_that_do_not_parse(raw: str) -> None:
    """Arguments that are no JSON are null, with the text kept."""
    call = agent_call("id", "name", raw)
    assert call.arguments is None
    assert call.raw_arguments == raw
    assert call.arguments_text() == raw


def test_media_are_named_by_their_bytes() -> None:
    """Bytes give the blob's name; the name alone stands in for bytes that the log keeps."""
    block = ImageBlock(data=b"abc", media_type="image/png")
    assert block.blob == hashlib.sha256(b"abc").hexdigest()
    assert "abc" not in repr(block)
    assert ImageBlock(blob=block.blob).data is None


@pytest.mark.parametrize("given_", [{}, {"url": "https://a", "data": b"x"}, {"url": "https://a", "file_id": "f"}])
def test_media_have_one_source(given_: dict[str, Any]) -> None:
    """No source, or two, is refused."""
    with pytest.raises(ValidationError, match="exactly one of"):
        ImageBlock(**given_)


def test_unknown_fields_are_refused() -> None:
    """A typo in a field is no silent loss."""
    with pytest.raises(ValidationError):
        BLOCK.validate_python({"type": "text", "txt": "x"})


def test_message_properties() -> None:
    """A message's parts are reached by kind; a structured output's text stays part of the text."""
    message = Message(
        role="assistant",
        content=[
            ThinkingBlock(text="hm"),
            TextBlock(text="It is "),
            ParsedBlock(value={"a": 1}),
            AgentCallBlock(id="1", name="own", arguments={}),
            AgentCallBlock(id="2", name="web_search", arguments={}, executed_by_provider=True),
        ],
    )
    assert message.text == 'It is {"a":1}'
    assert message.thinking == "hm"
    assert [c.name for c in message.agent_calls] == ["own"]
    assert message.parsed == {"a": 1}
    assert message.refusal is None


def test_parsed_raises_what_went_wrong() -> None:
    """An answer that does not fit is told when its structure is asked for, with its words."""
    message = Message(role="assistant", content=[TextBlock(text="{")]).with_parse_fault("it is no JSON")
    with pytest.raises(OutputNotParsed, match="it is no JSON") as caught:
        _ = message.parsed
    assert caught.value.text == "{"


def test_missing_agents_are_named() -> None:
    """A call of an agent that nobody gave names it, before any other is run."""
    message = Message(role="assistant", content=[AgentCallBlock(id="1", name="weather", arguments={})])
    with pytest.raises(AgentMissing, match="'weather'"):
        message.call_agents()
