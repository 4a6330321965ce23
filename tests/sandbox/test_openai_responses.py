"""The sandbox's wire openai-responses as the real openai SDK sees it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai
import pytest
from openai.types.responses import FunctionToolParam, Response, response_stream_event
from pydantic import BaseModel, TypeAdapter

from ell2a.sandbox import Sandbox

WEATHER: FunctionToolParam = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city now",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
SEARCH: Any = {"type": "web_search"}
EVENTS: TypeAdapter[Any] = TypeAdapter(response_stream_event.ResponseStreamEvent)


class City(BaseModel):
    """A structured answer."""

    name: str
    inhabitants: int


def ask(client: openai.OpenAI, said: Any, model: str = "sandbox-small", **params: Any) -> Any:
    return client.responses.create(model=model, input=said, **params)


def checked(answer: Any) -> Response:
    """The answer, held strictly against the SDK's own type."""
    return Response.model_validate(answer.to_dict(), strict=False)


def event_types(events: list[Any]) -> list[str]:
    """The types of events, each once in a row."""
    types: list[str] = []
    for event in events:
        if not types or types[-1] != event.type:
            types.append(event.type)
    return types


def test_an_answer_is_of_the_sdks_type(openai_client: openai.OpenAI) -> None:
    """An answer speaks of what was asked, fits the SDK's type, and has its request id and usage."""
    answer = ask(openai_client, "Explain how lighthouses help ships", instructions="Be kind.", temperature=0.3)
    checked(answer)
    assert "lighthouses" in answer.output_text
    assert (answer.id[:12], answer.status, answer.model) == ("resp_sandbox", "completed", "sandbox-small-v1")
    assert (answer.instructions, answer.temperature, answer.text.format.type) == ("Be kind.", 0.3, "text")
    assert answer._request_id.startswith("req_sandbox")
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert ask(openai_client, "What is 17 * 23?").output_text == "17 * 23 = 391"


def test_a_stream_is_the_answer_in_the_services_order(openai_client: openai.OpenAI) -> None:
    """Every event is of the SDK's type and numbered from 0; the events come in the service's order; the last has the answer."""
    events = list(ask(openai_client, "What is 17 * 23?", stream=True))
    for event in events:
        EVENTS.validate_python(event.to_dict())
    assert [e.sequence_number for e in events] == list(range(len(events)))
    assert event_types(events) == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    said = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert said == events[-1].response.output_text == "17 * 23 = 391"
    assert all(e.to_dict()["obfuscation"] for e in events if e.type == "response.output_text.delta")
    plain = ask(openai_client, "Hi", stream=True, stream_options={"include_obfuscation": False})
    assert not any("obfuscation" in e.to_dict() for e in plain)


def test_the_sdks_helpers_work(openai_client: openai.OpenAI) -> None:
    """`.stream()`, `.parse()`, `with_raw_response` and `with_streaming_response` of the SDK accept what is sent."""
    with openai_client.responses.stream(model="sandbox-small", input="What is 2 + 3?") as stream:
        assert [e.type for e in stream][-1] == "response.completed"
        assert stream.get_final_response().output_text == "2 + 3 = 5"
    parsed = openai_client.responses.parse(model="sandbox-small", input="Ulm, 126000 inhabitants", text_format=City)
    assert parsed.output_parsed == City(name="Ulm", inhabitants=126000)
    raw = openai_client.responses.with_raw_response.create(model="sandbox-small", input="Hi")
    assert raw.headers["x-request-id"].startswith("req_sandbox")
    assert raw.parse().status == "completed"
    with openai_client.responses.with_streaming_response.create(model="sandbox-small", input="Hi") as response:
        assert json.loads(response.read())["object"] == "response"


