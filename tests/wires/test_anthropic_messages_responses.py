"""The wire anthropic-messages: responses and streams."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from ell2a.providers.anthropic_messages.tables import FINISH_REASONS
from pydantic import BaseModel

from ell2a import providers
from ell2a.calls import Delta, Ell2aCall, Ell2aResponse, ResponseFormat
from ell2a.calls.coerce import response_format_of
from ell2a.errors import OutputNotParsed
from ell2a.messages import AgentCallBlock, OpaqueBlock, ParsedBlock, TextBlock, ThinkingBlock, user

WIRE = "anthropic-messages"
PROVIDER = providers.get("anthropic")
CALL = Ell2aCall(provider="anthropic", wire=WIRE, model="claude-opus-4-8", messages=[user("Hi")])


def native(*content: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-4-8",
        "content": list(content),
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 2},
        **more,
    }


def read(body: Any, call: Ell2aCall = CALL) -> Ell2aResponse:
    return PROVIDER.translate_provider_to_ell2a(body, call)


# --- content ---


def test_blocks_keep_their_order() -> None:
    """Thinking, words, calls and what no other wire has stand in the order of the answer."""
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    response = read(
        native(
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "Let me look."},
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
            found,
            {"type": "redacted_thinking", "data": "r"},
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"x": 1}, "caller": {"type": "direct"}},
        )
    )
    kinds = [type(block) for block in response.message.content]
    assert kinds == [ThinkingBlock, TextBlock, AgentCallBlock, OpaqueBlock, ThinkingBlock, AgentCallBlock]
    assert [call.id for call in response.agent_calls] == ["toolu_1"]
    assert response.agent_calls[0].native == {"caller": {"type": "direct"}}
    assert isinstance(response.message.content[3], OpaqueBlock)
    assert response.message.content[3].raw == found


def test_citations() -> None:
    """A citation has its words, title and URL where all wires have them; where in its source it points is native."""
    response = read(
        native(
            {
                "type": "text",
                "text": "So.",
                "citations": [
                    {
                        "type": "web_search_result_location",
                        "url": "https://x",
                        "title": "X",
                        "cited_text": "so",
                        "encrypted_index": "e",
                    },
                    {"type": "page_location", "document_title": None, "cited_text": "it", "document_index": 0},
                    {"type": "novel_location", "cited_text": "is"},
                ],
            }
        )
    )
    (block,) = response.message.content
    assert isinstance(block, TextBlock)
    first, second, third = block.citations
    assert (first.url, first.title, first.cited_text) == ("https://x", "X", "so")
    assert first.native == {"type": "web_search_result_location", "encrypted_index": "e"}
    assert (second.title, second.cited_text) == (None, "it")
    assert third.native == {"type": "novel_location", "anthropic_extra": {"cited_text": "is"}}


# --- finish, usage, metadata ---


@pytest.mark.parametrize(("raw", "unified"), [*FINISH_REASONS.items(), ("novel", "other")])
def test_finish_reasons(raw: str, unified: str) -> None:
    """Each of the wire's words has ours; one that is new is `other`, with the word."""
    finish = read(native(stop_reason=raw)).message.finish_reason
    assert finish is not None
    assert (finish.unified, finish.raw) == (unified, raw)


def test_usage_includes_the_cache() -> None:
    """The wire counts input without its cache; ours includes it, and what was sent stands beside."""
    usage = {
        "input_tokens": 5,
        "output_tokens": 20,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
        "output_tokens_details": {"thinking_tokens": 7, "novel": 1},
        "server_tool_use": {"web_search_requests": 2},
        "service_tier": "standard",
        "inference_geo": "eu",
        "novel": 3,
    }
    metadata = read(native(usage=usage)).metadata
    found = metadata.usage
    assert found is not None
    assert (found.input_tokens, found.output_tokens, found.reasoning_tokens) == (135, 20, 7)
    assert (found.cache_read_tokens, found.cache_write_tokens) == (100, 30)
    assert found.server_agent_calls == {"web_search_requests": 2}
    assert found.raw == usage
    assert metadata.other == {
        "cache_creation": usage["cache_creation"],
        "service_tier": "standard",
        "inference_geo": "eu",
        "usage_extra": {"novel": 3, "output_tokens_details": {"novel": 1}},
    }


def test_unknown_counts_are_none() -> None:
    """A number that the service did not give is None, never 0."""
    usage = read(native(usage={"output_tokens": 2})).metadata.usage
    assert usage is not None
    assert (usage.input_tokens, usage.cache_read_tokens, usage.total_tokens) == (None, None, None)
    assert read(native(usage=None)).metadata.usage is None


