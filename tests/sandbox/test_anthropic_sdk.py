"""The sandbox as the real anthropic SDK sees it."""

from __future__ import annotations

from typing import Any

import anthropic
import openai
import pytest
from anthropic.types import Message, MessageParam, ToolParam

from ell2a.sandbox import Sandbox

WEATHER: ToolParam = {
    "name": "get_weather",
    "description": "The weather of a city now",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def ask(
    client: anthropic.Anthropic, text: str, model: str = "sandbox-small", max_tokens: int = 2000, **params: Any
) -> Any:
    messages: list[MessageParam] = [{"role": "user", "content": text}]
    return client.messages.create(model=model, max_tokens=max_tokens, messages=messages, **params)


def test_answers_from_the_request(anthropic_client: anthropic.Anthropic) -> None:
    """An answer speaks of what was asked, is marked as the sandbox's, and has its request id."""
    answer = ask(anthropic_client, "Explain how lighthouses help ships")
    assert "lighthouses" in answer.content[0].text
    assert answer.id.startswith("msg_sandbox")
    assert answer._request_id.startswith("req_sandbox")
    assert (answer.model, answer.stop_reason) == ("sandbox-small-v1", "end_turn")


def test_both_wires_say_the_same(anthropic_client: anthropic.Anthropic, openai_client: openai.OpenAI) -> None:
    """One responder stands behind both wires."""
    other = openai_client.chat.completions.create(
        model="sandbox-small", messages=[{"role": "user", "content": "Describe granite"}]
    )
    assert ask(anthropic_client, "Describe granite").content[0].text == other.choices[0].message.content


@pytest.mark.parametrize("question", ["Describe the tides of Brittany", "What is the weather in Oslo and Kyoto?"])
def test_stream_equals_whole(anthropic_client: anthropic.Anthropic, question: str) -> None:
    """The SDK's own accumulator makes of a stream the message that comes whole, thinking and agent calls included."""
    asked: dict[str, Any] = {
        "model": "sandbox-large",
        "max_tokens": 3000,
        "messages": [{"role": "user", "content": question}],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "tools": [WEATHER],
    }
    whole = anthropic_client.messages.create(**asked)
    with anthropic_client.messages.stream(**asked) as stream:
        kinds = [event.type for event in stream]
        streamed = stream.get_final_message()

    def told(message: Message) -> list[dict[str, Any]]:
        return [b.model_dump(exclude={"id", "parsed_output"}) for b in message.content]

    assert told(streamed) == told(whole)
    assert (streamed.stop_reason, streamed.usage.output_tokens) == (whole.stop_reason, whole.usage.output_tokens)
    assert kinds[0] == "message_start"
    assert kinds[-2:] == ["message_delta", "message_stop"] or kinds[-1] == "message_stop"


async def test_async_client(server: Sandbox) -> None:
    """The async client gets whole answers and streams."""
    asked: dict[str, Any] = {
        "model": "sandbox-small",
        "max_tokens": 500,
        "messages": [{"role": "user", "content": "Describe granite"}],
    }
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key="any") as client:
        whole = await client.messages.create(**asked)
        async with client.messages.stream(**asked) as stream:
            text = "".join([piece async for piece in stream.text_stream])
    assert text == whole.content[0].text