def test_an_asynchronous_client_is_served(server: Sandbox) -> None:
    """The asynchronous client gets answers and streams alike."""

    async def both() -> tuple[str, str]:
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="any") as client:
            whole = await client.responses.create(model="sandbox-small", input="What is 2 + 3?")
            stream = await client.responses.create(model="sandbox-small", input="What is 2 + 3?", stream=True)
            pieces = [e.delta async for e in stream if e.type == "response.output_text.delta"]
            return whole.output_text, "".join(pieces)

    assert asyncio.run(both()) == ("2 + 3 = 5", "2 + 3 = 5")


def test_agents_are_called_side_by_side_and_their_results_told(openai_client: openai.OpenAI) -> None:
    """Two cities give two calls in one answer; their results, sent back, are told."""
    asked = "What is the weather in Lima and in Oslo?"
    first = ask(openai_client, asked, tools=[WEATHER])
    checked(first)
    assert [(c.type, json.loads(c.arguments)) for c in first.output] == [
        ("function_call", {"city": "Lima"}),
        ("function_call", {"city": "Oslo"}),
    ]
    results = [
        {"type": "function_call_output", "call_id": c.call_id, "output": f"{i} degrees"}
        for i, c in enumerate(first.output)
    ]
    history = [{"role": "user", "content": asked}, *(c.to_dict() for c in first.output), *results]
    second = ask(openai_client, history, tools=[WEATHER])
    assert "0 degrees" in second.output_text
    assert "1 degrees" in second.output_text
    assert len(ask(openai_client, asked, tools=[WEATHER], parallel_tool_calls=False).output) == 1


def test_calls_stream_their_arguments(openai_client: openai.OpenAI) -> None:
    """The pieces of a call's arguments make the arguments that stand in the finished item."""
    events = list(ask(openai_client, "Weather in Lima?", tools=[WEATHER], stream=True))
    for event in events:
        EVENTS.validate_python(event.to_dict())
    said = "".join(e.delta for e in events if e.type == "response.function_call_arguments.delta")
    assert json.loads(said) == {"city": "Lima"}
    assert event_types(events)[2:-1] == [
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
    ]


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("none", []),
        ("required", ["get_weather"]),
        ({"type": "function", "name": "get_weather"}, ["get_weather"]),
        (
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "get_weather"}]},
            ["get_weather"],
        ),
    ],
)
def test_the_choice_among_agents_is_heeded(openai_client: openai.OpenAI, choice: Any, called: list[str]) -> None:
    """Whatever the question, the choice among agents decides whether and which one is called."""
    answer = ask(openai_client, "Tell me of granite", tools=[WEATHER], tool_choice=choice)
    assert [c.name for c in answer.output if c.type == "function_call"] == called


def test_answers_are_kept_and_gone_on_from(openai_client: openai.OpenAI) -> None:
    """An answer can be fetched, listed, gone on from and deleted; the instructions of before are not carried over."""
    first = ask(openai_client, "Tell me of granite", instructions="Be kind.")
    assert openai_client.responses.retrieve(first.id).output_text == first.output_text
    items = openai_client.responses.input_items.list(first.id)
    listed: list[Any] = [i.to_dict() for i in items]
    assert [i["content"][0]["text"] for i in listed] == ["Tell me of granite"]
    second = ask(openai_client, "And of basalt", previous_response_id=first.id)
    assert second.previous_response_id == first.id
    assert second.usage.input_tokens > first.usage.input_tokens
    assert "granite" in second.output_text
    assert len(list(openai_client.responses.input_items.list(second.id))) == 3
    openai_client.responses.delete(first.id)
    with pytest.raises(openai.NotFoundError, match="not found"):
        openai_client.responses.retrieve(first.id)
    with pytest.raises(openai.BadRequestError) as caught:
        ask(openai_client, "And of slate", previous_response_id=first.id)
    assert caught.value.code == "previous_response_not_found"


def test_calls_are_answered_by_the_id_of_the_answer(openai_client: openai.OpenAI) -> None:
    """With `previous_response_id` the results of agents are all that has to be sent."""
    first = ask(openai_client, "Weather in Lima?", tools=[WEATHER])
    result = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "mild"}
    second = ask(openai_client, [result], tools=[WEATHER], previous_response_id=first.id)
    assert "mild" in second.output_text
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call"):
        ask(openai_client, "And now?", previous_response_id=first.id)


