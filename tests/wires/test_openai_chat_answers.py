"""The wire openai-chat, answers: whole and streamed, of every shape that servers send, and the errors of the wire."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import httpx2
import openai
import pytest

from ell2a.calls import Delta, Ell2aCall, Ell2aResponse, ResponseFormat
from ell2a.errors import (
    BadRequest,
    CallError,
    ContentFiltered,
    ContextLengthExceeded,
    InvalidParams,
    OutputNotParsed,
    QuotaExhausted,
    RateLimited,
    StreamBroken,
)
from ell2a.messages import AudioBlock, ImageBlock, OpaqueBlock, ParsedBlock, user
from ell2a.providers import Definition
from ell2a.providers.errors import class_of
from ell2a.providers.openai_chat import OpenAIChat
from ell2a.providers.openai_chat.error_rules import ERROR_RULES
from ell2a.providers.rows import ProviderRow
from ell2a.providers.universal import read_universal, write_universal

HERE = OpenAIChat(ProviderRow(name="here", title="Here", wires={"openai-chat": "http://localhost:1/v1"}))


def call_of(**more: Any) -> Ell2aCall:
    return Ell2aCall(model="m", provider="here", wire="openai-chat", messages=[user("Hi")], **more)


def body_of(message: Any, finish: Any = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": finish, "message": message}
    return {"id": "1", "object": "chat.completion", "created": 5, "model": "m-1", "choices": [choice], **more}


def read(body: Any, **more: Any) -> Ell2aResponse:
    return HERE.translate_provider_to_ell2a(body, call_of(**more))


def accumulated(*chunks: Any) -> tuple[dict[str, Any], list[Delta], Any]:
    accumulator = HERE.accumulator()
    deltas = [delta for chunk in chunks for delta in accumulator.feed(chunk)]
    return accumulator.response(), deltas, accumulator


def chunk(delta: Any = None, index: Any = 0, finish: Any = None, **more: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta or {}, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "model": "m-1", "choices": [choice], **more}


DONE = {"type": "[DONE]"}


# --- whole answers ---


def test_usage_counts_alike() -> None:
    """Input includes what was cached and output the reasoning; each service's own place for a count is read."""
    openai_like = {
        "prompt_tokens": 10,
        "completion_tokens": 7,
        "total_tokens": 17,
        "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 1, "cache_write_tokens": 2, "image_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 5, "audio_tokens": 0},
    }
    usage = read(body_of({"content": "4"}, usage=openai_like)).metadata.usage
    assert usage is not None
    counts = usage.model_dump(exclude={"raw", "server_agent_calls"})
    assert counts == {
        "input_tokens": 10,
        "output_tokens": 7,
        "cache_read_tokens": 4,
        "cache_write_tokens": 2,
        "reasoning_tokens": 5,
        "audio_input_tokens": 1,
        "audio_output_tokens": 0,
    }
    assert usage.raw == openai_like
    deepseek = {
        "prompt_tokens": 10,
        "completion_tokens": 1,
        "prompt_cache_hit_tokens": 8,
        "prompt_cache_miss_tokens": 2,
    }
    response = read(body_of({"content": "4"}, usage=deepseek))
    assert response.metadata.usage is not None
    assert response.metadata.usage.cache_read_tokens == 8
    assert response.metadata.other["usage"] == {"prompt_cache_miss_tokens": 2}


def test_usage_that_was_not_given() -> None:
    """A number that the provider did not give is None, never 0."""
    usage = read(body_of({"content": "4"}, usage={"prompt_tokens": 3})).metadata.usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (3, None, None)
    assert read(body_of({"content": "4"})).metadata.usage is None


