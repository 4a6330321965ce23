"""The wire anthropic-messages: streams."""

from __future__ import annotations

from typing import Any

import pytest
from wires.anthropic_calls import PROVIDER, answer, read

from ell2a.calls import Delta

START = {"type": "message_start", "message": answer(stop_reason=None, usage={"input_tokens": 3, "output_tokens": 1})}
STOP = {"type": "message_stop"}


def opened(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def piece(index: int, **delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def ended(**usage: int) -> dict[str, Any]:
    return {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 9, **usage},
    }


def accumulated(*events: Any) -> tuple[dict[str, Any], list[Delta], Any]:
    accumulator = PROVIDER.accumulator()
    deltas = [delta for event in events for delta in accumulator.feed(event)]
    return accumulator.response(), deltas, accumulator


def test_a_stream_is_the_whole_message() -> None:
    """Pieces are joined, arguments are an object, later counts replace earlier ones and leave the others."""
    body, deltas, accumulator = accumulated(
        START,
        {"type": "ping"},
        opened(0, type="thinking", thinking="", signature=""),
        piece(0, type="thinking_delta", thinking="h"),
        piece(0, type="thinking_delta", thinking="m"),
        piece(0, type="signature_delta", signature="sig"),
        {"type": "content_block_stop", "index": 0},
        opened(1, type="text", text=""),
        piece(1, type="text_delta", text="A"),
        piece(1, type="citations_delta", citation={"type": "char_location"}),
        piece(1, type="text_delta", text="B"),
        opened(2, type="tool_use", id="a", name="f", input={}),
        piece(2, type="input_json_delta", partial_json=""),
        piece(2, type="input_json_delta", partial_json='{"x": '),
        piece(2, type="input_json_delta", partial_json="1}"),
        opened(3, type="tool_use", id="b", name="g", input={}),
        ended(cache_read_input_tokens=4),
        STOP,
    )
    assert accumulator.done
    assert body["content"] == [
        {"type": "thinking", "thinking": "hm", "signature": "sig"},
        {"type": "text", "text": "AB", "citations": [{"type": "char_location"}]},
        {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
        {"type": "tool_use", "id": "b", "name": "g", "input": {}},
    ]
    assert body["usage"] == {"input_tokens": 3, "output_tokens": 9, "cache_read_input_tokens": 4}
    assert body["stop_reason"] == "tool_use"
    assert "unread_events" not in body
    said = [(delta.kind, delta.text, delta.block, delta.name) for delta in deltas if delta.kind != "other"]
    assert said == [
        ("thinking", "h", 0, None),
        ("thinking", "m", 0, None),
        ("text", "A", 1, None),
        ("text", "B", 1, None),
        ("agent_call", "", 2, "f"),
        ("agent_call", '{"x": ', 2, None),
        ("agent_call", "1}", 2, None),
        ("agent_call", "", 3, "g"),
    ]


def test_arguments_that_do_not_parse_stay_text() -> None:
    """A stream cut inside of arguments keeps what came; the call has it as `raw_arguments`."""
    body, _, accumulator = accumulated(
        START,
        opened(0, type="tool_use", id="a", name="f", input={}),
        piece(0, type="input_json_delta", partial_json='{"x": '),
    )
    assert not accumulator.done
    (call,) = read(body).agent_calls
    assert (call.arguments, call.raw_arguments) == (None, '{"x": ')


def test_unknown_deltas_are_merged() -> None:
    """A delta of a kind that is not known (a compaction's, say) still fills its block."""
    body, deltas, _ = accumulated(
        START,
        opened(0, type="compaction", content=None),
        piece(0, type="compaction_delta", content="So far: ", list=[1]),
        piece(0, type="compaction_delta", content="much.", list=[2], encrypted_content=None),
        STOP,
    )
    assert body["content"] == [
        {"type": "compaction", "content": "So far: much.", "list": [1, 2], "encrypted_content": None}
    ]
    assert {delta.kind for delta in deltas} == {"other"}


def test_what_comes_with_the_end() -> None:
    """Container, context management and the like of the last event are members of the message."""
    end = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "container": {"id": "c"}},
        "usage": {"output_tokens": 1},
        "context_management": {"applied_edits": []},
    }
    body, _, _ = accumulated(START, end, STOP)
    assert body["container"] == {"id": "c"}
    assert body["context_management"] == {"applied_edits": []}


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        {"error": {"type": "unreadable_event", "message": "no JSON"}},
    ],
)
def test_an_error_in_a_stream(event: Any) -> None:
    """An error event is told as such, and what came before it stands."""
    body, _, accumulator = accumulated(START, opened(0, type="text", text="A"), event)
    assert accumulator.error == event
    assert not accumulator.done
    assert body["content"] == [{"type": "text", "text": "A"}]


@pytest.mark.parametrize(
    "event",
    [
        None,
        7,
        {},
        {"type": "novel", "x": 1},
        {"type": "message_start"},
        {"type": "content_block_start"},
        {"type": "content_block_delta", "index": 9, "delta": {"type": "text_delta", "text": "x"}},
        {"type": "content_block_delta", "index": [1], "delta": {"type": "text_delta", "text": "x"}},
        {"type": "content_block_delta", "index": 0, "delta": 3},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 3}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta"}},
        {"type": "message_delta", "delta": 3},
        {"type": "message_delta", "usage": 3},
    ],
)
def test_events_that_cannot_be_placed(event: Any) -> None:
    """They are kept, by name, and the rest of the stream is read on."""
    body, _, accumulator = accumulated(
        START, opened(0, type="text", text=""), event, piece(0, type="text_delta", text="A"), STOP
    )
    assert accumulator.done
    assert body["unread_events"] == [event]
    assert read(body).text == "A"
    assert read(body).metadata.other["unread_events"] == [event]