def test_what_was_not_to_be_stored_is_not_found(openai_client: openai.OpenAI) -> None:
    """`store=False` keeps nothing: neither the answer nor its items can be pointed at."""
    answer = ask(openai_client, "Tell me of granite", store=False)
    assert answer.store is False
    with pytest.raises(openai.NotFoundError):
        openai_client.responses.retrieve(answer.id)
    with pytest.raises(openai.NotFoundError, match="Items are not persisted"):
        ask(
            openai_client, [{"type": "item_reference", "id": answer.output[0].id}, {"role": "user", "content": "Go on"}]
        )
    kept = ask(openai_client, "Tell me of granite")
    again = ask(
        openai_client, [{"type": "item_reference", "id": kept.output[0].id}, {"role": "user", "content": "Go on"}]
    )
    assert again.status == "completed"


def test_reasoning_is_an_item_and_comes_back_sealed(openai_client: openai.OpenAI) -> None:
    """Reasoning is counted, told where a summary is asked for, and sealed where that is included; the seal is checked."""
    bare = ask(openai_client, "Why is granite hard?", "sandbox-thinking")
    assert (bare.output[0].type, bare.output[0].summary) == ("reasoning", [])
    assert bare.usage.output_tokens_details.reasoning_tokens > 0
    params: dict[str, Any] = {"reasoning": {"effort": "high", "summary": "auto"}, "store": False}
    sealed = ask(
        openai_client, "Why is granite hard?", "sandbox-thinking", include=["reasoning.encrypted_content"], **params
    )
    checked(sealed)
    assert "granite" in sealed.output[0].summary[0].text
    history = [item.to_dict() for item in sealed.output]
    asked = [{"role": "user", "content": "Why is granite hard?"}, *history, {"role": "user", "content": "And basalt?"}]
    assert ask(openai_client, asked, "sandbox-thinking", **params).status == "completed"
    history[0]["encrypted_content"] = "made up"
    with pytest.raises(openai.BadRequestError) as caught:
        ask(openai_client, [*history, {"role": "user", "content": "And basalt?"}], "sandbox-thinking")
    assert caught.value.code == "invalid_encrypted_content"
    del history[0]["encrypted_content"]
    with pytest.raises(openai.NotFoundError, match="Items are not persisted"):
        ask(openai_client, [*history, {"role": "user", "content": "And basalt?"}], "sandbox-thinking")


def test_summaries_of_reasoning_stream(openai_client: openai.OpenAI) -> None:
    """The summary comes as a part of the reasoning item, before the words of the answer."""
    stream = ask(openai_client, "Why?", "sandbox-thinking", reasoning={"summary": "auto"}, stream=True)
    types = event_types(list(stream))
    assert types[2:8] == [
        "response.output_item.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
        "response.output_item.done",
    ]


@pytest.mark.parametrize(
    ("tool", "question", "included", "told"),
    [
        (SEARCH, "Search the web for granite", "web_search_call.action.sources", "sources"),
        (
            {"type": "file_search", "vector_store_ids": ["vs_1"]},
            "What do the files say of granite?",
            "file_search_call.results",
            "results",
        ),
        (
            {"type": "code_interpreter", "container": {"type": "auto"}},
            "Compute 17 * 23 in python",
            "code_interpreter_call.outputs",
            "391",
        ),
        (
            {"type": "image_generation"},
            "Draw granite",
            "reasoning.encrypted_content",
            "result",
        ),
    ],
)
def test_agents_of_the_service(
    openai_client: openai.OpenAI, tool: Any, question: str, included: Any, told: str
) -> None:
    """An agent of the service's own leaves its item before the words, and what `include` asks for stands in it."""
    kind = f"{tool['type']}_call"
    answer = ask(openai_client, question, "sandbox-large", tools=[tool], include=[included])
    checked(answer)
    assert [item.type for item in answer.output] == [kind, "message"]
    assert told in json.dumps(answer.output[0].to_dict())
    events = list(ask(openai_client, question, "sandbox-large", tools=[tool], stream=True))
    for event in events:
        EVENTS.validate_python(event.to_dict())
    assert f"response.{kind}.completed" in event_types(events)
    followed = [*(item.to_dict() for item in answer.output), {"role": "user", "content": "Thanks"}]
    assert ask(openai_client, followed, "sandbox-large").status == "completed"