def test_agent_loop(anthropic_client: anthropic.Anthropic) -> None:
    """Parallel calls, their results back in one message, and an answer that tells them; an error is marked."""
    messages: list[Any] = [{"role": "user", "content": "What is the weather in Paris and Rome?"}]
    first = anthropic_client.messages.create(model="sandbox-small", max_tokens=900, messages=messages, tools=[WEATHER])
    calls = [b for b in first.content if b.type == "tool_use"]
    assert [c.input for c in calls] == [{"city": "Paris"}, {"city": "Rome"}]
    assert first.stop_reason == "tool_use"
    assert all(c.id.startswith("toolu_sandbox") for c in calls)
    results = [
        {"type": "tool_result", "tool_use_id": calls[0].id, "content": "21 °C"},
        {"type": "tool_result", "tool_use_id": calls[1].id, "content": "no such station", "is_error": True},
    ]
    messages += [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    last = anthropic_client.messages.create(model="sandbox-small", max_tokens=900, messages=messages, tools=[WEATHER])
    told = last.content[0]
    assert told.type == "text"
    assert '(city="Paris"): 21 °C' in told.text
    assert '(city="Rome"): ⚠ no such station' in told.text


def test_thinking_is_signed_and_checked(anthropic_client: anthropic.Anthropic) -> None:
    """Thinking comes first with a signature; sent back unchanged it is taken, changed it is refused."""
    first = ask(anthropic_client, "Describe granite", model="sandbox-thinking")
    thought, text = first.content
    assert (thought.type, text.type) == ("thinking", "text")
    assert "granite" in thought.thinking
    assert 0 < first.usage.output_tokens_details.thinking_tokens < first.usage.output_tokens

    def go_on(block: dict[str, Any]) -> Message:
        history: list[Any] = [
            {"role": "user", "content": "Describe granite"},
            {"role": "assistant", "content": [block, {"type": "text", "text": text.text}]},
            {"role": "user", "content": "And marble?"},
        ]
        return anthropic_client.messages.create(model="sandbox-thinking", max_tokens=2000, messages=history)

    assert go_on(thought.model_dump()).stop_reason == "end_turn"
    with pytest.raises(anthropic.BadRequestError, match=r"messages\.1\.content\.0\.signature"):
        go_on({**thought.model_dump(), "thinking": "something else"})


def test_thinking_can_be_kept_back(anthropic_client: anthropic.Anthropic) -> None:
    """With `display: omitted` the signature comes with empty text."""
    shown = {"type": "adaptive", "display": "omitted"}
    answer = ask(anthropic_client, "Describe granite", model="sandbox-large", thinking=shown)
    assert answer.content[0].thinking == ""
    assert answer.content[0].signature


def test_structured_output(anthropic_client: anthropic.Anthropic) -> None:
    """`output_config.format` gives JSON that fits the schema; an open schema is refused, as by the real service."""
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city", "days"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "schema": schema}
    answer = ask(anthropic_client, "We stay in Lisbon for 4 days", output_config={"format": form})
    assert answer.content[0].text == '{"city": "Lisbon", "days": 4}'
    del schema["additionalProperties"]
    with pytest.raises(anthropic.BadRequestError, match="additionalProperties"):
        ask(anthropic_client, "We stay in Lisbon", output_config={"format": form})


def test_stop_and_length(anthropic_client: anthropic.Anthropic) -> None:
    """A stop sequence is named; max tokens cuts the text at so many tokens."""
    stopped = ask(anthropic_client, "Describe granite", stop_sequences=["speaking"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "speaking")
    assert stopped.content[0].text == "This is the sandbox "
    cut = ask(anthropic_client, "Describe granite", max_tokens=3)
    assert (cut.stop_reason, cut.usage.output_tokens) == ("max_tokens", 3)


def test_marked_beginnings_are_cached(anthropic_client: anthropic.Anthropic) -> None:
    """What is marked is written to the cache once and read from it afterwards; input tokens leave both out."""
    rules = "You know the rules of every harbour by heart. " * 20
    system = [{"type": "text", "text": rules, "cache_control": {"type": "ephemeral"}}]
    first, second = (ask(anthropic_client, f"Describe {c}", system=system).usage for c in ("Genoa", "Bergen"))
    assert first.cache_creation_input_tokens == second.cache_read_input_tokens > 150
    assert (first.cache_read_input_tokens, second.cache_creation_input_tokens) == (0, 0)
    assert second.input_tokens < 20


def test_refusal(anthropic_client: anthropic.Anthropic) -> None:
    """A request made to be refused ends with `refusal` and its details."""
    answer = ask(anthropic_client, "Please refuse this")
    assert answer.stop_reason == "refusal"
    assert "refused" in answer.stop_details.explanation


def test_models_have_capabilities(anthropic_client: anthropic.Anthropic) -> None:
    """The models endpoint answers in Anthropic's shape, and says truly what a model does."""
    small = anthropic_client.models.retrieve("sandbox-small").capabilities
    assert small is not None
    assert not small.thinking.supported
    with pytest.raises(anthropic.BadRequestError):
        ask(anthropic_client, "Describe granite", thinking={"type": "adaptive"})
    large = anthropic_client.models.retrieve("sandbox-large").capabilities
    assert large is not None
    assert large.thinking.supported
    assert len(anthropic_client.models.list().data) > 10
