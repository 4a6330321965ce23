"""The wire anthropic-messages: responses."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pydantic import BaseModel
from wires.anthropic_calls import CALL, PROVIDER, answer, read, sent

from ell2a.calls import ResponseFormat
from ell2a.calls.coerce import response_format_of
from ell2a.errors import OutputNotParsed
from ell2a.messages import AgentCallBlock, AgentResultBlock, ParsedBlock, TextBlock, ThinkingBlock
from ell2a.providers.anthropic_messages.tables import FINISH_REASONS

# --- content ---


def test_blocks_keep_their_order() -> None:
    """Thinking, words, calls and what no other wire has stand in the order of the answer."""
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    response = read(
        answer(
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "Let me look."},
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
            found,
            {"type": "redacted_thinking", "data": "r"},
            {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"x": 1}, "caller": {"type": "direct"}},
        )
    )
    kinds = [type(block) for block in response.message.content]
    assert kinds == [ThinkingBlock, TextBlock, AgentCallBlock, AgentResultBlock, ThinkingBlock, AgentCallBlock]
    assert [call.id for call in response.agent_calls] == ["toolu_1"]
    assert response.agent_calls[0].native == {"caller": {"type": "direct"}}
    result = response.message.content[3]
    assert isinstance(result, AgentResultBlock)
    assert (result.call_id, result.content) == ("srvtoolu_1", [])
    assert sent(response.message)["messages"][0]["content"][3] == found


def test_citations() -> None:
    """A citation has its words, title and URL where all wires have them; where in its source it points is native."""
    response = read(
        answer(
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
    finish = read(answer(stop_reason=raw)).message.finish_reason
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
    metadata = read(answer(usage=usage)).metadata
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
    usage = read(answer(usage={"output_tokens": 2})).metadata.usage
    assert usage is not None
    assert (usage.input_tokens, usage.cache_read_tokens, usage.total_tokens) == (None, None, None)
    assert read(answer(usage=None)).metadata.usage is None


def test_the_rest_has_names() -> None:
    """Container, stop sequence, details of a stop and the like stand under their names; what is new under `extra`."""
    response = read(
        answer(stop_sequence="END", stop_details={"type": "refusal"}, container={"id": "c"}, novel={"a": 1}, empty=None)
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
    response = read(answer({"type": "text", "text": "Looking."}, {"type": "text", "text": '{"name": "Ann"}'}), ASKED)
    assert response.parsed == Person(name="Ann")
    assert [block.type for block in response.message.content] == ["text", "parsed"]
    assert response.text == 'Looking.{"name": "Ann"}'


def test_structured_output_by_a_bare_schema() -> None:
    """Without a class the structured output is the JSON value."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    call = CALL.model_copy(update={"response_format": ResponseFormat(kind="json_schema", json_schema=schema)})
    assert read(answer({"type": "text", "text": '{"name":"Ann"}'}), call).parsed == {"name": "Ann"}
    with pytest.raises(OutputNotParsed, match="name"):
        _ = read(answer({"type": "text", "text": "{}"}), call).parsed


@pytest.mark.parametrize("content", [[{"type": "text", "text": '{"name": 3}'}], [{"type": "text", "text": "No"}], []])
def test_an_answer_that_does_not_fit(content: list[Any]) -> None:
    """It stays as it came, and `parsed` raises with the reason."""
    response = read(answer(*content), ASKED)
    assert not any(isinstance(block, ParsedBlock) for block in response.message.content)
    with pytest.raises(OutputNotParsed):
        _ = response.parsed


def test_nothing_is_parsed_where_the_model_did_something_else() -> None:
    """A refusal or an agent call is no fault of the structured output."""
    call = {"type": "tool_use", "id": "a", "name": "f", "input": {}}
    assert read(answer(call, stop_reason="tool_use"), ASKED).parsed is None
    assert read(answer({"type": "text", "text": "No."}, stop_reason="refusal"), ASKED).parsed is None


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
    whole = answer(
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