def test_searches_are_cited_and_limited(openai_client: openai.OpenAI) -> None:
    """The words after a search cite it; `tool_choice` asks for one; `max_tool_calls` allows none."""
    answer = ask(openai_client, "Tell me of granite", tools=[SEARCH], tool_choice={"type": "web_search"})
    citation = answer.output[-1].content[0].annotations[0]
    assert (citation.type, citation.start_index) == ("url_citation", 0)
    assert 0 < citation.end_index <= len(answer.output_text)
    limited = ask(openai_client, "Search the web for granite", tools=[SEARCH], max_tool_calls=0)
    assert [item.type for item in limited.output] == ["message"]


def test_structured_output(openai_client: openai.OpenAI) -> None:
    """A schema is held to; any JSON may be asked for where the word stands in the request."""
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "name": "city", "schema": schema, "strict": True}
    assert json.loads(ask(openai_client, "Ulm", text={"format": form}).output_text).keys() == {"name"}
    assert json.loads(ask(openai_client, "Ulm as JSON", text={"format": {"type": "json_object"}}).output_text)
    with pytest.raises(openai.BadRequestError, match="must contain the word 'json'"):
        ask(openai_client, "Ulm", text={"format": {"type": "json_object"}})


def test_an_answer_that_is_cut_short_is_incomplete(openai_client: openai.OpenAI) -> None:
    """`max_output_tokens` cuts the answer, which says so, in a stream too."""
    answer = ask(openai_client, "Tell me of granite in detail", max_output_tokens=16)
    checked(answer)
    assert (answer.status, answer.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert answer.usage.output_tokens == 16
    stream = list(ask(openai_client, "Tell me of granite in detail", max_output_tokens=16, stream=True))
    assert stream[-1].type == "response.incomplete"


def test_a_refusal_is_a_part_of_its_own(openai_client: openai.OpenAI) -> None:
    """A refused request gets a refusal, whole and as a stream."""
    answer = ask(openai_client, "Please refuse this")
    assert [part.type for part in answer.output[0].content] == ["refusal"]
    types = event_types(list(ask(openai_client, "Please refuse this", stream=True)))
    assert types[4:6] == ["response.refusal.delta", "response.refusal.done"]


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"zzz": 1}, "zzz", "unknown_parameter"),
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"max_output_tokens": 5}, "max_output_tokens", "invalid_value"),
        ({"reasoning": {"effort": "low"}}, "reasoning.effort", "unsupported_parameter"),
        ({"reasoning": {"effrot": "low"}}, "reasoning.effrot", "unknown_parameter"),
        ({"include": ["reasoning.encrypted_content"]}, "include", None),
        ({"include": ["thoughts"]}, "include[0]", "invalid_value"),
        ({"text": {"format": {"typ": "text"}}}, "text.format.type", "missing_required_parameter"),
        ({"text": {"verbosity": "loud"}}, "text.verbosity", "invalid_value"),
        ({"tools": [{"type": "functoin"}]}, "tools[0].type", "invalid_value"),
        ({"tools": [{"type": "function", "name": "a b"}]}, "tools[0].name", "invalid_value"),
        ({"tools": [{"type": "mcp"}]}, "tools[0].type", "unsupported_value"),
        ({"tool_choice": "required"}, "tool_choice", "invalid_value"),
        ({"stream_options": {"include_obfuscation": True}}, "stream_options", "invalid_value"),
        ({"background": True}, "background", "unsupported_parameter"),
        ({"previous_response_id": "resp_1"}, "previous_response_id", "previous_response_not_found"),
        ({"input": []}, "input", "missing_required_parameter"),
        ({"input": [{"role": "robot", "content": "Hi"}]}, "input[0].role", "invalid_value"),
        (
            {"input": [{"role": "user", "content": [{"type": "output_text", "text": "Hi"}]}]},
            "input[0].content[0].type",
            "invalid_value",
        ),
        ({"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]}, "input", None),
        ({"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]}, "input", None),
        ({"input": [{"role": "user", "content": "Hi", "name": "Ada"}]}, "input[0].name", "unknown_parameter"),
        ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_faulty_request_is_refused(
    openai_client: openai.OpenAI, params: dict[str, Any], param: str, code: str | None
) -> None:
    """A mistake is answered 400 in the service's shape, with the param and the code."""
    with pytest.raises(openai.BadRequestError) as caught:
        openai_client.responses.create(model="sandbox-small", input=params.pop("input", "Hi"), extra_body=params)
    assert (caught.value.param, caught.value.code, caught.value.type) == (param, code, "invalid_request_error")


def test_params_that_the_model_does_not_take(openai_client: openai.OpenAI) -> None:
    """A model that always reasons takes no temperature, and cannot be told not to reason."""
    with pytest.raises(openai.BadRequestError, match="Unsupported parameter: 'temperature'"):
        ask(openai_client, "Hi", "sandbox-thinking", temperature=0.5)
    with pytest.raises(openai.BadRequestError, match="always reasons"):
        ask(openai_client, "Hi", "sandbox-thinking", reasoning={"effort": "none"})


@pytest.mark.parametrize(
    ("model", "error"),
    [
        ("sandbox-limited", openai.RateLimitError),
        ("sandbox-overloaded", openai.InternalServerError),
        ("sandbox-down", openai.InternalServerError),
        ("sandbox-forbidden", openai.PermissionDeniedError),
        ("sandbox-filtered", openai.BadRequestError),
        ("sandbox-unheard-of", openai.NotFoundError),
    ],
)
def test_troubles(openai_client: openai.OpenAI, model: str, error: type[openai.APIStatusError]) -> None:
    """The models that fail on purpose fail on this wire as on the others, with the request id in the head."""
    with pytest.raises(error) as caught:
        ask(openai_client, "Hi", model)
    assert str(caught.value.request_id).startswith("req_sandbox")


def test_troubles_of_length_and_streams(openai_client: openai.OpenAI) -> None:
    """Too long a request is refused unless it may be truncated; an error stands in a stream with the next number."""
    long = [{"role": "user", "content": "granite " * 300}, {"role": "user", "content": "Why is granite hard?"}]
    with pytest.raises(openai.BadRequestError) as caught:
        ask(openai_client, long, "sandbox-narrow")
    assert (caught.value.code, caught.value.param) == ("context_length_exceeded", "input")
    assert ask(openai_client, long, "sandbox-narrow", truncation="auto").status == "completed"
    events = list(ask(openai_client, "Tell me of granite", "sandbox-error-stream", stream=True))
    assert (events[-1].type, events[-1].code) == ("error", "server_overloaded")
    assert events[-1].sequence_number == len(events) - 1
    assert ask(openai_client, "Hi", "sandbox-flaky").status == "completed"


def test_kept_answers_are_each_sandboxs_own(openai_client: openai.OpenAI) -> None:
    """Another sandbox knows nothing of the answers of this one."""
    answer = ask(openai_client, "Hi")
    with (
        Sandbox() as other,
        openai.OpenAI(base_url=f"{other.url}/v1", api_key="any") as client,
        pytest.raises(openai.NotFoundError),
    ):
        client.responses.retrieve(answer.id)
    with pytest.raises(openai.BadRequestError, match="Cannot cancel a synchronous response"):
        openai_client.responses.cancel(answer.id)