@pytest.mark.parametrize(
    ("usage", "amount"),
    [
        ({"cost": 0.001187}, "0.001187"),
        ({"cost": 0, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.5}}, "0.5"),
        ({"cost": 0, "is_byok": True}, None),
        ({"cost": {"total_cost": 0.00571, "request_cost": 0.005}}, "0.00571"),
        ({"cost": "a lot"}, None),
        ({"prompt_tokens": 1}, None),
    ],
)
def test_cost_in_the_answer(usage: dict[str, Any], amount: str | None) -> None:
    """What the provider itself says that an answer cost is its cost; where that is not whole there is none."""
    cost = read(body_of({"content": "4"}, usage=usage)).metadata.cost
    assert (cost and cost.amount) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("raw", "unified"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "agent_calls"),
        ("function_call", "agent_calls"),
        ("content_filter", "content_filter"),
        ("eos", "stop"),
        ("because", "other"),
    ],
)
def test_finish_reasons(raw: str, unified: str) -> None:
    """Each finish reason has our word beside the provider's; an unknown one is `other`."""
    finish = read(body_of({"content": "4"}, raw)).metadata.finish_reason
    assert finish is not None
    assert (finish.unified, finish.raw) == (unified, raw)


def test_several_choices() -> None:
    """Several choices are several messages, in the order of their index, each with its own finish reason."""
    body = body_of({"content": "b"})
    body["choices"] = [
        {"index": 1, "message": {"content": "b"}, "finish_reason": "length", "logprobs": {"content": [1]}},
        {"index": 0, "message": {"content": "a"}, "finish_reason": "stop"},
    ]
    response = read(body)
    assert [m.text for m in response.messages] == ["a", "b"]
    assert [m.finish_reason.unified for m in response.messages if m.finish_reason] == ["stop", "length"]
    assert response.metadata.other["choices"] == [{"index": 1, "logprobs": {"content": [1]}}]


def test_sound_and_pictures_of_an_answer() -> None:
    """Spoken words are sound with its transcript, of the format asked for; pictures are images."""
    audio = {"id": "audio_1", "data": "UklGRg==", "transcript": "Hi", "expires_at": 7}
    response = read(body_of({"content": None, "audio": audio}), api_params={"audio": {"format": "mp3", "voice": "ash"}})
    (block,) = response.message.content
    assert isinstance(block, AudioBlock)
    assert (block.data, block.media_type, block.transcript) == (b"RIFF", "audio/mpeg", "Hi")
    assert block.native == {"audio": {"id": "audio_1", "expires_at": 7}}
    image = {"type": "image_url", "index": 0, "image_url": {"url": "data:image/png;base64,iVBORw=="}}
    response = read(body_of({"content": "Here.", "images": [image]}))
    assert isinstance(response.message.images[0], ImageBlock)
    history = call_of().model_copy(update={"messages": [response.message]})
    sent = HERE.translate_ell2a_to_provider(history)["messages"][0]["images"]
    assert sent == [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}]


def test_agents_that_the_provider_ran() -> None:
    """They are calls executed by the provider, with their results, and none of ours to run."""
    ran = {
        "index": 0,
        "type": "search",
        "arguments": '{"query":"x"}',
        "output": "found",
        "search_results": {"results": [1]},
    }
    response = read(body_of({"content": "4", "executed_tools": [ran]}))
    call, result, text = response.message.content
    assert call.type == "agent_call"
    assert call.executed_by_provider
    assert (call.name, call.arguments) == ("search", {"query": "x"})
    assert result.type == "agent_result"
    assert (result.call_id, result.text) == (call.id, "found")
    assert text.type == "text"
    assert response.agent_calls == []
    sent = HERE.translate_ell2a_to_provider(call_of().model_copy(update={"messages": [response.message]}))
    assert sent["messages"] == [{"role": "assistant", "content": "4"}]


SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


def test_structured_output() -> None:
    """A text that fits the format is a parsed block, one that does not stays text and says so when asked for."""
    wanted = ResponseFormat(kind="json_schema", name="A", json_schema=SCHEMA)
    response = read(body_of({"content": '{"a": 1}'}), response_format=wanted)
    assert isinstance(response.message.content[0], ParsedBlock)
    assert (response.parsed, response.text) == ({"a": 1}, '{"a": 1}')
    response = read(body_of({"content": '{"a": "x"}'}), response_format=wanted)
    assert response.text == '{"a": "x"}'
    with pytest.raises(OutputNotParsed, match="integer"):
        _ = response.parsed
    assert read(body_of({"content": "[1]"}), response_format=ResponseFormat(kind="json_object")).text == "[1]"


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "refusal": "No."},
        {
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
    ],
)
def test_no_structured_output_is_expected(message: dict[str, Any]) -> None:
    """A refusal or an agent call in the place of a structured output is no fault of it."""
    assert read(body_of(message), response_format=ResponseFormat(kind="json_object")).parsed is None


