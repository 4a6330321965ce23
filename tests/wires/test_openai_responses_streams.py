"""The wire openai-responses: every event of its streams, what it adds, and what becomes of streams that go wrong."""

from __future__ import annotations

import typing
from typing import Any

import pytest
from openai.types.responses import ResponseStreamEvent
from wires.responses_calls import call_of, responses

from ell2a.calls import Delta


def fed(*events: Any) -> tuple[Any, list[Delta]]:
    """The accumulator after some events, and the deltas that they gave."""
    accumulator = responses().accumulator()
    return accumulator, [delta for event in events for delta in accumulator.feed(event)]


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "sequence_number": 1, **more}


def begun(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The events that begin an answer with one item."""
    head = {"id": "resp_1", "object": "response", "model": "m", "status": "in_progress", "output": []}
    return [
        event("queued", response={**head, "status": "queued"}),
        event("created", response=head),
        event("in_progress", response=head),
        event("output_item.added", output_index=0, item=item),
    ]


MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "in_progress", "content": []}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": []}
LOGPROB = {"token": "a", "logprob": -0.1, "bytes": [97], "top_logprobs": []}
CITED = {"type": "url_citation", "url": "https://e.org", "title": "E", "start_index": 0, "end_index": 1}


def at(kind: str, **more: Any) -> dict[str, Any]:
    """An event of the first item."""
    return event(kind, output_index=0, item_id="x", **more)


PIECES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], str, str]] = {
    "words": (
        MESSAGE,
        [
            at("content_part.added", content_index=0, part={"type": "output_text", "text": "", "annotations": []}),
            at("output_text.delta", content_index=0, delta="a", logprobs=[LOGPROB]),
            at("output_text.delta", content_index=0, delta="b"),
            at("output_text.annotation.added", content_index=0, annotation_index=0, annotation=CITED),
            at("output_text.done", content_index=0, text="ab", logprobs=[]),
        ],
        {
            **MESSAGE,
            "content": [{"type": "output_text", "text": "ab", "annotations": [CITED], "logprobs": [LOGPROB]}],
        },
        "text",
        "ab",
    ),
    "words that no part announced": (
        MESSAGE,
        [at("output_text.delta", content_index=0, delta="a"), at("output_text.done", content_index=0, text="abc")],
        {**MESSAGE, "content": [{"type": "output_text", "text": "abc"}]},
        "text",
        "abc",
    ),
    "a refusal": (
        MESSAGE,
        [
            at("content_part.added", content_index=0, part={"type": "refusal", "refusal": ""}),
            at("refusal.delta", content_index=0, delta="n"),
            at("refusal.delta", content_index=0, delta="o"),
            at("refusal.done", content_index=0, refusal="no"),
            at("content_part.done", content_index=0, part={"type": "refusal", "refusal": "no"}),
        ],
        {**MESSAGE, "content": [{"type": "refusal", "refusal": "no"}]},
        "refusal",
        "no",
    ),
    "a summary of reasoning": (
        REASONING,
        [
            at("reasoning_summary_part.added", summary_index=0, part={"type": "summary_text", "text": ""}),
            at("reasoning_summary_text.delta", summary_index=0, delta="hm"),
            at("reasoning_summary_text.done", summary_index=0, text="hm"),
            at("reasoning_summary_part.done", summary_index=0, part={"type": "summary_text", "text": "hm"}),
        ],
        {**REASONING, "summary": [{"type": "summary_text", "text": "hm"}]},
        "thinking",
        "hm",
    ),
    "reasoning": (
        REASONING,
        [
            at("reasoning_text.delta", content_index=0, delta="h"),
            at("reasoning_text.delta", content_index=0, delta="m"),
            at("reasoning_text.done", content_index=0, text="hm"),
        ],
        {**REASONING, "content": [{"type": "reasoning_text", "text": "hm"}]},
        "thinking",
        "hm",
    ),
    "arguments": (
        {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "add", "arguments": ""},
        [
            at("function_call_arguments.delta", delta='{"a"'),
            at("function_call_arguments.delta", delta=":1}"),
            at("function_call_arguments.done", arguments='{"a":1}', name="add"),
        ],
        {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "add", "arguments": '{"a":1}'},
        "agent_call",
        '{"a":1}',
    ),
    "free input": (
        {"type": "custom_tool_call", "call_id": "c", "name": "math", "input": ""},
        [at("custom_tool_call_input.delta", delta="1+1"), at("custom_tool_call_input.done", input="1+1")],
        {"type": "custom_tool_call", "call_id": "c", "name": "math", "input": "1+1"},
        "agent_call",
        "1+1",
    ),
    "an MCP call": (
        {"type": "mcp_call", "id": "m", "name": "t", "server_label": "s", "arguments": "", "status": "in_progress"},
        [
            at("mcp_call.in_progress"),
            at("mcp_call_arguments.delta", delta="{}"),
            at("mcp_call_arguments.done", arguments="{}"),
            at("mcp_call.failed"),
        ],
        {"type": "mcp_call", "id": "m", "name": "t", "server_label": "s", "arguments": "{}", "status": "failed"},
        "agent_call",
        "{}",
    ),
    "code": (
        {"type": "code_interpreter_call", "id": "c", "code": "", "container_id": "k", "status": "in_progress"},
        [
            at("code_interpreter_call.in_progress"),
            at("code_interpreter_call_code.delta", delta="1"),
            at("code_interpreter_call_code.done", code="1"),
            at("code_interpreter_call.interpreting"),
            at("code_interpreter_call.completed"),
        ],
        {"type": "code_interpreter_call", "id": "c", "code": "1", "container_id": "k", "status": "completed"},
        "other",
        "1",
    ),
    "a picture": (
        {"type": "image_generation_call", "id": "i", "status": "in_progress", "result": None},
        [
            at("image_generation_call.generating"),
            at("image_generation_call.partial_image", partial_image_b64="AA==", partial_image_index=0, size="1x1"),
        ],
        {"type": "image_generation_call", "id": "i", "status": "generating", "result": "AA==", "size": "1x1"},
        "other",
        "",
    ),
    "a shell": (
        {"type": "shell_call", "call_id": "c", "action": {"commands": []}, "status": "in_progress"},
        [
            event("shell_call_command.added", output_index=0, command_index=0, command=""),
            event("shell_call_command.delta", output_index=0, command_index=0, delta="l"),
            event("shell_call_command.delta", output_index=0, command_index=0, delta="s"),
            event("shell_call_command.done", output_index=0, command_index=0, command="ls"),
        ],
        {"type": "shell_call", "call_id": "c", "action": {"commands": ["ls"]}, "status": "in_progress"},
        "other",
        "",
    ),
    "what a shell printed": (
        {"type": "shell_call_output", "call_id": "c", "output": []},
        [
            at("shell_call_output_content.delta", command_index=0, delta={"stdout": "a"}),
            at("shell_call_output_content.delta", command_index=0, delta={"stdout": "b", "stderr": "e"}),
        ],
        {"type": "shell_call_output", "call_id": "c", "output": [{"stdout": "ab", "stderr": "e"}]},
        "other",
        "",
    ),
}


@pytest.mark.parametrize("name", PIECES)
def test_pieces(name: str) -> None:
    """The pieces of an item amount to the item, and are given on as they come."""
    item, events, expected, kind, text = PIECES[name]
    accumulator, deltas = fed(*begun(item), *events)
    assert accumulator.response()["output"] == [expected]
    assert {delta.kind for delta in deltas} == {kind}
    assert "".join(delta.text for delta in deltas) == text
    assert "unread_events" not in accumulator.response()
    assert not accumulator.done
    if kind == "agent_call":
        assert [delta.name for delta in deltas] == [item["name"], *[None] * (len(deltas) - 1)]


@pytest.mark.parametrize("kind", ["completed", "incomplete"])
def test_the_end(kind: str) -> None:
    """The last event tells the whole answer, which then stands; what no piece told before is given on."""
    whole = {
        "id": "resp_1",
        "status": kind,
        "output": [{**MESSAGE, "content": [{"type": "output_text", "text": "ab"}]}],
    }
    accumulator, deltas = fed(
        *begun(MESSAGE), at("output_text.delta", content_index=0, delta="a"), event(kind, response=whole)
    )
    assert accumulator.done
    assert accumulator.error is None
    assert [delta.text for delta in deltas] == ["a", "b"]
    assert accumulator.response()["output"] == whole["output"]


def test_an_end_without_items() -> None:
    """Where the last event leaves the items out, those of the stream stand."""
    accumulator, _ = fed(
        *begun(MESSAGE),
        event("output_item.done", output_index=0, item={**MESSAGE, "status": "completed"}),
        event("completed", response={"id": "resp_1", "status": "completed", "output": []}),
    )
    assert accumulator.response()["output"] == [{**MESSAGE, "status": "completed"}]


@pytest.mark.parametrize(
    "last",
    [
        {"type": "error", "code": "server_error", "message": "broken", "param": None, "sequence_number": 9},
        {"type": "error", "error": {"code": "server_error", "message": "broken"}},
        {"error": {"code": "server_error", "message": "broken"}},
        event("failed", response={"status": "failed", "error": {"code": "server_error", "message": "broken"}}),
    ],
)
def test_errors(last: dict[str, Any]) -> None:
    """An error in a stream is kept, with what came before it."""
    accumulator, deltas = fed(*begun(MESSAGE), at("output_text.delta", content_index=0, delta="a"), last)
    assert accumulator.error["message"] == "broken"
    assert [delta.text for delta in deltas] == ["a"]
    answer = responses().translate_provider_to_ell2a(accumulator.response(), call_of())
    assert answer.text == "a"
    assert answer.metadata.other["error"]["message"] == "broken"


def test_sound() -> None:
    """Spoken words, in pieces, are a sound with its words."""
    accumulator, deltas = fed(
        *begun(MESSAGE)[:3],
        event("audio.delta", delta="AAEC"),
        event("audio.transcript.delta", delta="Hi"),
        event("audio.delta", delta="Aw=="),
        event("audio.transcript.done"),
        event("audio.done"),
    )
    answer = responses().translate_provider_to_ell2a(accumulator.response(), call_of())
    (sound,) = answer.message.audio
    assert (sound.data, sound.transcript) == (b"\x00\x01\x02\x03", "Hi")
    assert [delta.kind for delta in deltas] == ["audio", "other", "audio"]


@pytest.mark.parametrize(
    "odd", [7, {}, event("from_the_future", x=1), event("output_text.delta", output_index=9, delta="x")]
)
def test_odd_events(odd: Any) -> None:
    """An event of no known kind or place is kept by name; one that is no object is an error."""
    accumulator, _ = fed(*begun(MESSAGE), odd)
    if isinstance(odd, dict):
        answer = responses().translate_provider_to_ell2a(accumulator.response(), call_of())
        assert answer.metadata.other["unread_events"] == [odd]
    else:
        assert "int" in accumulator.error["message"]


def test_every_event_of_the_sdk_is_known() -> None:
    """Each type in the installed SDK's union of events is read: none is kept as unread."""
    (union, *_) = typing.get_args(ResponseStreamEvent)
    kinds = [one.model_fields["type"].annotation.__args__[0] for one in typing.get_args(union)]
    assert len(kinds) > 50
    unread = []
    for kind in kinds:
        known = {
            "type": kind,
            "output_index": 0,
            "content_index": 0,
            "summary_index": 0,
            "command_index": 0,
            "delta": "",
        }
        accumulator, _ = fed(*begun(MESSAGE), {**known, "response": {"status": "x"}, "item": MESSAGE, "message": "m"})
        unread += [kind] if "unread_events" in accumulator.response() else []
    assert unread == []
