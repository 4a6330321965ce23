"""The sandbox as the real openai SDK sees it."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from openai.types.chat import (
    ChatCompletionFunctionToolParam,
    ChatCompletionMessage,
    ChatCompletionMessageFunctionToolCall,
    ChatCompletionSystemMessageParam,
)
from pydantic import BaseModel

from ell2a.sandbox import Sandbox

WEATHER: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city now",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def ask(client: openai.OpenAI, text: str, model: str = "sandbox-small", **params: Any) -> Any:
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **params)


def function_calls(message: ChatCompletionMessage) -> list[ChatCompletionMessageFunctionToolCall]:
    """The calls of a message, each of which has to be a function's."""
    calls = message.tool_calls or []
    functions = [c for c in calls if c.type == "function"]
    assert functions == calls
    return functions


def test_answers_from_the_request(openai_client: openai.OpenAI) -> None:
    """An answer speaks of what was asked, is marked as the sandbox's, and has its request id."""
    answer = ask(openai_client, "Explain how lighthouses help ships")
    assert "lighthouses" in answer.choices[0].message.content
    assert answer.id.startswith("chatcmpl-sandbox")
    assert answer.system_fingerprint == "fp_sandbox"
    assert answer.model == "sandbox-small-v1"
    assert answer._request_id.startswith("req_sandbox")
    assert ask(openai_client, "What is 17 * 23?").choices[0].message.content == "17 * 23 = 391"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("请介绍一下长城的历史", "长城"),
        ("ما هي عاصمة المغرب؟", "المغرب"),
        ("Was ist ein Leuchtturm?", "Sandbox, zum Thema Leuchtturm"),
    ],
)
def test_answers_in_the_language_of_the_question(openai_client: openai.OpenAI, question: str, expected: str) -> None:
    """Chinese, Arabic and German questions are answered in their languages."""
    assert expected in ask(openai_client, question).choices[0].message.content