@pytest.mark.parametrize(
    "message",
    [
        {
            "role": "assistant",
            "content": "4",
            "refusal": "",
            "annotations": None,
            "audio": {"data": "", "expires_at": 0, "id": "", "transcript": ""},
            "function_call": {"name": "", "arguments": ""},
            "tool_calls": [],
        },
        {"role": "assistant", "content": "4", "reasoning": "", "tool_calls": None},
    ],
)
def test_empty_fields_say_nothing(message: dict[str, Any]) -> None:
    """Fields that a server sends though it has nothing for them are no blocks."""
    assert [b.type for b in read(body_of(message)).message.content] == ["text"]


def test_calls_of_other_shapes() -> None:
    """In answers a call without id or arguments, or with an object for them, is a call all the same."""
    calls = [
        {"function": {"name": "f", "arguments": {"a": 1}}},
        {"id": "2", "type": "function", "function": {"name": "g"}},
        {"id": "3", "type": "function", "function": {"name": "h", "arguments": "{no json"}},
        {"id": "4", "type": "hologram"},
    ]
    message = read(body_of({"content": None, "tool_calls": calls}, "tool_calls")).message
    assert [(c.id, c.name, c.arguments) for c in message.agent_calls] == [
        ("", "f", {"a": 1}),
        ("2", "g", {}),
        ("3", "h", None),
    ]
    assert message.agent_calls[2].raw_arguments == "{no json"
    assert isinstance(message.content[3], OpaqueBlock)


@pytest.mark.parametrize(
    "body",
    [
        {"weird": 1},
        {},
        {"choices": None},
        {"choices": []},
        {"choices": [3, None]},
        {"choices": {"0": {}}},
        [],
        "words",
        None,
        body_of(None),
        body_of("words"),
        body_of({"content": 3}),
        body_of({"content": [{"type": "hologram"}]}),
        body_of({"content": "4", "tool_calls": {"a": 1}}),
        body_of({"content": "4"}, 3),
        body_of({"content": "4"}, usage="much", id=3, model=[]),
        body_of({"content": "4", "reasoning_details": [3], "annotations": ["x"], "executed_tools": 3, "images": [1]}),
    ],
)
def test_weird_answers(body: Any) -> None:
    """An answer of another shape never raises: what came is in a block or named in the metadata."""
    response = read(body)
    told = json.dumps([m.model_dump(mode="json") for m in response.messages]) + response.metadata.model_dump_json()
    for leaf in _leaves(body):
        assert json.dumps(leaf) in told
    if not isinstance(body, dict) or not body.get("choices"):
        assert response.metadata.other["faults"]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in [value[k] for k in value if k != "index"] if isinstance(value, dict) else value:
            yield from _leaves(inner)
    elif value is not None and value != "chat.completion":
        yield value


# --- streams ---