def test_the_rest_has_names() -> None:
    """Container, stop sequence, details of a stop and the like stand under their names; what is new under `extra`."""
    response = read(
        native(stop_sequence="END", stop_details={"type": "refusal"}, container={"id": "c"}, novel={"a": 1}, empty=None)
    )
    assert response.metadata.other == {
        "stop_sequence": "END",
        "stop_details": {"type": "refusal"},
        "container": {"id": "c"},
        "extra": {"novel": {"a": 1}},
    }
    assert (response.metadata.response_id, response.metadata.response_model) == ("msg_1", "claude-opus-4-8")


# --- structured output ---


class Person(BaseModel):
    name: str


ASKED = CALL.model_copy(update={"response_format": response_format_of(Person)})


def test_structured_output() -> None:
    """The last text becomes the structured output; words before it stay words."""
    response = read(native({"type": "text", "text": "Looking."}, {"type": "text", "text": '{"name": "Ann"}'}), ASKED)
    assert response.parsed == Person(name="Ann")
    assert [block.type for block in response.message.content] == ["text", "parsed"]
    assert response.text == 'Looking.{"name": "Ann"}'


def test_structured_output_by_a_bare_schema() -> None:
    """Without a class the structured output is the JSON value."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    call = CALL.model_copy(update={"response_format": ResponseFormat(kind="json_schema", json_schema=schema)})
    assert read(native({"type": "text", "text": '{"name":"Ann"}'}), call).parsed == {"name": "Ann"}
    with pytest.raises(OutputNotParsed, match="name"):
        _ = read(native({"type": "text", "text": "{}"}), call).parsed


@pytest.mark.parametrize("content", [[{"type": "text", "text": '{"name": 3}'}], [{"type": "text", "text": "No"}], []])
def test_an_answer_that_does_not_fit(content: list[Any]) -> None:
    """It stays as it came, and `parsed` raises with the reason."""
    response = read(native(*content), ASKED)
    assert not any(isinstance(block, ParsedBlock) for block in response.message.content)
    with pytest.raises(OutputNotParsed):
        _ = response.parsed


def test_nothing_is_parsed_where_the_model_did_something_else() -> None:
    """A refusal or an agent call is no fault of the structured output."""
    call = {"type": "tool_use", "id": "a", "name": "f", "input": {}}
    assert read(native(call, stop_reason="tool_use"), ASKED).parsed is None
    assert read(native({"type": "text", "text": "No."}, stop_reason="refusal"), ASKED).parsed is None


# --- anything else ---


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"weird": 1},
        {"content": None},
        {"content": "words"},
        {"content": [None, 3, "x", {}, {"type": 1}, {"type": "text"}, {"type": "tool_use"}]},
        {"content": [{"type": "text", "text": 1}, {"type": "tool_use", "id": 1, "name": "f", "input": {}}]},
        {"content": [{"type": "text", "text": "x", "citations": [1]}]},
        {"stop_reason": {"a": 1}, "usage": [1], "id": 7, "model": {}},
        {"usage": {"input_tokens": "many", "output_tokens": -1, "server_tool_use": 3, "output_tokens_details": "x"}},
        {"type": "error", "error": {"type": "overloaded_error", "message": "x"}},
        None,
        [],
        "words",
    ],
)
def test_answers_of_another_shape(body: Any) -> None:
    """Translation never raises: what is not of the wire's shape is opaque or a fault, and nothing of it is gone."""
    response = read(body)
    assert response.metadata.other["faults"]
    kept = response.message.model_dump_json() + response.metadata.model_dump_json()
    for leaf in leaves(body):
        assert json.dumps(leaf, ensure_ascii=False).strip('"') in kept


def leaves(value: Any) -> list[Any]:
    """The leaves of a JSON value; those of a body that is no object are told by their type alone."""
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    return []


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [] if value is None else [value]


def test_mutated_answers() -> None:
    """An answer with any part of it replaced by any other JSON value is translated, and goes back into a history."""
    whole = native(
        {"type": "text", "text": "x", "citations": [{"type": "char_location", "cited_text": "q"}]},
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "tool_use", "id": "a", "name": "f", "input": {"x": [1]}},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}},
    )
    chance = random.Random(4)
    for _ in range(2000):
        body = json.loads(json.dumps(whole))
        mutate(body, chance)
        response = read(body, chance.choice([CALL, ASKED]))
        PROVIDER.translate_ell2a_to_provider(CALL.model_copy(update={"messages": [response.message]}))


def mutate(body: Any, chance: random.Random) -> None:
    """Replace or remove one part, anywhere."""
    while isinstance(body, dict | list) and body:
        key = chance.choice(list(body)) if isinstance(body, dict) else chance.randrange(len(body))
        if not isinstance(body[key], dict | list) or not body[key] or chance.random() < 0.3:
            if chance.random() < 0.2:
                del body[key]
            else:
                body[key] = chance.choice([None, True, -1, 1.5, "", "x", [], [None], {}, {"type": "text"}])
            return
        body = body[key]


# --- streams ---

START = {"type": "message_start", "message": native(stop_reason=None, usage={"input_tokens": 3, "output_tokens": 1})}
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
    assert accumulator.error == event["error"]
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
