"""The wire openai-responses: what an answer means, and what becomes of one of another shape."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from wires.responses_calls import answered, call_of, responses

from ell2a.calls import Usage
from ell2a.calls.coerce import response_format_of
from ell2a.errors import OutputNotParsed
from ell2a.messages import AgentCallBlock, OpaqueBlock, TextBlock

TEXT = {"type": "output_text", "text": "T", "annotations": []}
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [TEXT]}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "add", "arguments": '{"a":1}'}


class Person(BaseModel):
    """Somebody."""

    name: str


@pytest.mark.parametrize(
    ("items", "more", "kind"),
    [
        ([MESSAGE], {}, "stop"),
        ([MESSAGE], {"status": "complete"}, "stop"),
        ([MESSAGE, CALL], {}, "agent_calls"),
        ([{"type": "web_search_call", "id": "ws", "status": "completed"}, MESSAGE], {}, "stop"),
        ([{**MESSAGE, "content": [{"type": "refusal", "refusal": "no"}]}], {}, "refusal"),
        ([MESSAGE], {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ([MESSAGE], {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter"),
        ([CALL], {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ([MESSAGE], {"status": "incomplete", "incomplete_details": {"reason": "new"}}, "other"),
        ([MESSAGE], {"status": "incomplete"}, "other"),
        ([], {"status": "failed", "error": {"code": "server_error", "message": "m"}}, "error"),
        ([], {"status": "queued"}, "other"),
        ([], {"status": "in_progress"}, "other"),
        ([], {"status": "cancelled"}, "other"),
        ([], {"status": "new"}, "other"),
    ],
)
def test_finish_reasons(items: list[Any], more: dict[str, Any], kind: str) -> None:
    """Status, what is incomplete and what stands in the answer give one reason; the status is its raw word."""
    finish = answered(*items, **more).message.finish_reason
    assert finish is not None
    assert (finish.unified, finish.raw) == (kind, more.get("status", "completed"))


def test_usage() -> None:
    """Input includes the cached and output the reasoning; the provider's own agents are counted."""
    raw = {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "output_tokens": 6,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 16,
    }
    search = {
        "type": "web_search_call",
        "id": "ws_1",
        "status": "completed",
        "action": {"type": "search", "query": "q"},
    }
    answer = answered(search, {**search, "id": "ws_2"}, MESSAGE, usage=raw)
    assert answer.metadata.usage == Usage(
        input_tokens=10,
        output_tokens=6,
        cache_read_tokens=4,
        cache_write_tokens=2,
        reasoning_tokens=5,
        server_agent_calls={"web_search": 2},
        raw=raw,
    )
    assert "usage" not in answer.metadata.other


def test_usage_as_the_service_counts_its_agents() -> None:
    """Where the service counts its own agents, its counts stand; a number that it did not give is null."""
    usage = answered(MESSAGE, usage={"server_side_tool_usage_details": {"web_search_calls": 3}}).metadata.usage
    assert usage is not None
    assert usage.server_agent_calls == {"web_search_calls": 3}
    assert usage.input_tokens is None
    assert answered(MESSAGE).metadata.usage is None


def test_a_structured_output_after_commentary() -> None:
    """The structured output is the last of the texts: those before it are commentary."""
    first = {**MESSAGE, "phase": "commentary"}
    last = {**MESSAGE, "id": "msg_2", "content": [{**TEXT, "text": '{"name": "Ada"}'}]}
    answer = answered(first, last, call=call_of(response_format=response_format_of(Person)))
    assert answer.parsed == Person(name="Ada")
    assert [block.type for block in answer.message.content] == ["text", "parsed"]


def test_a_structured_output_that_is_none() -> None:
    """A text that does not fit what was asked for stays a text, and says so when it is asked for."""
    answer = answered(MESSAGE, call=call_of(response_format=response_format_of(Person)))
    assert answer.text == "T"
    with pytest.raises(OutputNotParsed):
        _ = answer.parsed
    assert answered(CALL, call=call_of(response_format=response_format_of(Person))).parsed is None