def test_a_stream_is_what_the_answer_would_have_been() -> None:
    """Pieces are joined by their kind, calls by their index, and the usage is that of the last chunk."""
    body, deltas, accumulator = accumulated(
        {
            "id": "",
            "model": "",
            "object": "",
            "created": 0,
            "choices": [],
            "prompt_filter_results": [{"prompt_index": 0}],
        },
        chunk({"role": "assistant", "content": "", "refusal": None}),
        chunk({"reasoning_content": "We"}),
        chunk({"reasoning_content": "ll"}),
        chunk({"content": "It "}, obfuscation="xxxx", usage=None),
        chunk({"content": "is"}),
        chunk(
            {"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]}
        ),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"x"'}}]}),
        chunk(
            {"tool_calls": [{"index": 1, "id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}}]}
        ),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}),
        chunk({}, finish="tool_calls"),
        {"id": "1", "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}},
        DONE,
    )
    assert body == {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "m-1",
        "prompt_filter_results": [{"prompt_index": 0}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "message": {
                    "role": "assistant",
                    "content": "It is",
                    "reasoning_content": "Well",
                    "tool_calls": [
                        {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}},
                        {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}},
                    ],
                },
            }
        ],
    }
    assert (accumulator.done, accumulator.error) == (True, None)
    assert [(d.kind, d.text, d.block, d.name) for d in deltas] == [
        ("thinking", "We", 0, None),
        ("thinking", "ll", 0, None),
        ("text", "It ", 1, None),
        ("text", "is", 1, None),
        ("agent_call", "", 2, "f"),
        ("agent_call", '{"x"', 2, None),
        ("agent_call", "{}", 3, "g"),
        ("agent_call", ":1}", 2, None),
    ]


def test_calls_without_or_with_a_wrong_index() -> None:
    """Calls of servers that leave the index out, or give 0 to all, are told apart by their ids."""

    def call(id: str, **more: Any) -> dict[str, Any]:
        return {"id": id, "type": "function", "function": {"name": "f", "arguments": f'"{id}"'}, **more}

    expected = [("a", '"a"'), ("b", '"b"')]
    unnumbered = [chunk({"tool_calls": [call("a")]}), chunk({"tool_calls": [call("b")]})]
    all_zero = [chunk({"tool_calls": [call("a", index=0)]}), chunk({"tool_calls": [call("b", index=0)]})]
    for chunks in (unnumbered, all_zero, [chunk({"tool_calls": [call("a"), call("b")]})]):
        body, _, _ = accumulated(*chunks)
        calls = body["choices"][0]["message"]["tool_calls"]
        assert [(c["id"], c["function"]["arguments"]) for c in calls] == expected
    pieces = [chunk({"tool_calls": [call("a")]}), chunk({"tool_calls": [{"function": {"arguments": "!"}}]})]
    body, _, _ = accumulated(*pieces)
    assert body["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] == '"a"!'


def test_several_streamed_choices() -> None:
    """The pieces of several choices may come in any order; the stream is done when each has told why it stopped."""
    body, deltas, accumulator = accumulated(
        chunk({"content": "a"}, 1), chunk({"content": "b"}, 0), chunk({"content": "c"}, 1), chunk({}, 0, "stop")
    )
    assert [c["message"]["content"] for c in body["choices"]] == ["b", "ac"]
    assert [d.choice for d in deltas] == [1, 0, 1]
    assert not accumulator.done
    assert list(accumulator.feed(chunk({}, 1, "length"))) == []
    assert accumulator.done


def test_reasoning_in_several_fields_at_once() -> None:
    """Reasoning that a chunk says twice is one piece; signed details are joined, the signature last."""
    detail = {"type": "reasoning.text", "index": 0}
    body, deltas, _ = accumulated(
        chunk({"reasoning": "a", "reasoning_details": [{**detail, "text": "a"}]}),
        chunk({"reasoning": "b", "reasoning_details": [{**detail, "text": "b"}]}),
        chunk({"reasoning_details": [{**detail, "signature": "sig"}]}),
        chunk({"reasoning_details": [{"type": "reasoning.encrypted", "data": "x", "index": 1}]}),
    )
    message = body["choices"][0]["message"]
    assert message["reasoning"] == "ab"
    assert message["reasoning_details"] == [
        {**detail, "text": "ab", "signature": "sig"},
        {"type": "reasoning.encrypted", "data": "x", "index": 1},
    ]
    assert [(d.kind, d.text) for d in deltas] == [("thinking", "a"), ("thinking", "b")]
    _, deltas, _ = accumulated(chunk({"reasoning_details": [{**detail, "text": "a"}]}))
    assert [(d.kind, d.text) for d in deltas] == [("thinking", "a")]


def test_other_pieces() -> None:
    """Sound, the older function call, log probabilities, citations and Groq's usage are joined as a whole answer has them."""
    body, deltas, _ = accumulated(
        chunk({"audio": {"id": "au", "transcript": "H", "data": "Ukl"}}),
        chunk({"audio": {"transcript": "i", "data": "GRg==", "expires_at": 7}}),
        chunk({"function_call": {"name": "f", "arguments": "{"}}),
        chunk({"function_call": {"arguments": "}"}, "annotations": [{"type": "x"}]}),
        chunk({"annotations": [{"type": "y"}], "channel": "final"}),
        {"choices": [{"index": 0, "delta": {}, "logprobs": {"content": [1], "refusal": None}}]},
        {
            "choices": [
                {"index": 0, "delta": {}, "logprobs": {"content": [2], "refusal": None}, "finish_reason": "stop"}
            ]
        },
        {"choices": [], "x_groq": {"id": "req", "usage": {"prompt_tokens": 1}}},
    )
    choice = body["choices"][0]
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "annotations": [{"type": "x"}, {"type": "y"}],
        "function_call": {"name": "f", "arguments": "{}"},
        "audio": {"id": "au", "transcript": "Hi", "data": "UklGRg==", "expires_at": 7},
    }
    assert choice["logprobs"] == {"content": [1, 2], "refusal": None}
    assert body["usage"] == {"prompt_tokens": 1}
    assert body["x_groq"] == {"id": "req"}
    assert [(d.kind, d.text) for d in deltas] == [
        ("audio", "H"),
        ("audio", "i"),
        ("agent_call", "{"),
        ("agent_call", "}"),
    ]