def test_stream_equals_whole(openai_client: openai.OpenAI) -> None:
    """The pieces of a stream make the answer that comes whole, and the usage comes last when asked for."""
    whole = ask(openai_client, "Describe the tides of Brittany", model="sandbox-large")
    chunks = list(
        ask(
            openai_client,
            "Describe the tides of Brittany",
            model="sandbox-large",
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert len(chunks) > 50


def test_several_choices_stream_side_by_side(openai_client: openai.OpenAI) -> None:
    """The chunks of several choices come mixed, each under its index, and end one by one."""
    whole = ask(openai_client, "Describe granite", n=3)
    texts, order, ended = {0: "", 1: "", 2: ""}, [], []
    for chunk in ask(openai_client, "Describe granite", n=3, stream=True):
        (choice,) = chunk.choices
        texts[choice.index] += choice.delta.content or ""
        order.append(choice.index)
        ended += [choice.index] if choice.finish_reason else []
    assert list(texts.values()) == [c.message.content for c in whole.choices]
    assert order[:6] == [0, 1, 2, 0, 1, 2]
    assert sorted(ended) == [0, 1, 2]


async def test_async_client(server: Sandbox) -> None:
    """The async client gets whole answers and streams."""
    async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="any") as client:
        asked: dict[str, Any] = {
            "model": "sandbox-small",
            "messages": [{"role": "user", "content": "Describe granite"}],
        }
        whole = await client.chat.completions.create(**asked)
        pieces = [c async for c in await client.chat.completions.create(**asked, stream=True)]
    assert "".join(c.choices[0].delta.content or "" for c in pieces) == whole.choices[0].message.content


def test_agents_are_called_in_parallel_and_their_results_told(openai_client: openai.OpenAI) -> None:
    """One call a city in the question, then an answer made of the results."""
    question: Any = {"role": "user", "content": "What is the weather in Paris, Rome and New York?"}
    first = openai_client.chat.completions.create(model="sandbox-small", messages=[question], tools=[WEATHER])
    calls = function_calls(first.choices[0].message)
    assert [json.loads(c.function.arguments)["city"] for c in calls] == ["Paris", "Rome", "New York"]
    assert first.choices[0].finish_reason == "tool_calls"
    results = [{"role": "tool", "tool_call_id": c.id, "content": f"{20 + i} °C"} for i, c in enumerate(calls)]
    history = [question, first.choices[0].message.model_dump(exclude_none=True), *results]
    last: Any = openai_client.chat.completions.create(model="sandbox-small", messages=history, tools=[WEATHER])
    assert last.choices[0].finish_reason == "stop"
    for i, city in enumerate(("Paris", "Rome", "New York")):
        assert f'city="{city}"): {20 + i} °C' in last.choices[0].message.content


def test_agents_one_at_a_time(openai_client: openai.OpenAI) -> None:
    """Without parallel calls each city has its own round."""
    history: list[Any] = [{"role": "user", "content": "What is the weather in Paris and Rome?"}]
    asked = []
    for _ in range(3):
        answer = openai_client.chat.completions.create(
            model="sandbox-small", messages=history, tools=[WEATHER], parallel_tool_calls=False
        )
        message = answer.choices[0].message
        if not message.tool_calls:
            break
        (call,) = function_calls(message)
        asked.append(json.loads(call.function.arguments)["city"])
        history += [message.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": "ok"}]
    assert asked == ["Paris", "Rome"]


def test_streamed_agent_calls(openai_client: openai.OpenAI) -> None:
    """The arguments of parallel calls come in pieces under their index."""
    arguments: dict[int, str] = {}
    for chunk in ask(openai_client, "The weather in Oslo and in Kyoto?", tools=[WEATHER], stream=True):
        for call in chunk.choices[0].delta.tool_calls or ():
            arguments[call.index] = arguments.get(call.index, "") + (call.function.arguments or "")
    assert [json.loads(a) for a in arguments.values()] == [{"city": "Oslo"}, {"city": "Kyoto"}]


def test_agent_choice(openai_client: openai.OpenAI) -> None:
    """`none` never calls, `required` and a name always do."""
    weather = "The weather in Oslo?"
    assert not ask(openai_client, weather, tools=[WEATHER], tool_choice="none").choices[0].message.tool_calls
    assert ask(openai_client, "Good morning", tools=[WEATHER], tool_choice="required").choices[0].message.tool_calls
    named = {"type": "function", "function": {"name": "get_weather"}}
    assert ask(openai_client, "Good morning", tools=[WEATHER], tool_choice=named).choices[0].message.tool_calls


class Trip(BaseModel):
    destination: str
    travellers: int
    means: str


def test_structured_output(openai_client: openai.OpenAI) -> None:
    """An answer fits the pydantic class asked for, and is made of the words of the question."""
    answer = openai_client.chat.completions.parse(
        model="sandbox-small",
        messages=[{"role": "user", "content": "We are 4 people and travel to Lisbon"}],
        response_format=Trip,
    )
    trip = answer.choices[0].message.parsed
    assert trip is not None
    assert trip.destination == "Lisbon"
    assert trip.travellers == 4


def test_a_strict_schema_must_be_closed(openai_client: openai.OpenAI) -> None:
    """As with the real service, a strict schema without `additionalProperties: false` is refused."""
    form = {
        "type": "json_schema",
        "json_schema": {"name": "t", "strict": True, "schema": {"type": "object", "properties": {}}},
    }
    with pytest.raises(openai.BadRequestError) as caught:
        ask(openai_client, "Hello", response_format=form)
    assert caught.value.param == "response_format.json_schema.schema"


def test_several_choices_differ_and_seeds_repeat(openai_client: openai.OpenAI) -> None:
    """n answers differ from each other; a seed gives the same answer again, another seed another one."""
    text = "Describe the harbour of Genoa"
    several = ask(openai_client, text, n=3)
    assert len({c.message.content for c in several.choices}) == 3
    assert [c.index for c in several.choices] == [0, 1, 2]
    seeded = [ask(openai_client, text, seed=seed).choices[0].message.content for seed in (1, 1, 2, 3, 4)]
    assert seeded[0] == seeded[1]
    assert len(set(seeded)) > 1


def test_stop_and_length(openai_client: openai.OpenAI) -> None:
    """A stop sequence ends the text before it; max tokens cuts it at so many tokens."""
    stopped = ask(openai_client, "Describe granite", stop=["sandbox"])
    assert stopped.choices[0].message.content == "This is the "
    assert stopped.choices[0].finish_reason == "stop"
    cut = ask(openai_client, "Describe granite", max_completion_tokens=5)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage.completion_tokens == 5


def test_reasoning_is_counted(openai_client: openai.OpenAI) -> None:
    """A model that reasons counts its reasoning within the output; one that does not refuses the param."""
    thought = ask(openai_client, "Describe granite", model="sandbox-thinking", reasoning_effort="low")
    details = thought.usage.completion_tokens_details
    assert 0 < details.reasoning_tokens < thought.usage.completion_tokens
    with pytest.raises(openai.BadRequestError) as caught:
        ask(openai_client, "Describe granite", reasoning_effort="low")
    assert caught.value.code == "unsupported_parameter"
    assert caught.value.param == "reasoning_effort"


def test_repeated_beginnings_are_cached(openai_client: openai.OpenAI) -> None:
    """The second request with the same long system message reads it from the cache."""
    system: ChatCompletionSystemMessageParam = {
        "role": "system",
        "content": "You know the rules of every harbour by heart. " * 20,
    }
    usages: list[Any] = [
        openai_client.chat.completions.create(
            model="sandbox-small", messages=[system, {"role": "user", "content": text}]
        ).usage
        for text in ("Describe Genoa", "Describe Bergen")
    ]
    assert usages[0].prompt_tokens_details.cached_tokens == 0
    assert 150 < usages[1].prompt_tokens_details.cached_tokens < usages[1].prompt_tokens


def test_refusal(openai_client: openai.OpenAI) -> None:
    """A request made to be refused gives a refusal, whole and streamed."""
    message = ask(openai_client, "Please refuse this").choices[0].message
    assert message.content is None
    assert "refused" in message.refusal
    chunks = ask(openai_client, "Please refuse this", stream=True)
    assert "".join(c.choices[0].delta.refusal or "" for c in chunks) == message.refusal


def test_a_connection_serves_many_calls(openai_client: openai.OpenAI) -> None:
    """Keep-alive works after streams and errors too."""
    for _ in range(3):
        list(ask(openai_client, "Describe granite", stream=True))
        with pytest.raises(openai.NotFoundError):
            ask(openai_client, "Describe granite", model="no-such-model")
    assert len(openai_client.models.list().data) > 10