def test_settings() -> None:
    """What an answer tells again of the request stands in the metadata only where it is not what the request said."""
    told = {"temperature": 1.0, "top_p": 0.5, "store": True, "instructions": "S", "tools": [], "metadata": {}}
    answer = answered(MESSAGE, call=call_of(api_params={"top_p": 0.5}), **told)
    assert answer.metadata.other == {"settings": {"temperature": 1.0, "store": True}}


@pytest.mark.parametrize(
    "body",
    [
        {"weird": 1},
        {},
        [],
        None,
        "x",
        {"output": None},
        {"output": 7, "status": 3, "id": [], "model": {}, "usage": "much"},
        {
            "output": [
                7,
                None,
                "x",
                {},
                {"type": 3},
                {"type": "new"},
                {"type": "message"},
                {"type": "message", "content": 7},
            ]
        },
        {"output": [{"type": "message", "content": [7, {"type": "output_text"}, {"type": "new", "x": 1}]}]},
        {"output": [{"type": "function_call"}, {"type": "function_call", "call_id": 7, "name": None, "arguments": []}]},
        {"output": [{"type": "reasoning", "summary": 7}, {"type": "reasoning", "summary": [7], "content": {}}]},
        {"output": [{"type": "mcp_call", "id": "m", "name": "n", "arguments": "{", "output": 7, "error": 8}]},
        {
            "output": [
                {"type": kind} for kind in ("web_search_call", "code_interpreter_call", "shell_call", "program_output")
            ]
        },
        {"output": [{"type": "tool_search_output", "tools": 7}, {"type": "computer_call_output", "output": []}]},
    ],
)
def test_odd_answers(body: Any) -> None:
    """What is of another shape is opaque, or a named fault; nothing raises, and nothing is lost."""
    answer = responses().translate_provider_to_ell2a(body, call_of())
    other = answer.metadata.other
    opaque = [block.raw for block in answer.message.content if isinstance(block, OpaqueBlock)]
    assert other.get("faults") or opaque or any(b.native for b in answer.message.content)
    if isinstance(body, dict) and "weird" in body:
        assert other["unlisted"] == {"weird": 1}


def test_items_of_another_shape_go_back() -> None:
    """An item that cannot be read goes back in a history as it was."""
    odd = [{"type": "function_call", "call_id": 7}, {"type": "new", "x": [1]}, {"type": "reasoning", "summary": 7}]
    message = answered(*odd).message
    assert responses().translate_ell2a_to_provider(call_of(message))["input"] == odd


@pytest.mark.parametrize(
    ("arguments", "value", "raw"),
    [("", {}, ""), ("{", None, "{"), ('{"a": 1}', {"a": 1}, '{"a": 1}'), ({"a": 1}, {"a": 1}, None), (None, {}, "")],
)
def test_arguments(arguments: Any, value: Any, raw: str | None) -> None:
    """Arguments are parsed where they parse, and kept as text where that is not their plain form."""
    (call,) = answered({**CALL, "arguments": arguments}).agent_calls
    assert (call.arguments, call.raw_arguments) == (value, raw)


def test_results_in_an_answer() -> None:
    """What the provider ran stands beside its result, in the model's own turn."""
    code = {
        "type": "code_interpreter_call",
        "id": "ci_1",
        "code": "print(1)",
        "container_id": "k",
        "status": "completed",
        "outputs": [{"type": "logs", "logs": "1"}],
    }
    call, result, text = answered(code, MESSAGE).message.content
    assert isinstance(call, AgentCallBlock)
    assert (call.name, call.arguments, call.executed_by_provider) == (
        "code_interpreter",
        {"code": "print(1)", "container_id": "k"},
        True,
    )
    assert result.type == "agent_result"
    assert result.content == [TextBlock(text="1")]
    assert text.type == "text"
    assert answered(code, MESSAGE).agent_calls == []