@pytest.mark.parametrize(
    "event",
    [
        [],
        "x",
        None,
        {"choices": None},
        {"choices": [3, {"index": "0", "delta": 3}]},
        {"choices": [{"delta": {"tool_calls": [3, {"function": 3}], "content": [1]}}]},
        {"usage": "x", "x_groq": 3},
    ],
)
def test_weird_events(event: Any) -> None:
    """An event of another shape never raises, and what came before it stays."""
    body, _, _ = accumulated(chunk({"content": "a"}), event, chunk({}, finish="stop"))
    assert read(body).metadata.response_id == "1"


# --- over the real SDK ---


def client_for(*bodies: bytes, kind: str = "application/json", status: int = 200) -> openai.OpenAI:
    answers = iter(bodies)

    def answer(request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": kind, "x-request-id": "req-1", "retry-after": "3"}
        return httpx2.Response(status, content=next(answers), headers=headers, request=request)

    transport = httpx2.MockTransport(answer)
    http = openai.DefaultHttpxClient(transport=transport)
    return openai.OpenAI(base_url="http://localhost:1/v1", api_key="none", max_retries=0, http_client=http)


def definition(*, stream: bool = False) -> Definition:
    return Definition(provider=HERE, model="m", stream=stream)


def events(*chunks: dict[str, Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(c).encode() + b"\n\n" for c in chunks)


def test_an_error_with_status_200() -> None:
    """An error body that comes with status 200 is an error of the call, by its own code."""
    body = {"error": {"message": "Provider is busy", "code": 429}}
    with client_for(json.dumps(body).encode()) as client, pytest.raises(RateLimited, match="busy") as caught:
        HERE.call_model(client=client, messages=[user("Hi")], definition=definition())
    assert caught.value.body == body
    assert caught.value.request_id == "req-1"


def test_a_refused_request() -> None:
    """An error answer carries its status, request id, seconds to wait, and body."""
    body = {"error": {"message": "quota", "type": "insufficient_quota", "code": "insufficient_quota"}}
    with client_for(json.dumps(body).encode(), status=429) as client, pytest.raises(RateLimited) as caught:
        HERE.call_model(client=client, messages=[user("Hi")], definition=definition())
    assert (caught.value.status, caught.value.retry_after, caught.value.request_id) == (429, 3.0, "req-1")


def test_a_truncated_stream() -> None:
    """A stream that ends before its end raises, with what came; so does one that tells of an error."""
    cut = events(chunk({"content": "Half"}))
    told = cut + events({"error": {"message": "overloaded", "code": 503}})
    odd = cut + b'error: {"error": {"message": "failed to decode"}}\n\n'
    for body, words in ((cut, "ended before its end"), (told, "overloaded"), (odd, "failed to decode")):
        with client_for(body, kind="text/event-stream") as client:
            stream: Any = HERE.call_model(client=client, messages=[user("Hi")], definition=definition(stream=True))
            with pytest.raises(StreamBroken, match=words) as caught:
                list(stream)
        assert caught.value.partial.text == "Half"


async def test_the_async_client() -> None:
    """The async client streams the same deltas, and has the answer at the end."""

    async def pieces() -> AsyncIterator[bytes]:
        body = events(chunk({"content": "H"}), chunk({"content": "é"}), chunk({}, finish="stop")) + b"data: [DONE]\n\n"
        for at in range(0, len(body), 3):
            yield body[at : at + 3]

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=pieces(), headers={"content-type": "text/event-stream"}, request=request)

    http = openai.DefaultAsyncHttpxClient(transport=httpx2.MockTransport(answer))
    async with openai.AsyncOpenAI(base_url="http://localhost:1/v1", api_key="none", http_client=http) as client:
        stream: Any = await HERE.acall_model(client=client, messages=[user("Hi")], definition=definition(stream=True))
        assert [delta.text async for delta in stream] == ["H", "é"]
        assert stream.message.text == "Hé"


# --- tables ---


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": {"code": "context_length_exceeded", "message": "x"}}, ContextLengthExceeded),
        (400, {"error": {"message": "This model's maximum context length is 8192 tokens."}}, ContextLengthExceeded),
        (400, {"error": {"code": "content_filter", "message": "x"}}, ContentFiltered),
        (400, {"error": {"message": "Unknown parameter: 'x'."}}, BadRequest),
        (429, {"error": {"code": "insufficient_quota"}}, QuotaExhausted),
    ],
)
def test_error_bodies(status: int, body: Any, error: type[CallError]) -> None:
    """Status and body together say which error it is."""
    assert class_of(status, body, ERROR_RULES) is error


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("messages", "ell2a.call"),
        ("system", "ell2a.system"),
        ("tools", "agents="),
        ("tool_choice", "agent_choice="),
        ("functions", "agents="),
        ("function_call", "agent_choice="),
        ("stream_options", "stream=True"),
    ],
)
def test_params_that_ell2a_owns(name: str, instead: str) -> None:
    """A param that ell2a sets itself is refused at definition, with ell2a's own word for it."""
    given: dict[str, Any] = {name: "x"}
    assert instead in HERE.disallowed_provider_params()[name]
    with pytest.raises(InvalidParams, match=name) as caught:
        HERE.define("m", **given)
    assert instead in str(caught.value)


def test_universal_params() -> None:
    """Each universal param is read from and written under the wire's own name."""
    native = {"max_tokens": 5, "stop": "x", "user": "u", "parallel_tool_calls": False, "reasoning_effort": "low"}
    reading = read_universal(HERE.universal, native)
    assert reading.values == {
        "max_tokens": 5,
        "stop": ["x"],
        "user_id": "u",
        "parallel_agent_calls": False,
        "reasoning_effort": "low",
    }
    written = write_universal(HERE.universal, "max_tokens", 5)
    assert (written.name, written.action) == ("max_completion_tokens", "renamed")
    written = write_universal(HERE.universal, "stop", ["a", "b", "c", "d", "e"])
    assert (written.value, written.action) == (["a", "b", "c", "d"], "clamped")
    assert write_universal(HERE.universal, "temperature", 2.5).value == 2
    assert write_universal(HERE.universal, "reasoning_budget", 100).action == "dropped"


def test_capabilities_name_their_source() -> None:
    """Every fact of the wire has a source and, where it is known, a day."""
    for name, fact in HERE.capabilities():
        assert fact.source in ("wire", "nothing says"), name
        assert fact.state == "unknown" or fact.as_of, name
