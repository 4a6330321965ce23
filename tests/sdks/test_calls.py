"""Calls with every version of the SDKs: whole and streamed, sync and async, with agents and structured outputs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from sdks.conftest import Wire

import ell2a
from ell2a.log.views import CallFilter
from ell2a.providers.sdk import installed_version

# A call gives a response or a stream, by `stream=`: the tests know which.
ask: Any = ell2a.call
aask: Any = ell2a.acall

QUESTION = "Explain how lighthouses help ships"

THINKING: dict[str, dict[str, Any]] = {
    "openai": {"reasoning_effort": "low"},
    "anthropic": {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 3000},
}


class Harbour(BaseModel):
    name: str
    berths: int


@ell2a.agent()
def get_weather(city: str) -> str:
    """The weather of a city now."""
    return f"12 degrees and rain in {city}"


def logged() -> Any:
    """The newest call of the log, whole."""
    log = ell2a.current_log()
    assert log is not None
    return log.call(log.calls(CallFilter()).items[0].id)


def test_a_whole_answer(wire: Wire) -> None:
    """An answer has its words, its counts, its end, and the SDK and version that brought it."""
    answer = ask(wire.model(), QUESTION, max_tokens=300)
    found = answer.metadata
    assert "lighthouses" in answer.text
    assert answer.message.finish_reason.unified == "stop"
    assert found.usage.input_tokens > 0
    assert found.usage.output_tokens > 0
    assert (found.provider, found.wire, found.response_model) == ("sandbox", wire.name, "sandbox-small-v1")
    assert (found.sdk.name, found.sdk.version) == (wire.package, installed_version(wire.package))
    assert [(one.number, one.status) for one in found.attempts] == [(1, 200)]
    assert found.attempts[0].request_id.startswith("req_sandbox")


def test_the_log_holds_what_was_sent(wire: Wire) -> None:
    """The request of the log is, key by key, the body that the server got."""
    ask(wire.model(), [ell2a.system("Be brief."), ell2a.user(QUESTION)], max_tokens=300, temperature=0.3)
    assert logged().request == wire.sent


async def test_an_awaited_answer(wire: Wire) -> None:
    """The async client brings the same words."""
    async with wire.client(asynchronous=True) as client:
        answer = await aask(wire.model(), QUESTION, client=client, max_tokens=300)
    assert answer.text == ask(wire.model(), QUESTION, max_tokens=300).text
    assert answer.metadata.attempts[0].request_id.startswith("req_sandbox")


def test_a_stream(wire: Wire) -> None:
    """The pieces make the words of the whole answer; usage and end are those of the whole answer too."""
    stream = ask(wire.model(), QUESTION, stream=True, max_tokens=300)
    pieces = [str(delta) for delta in stream]
    whole = ask(wire.model(), QUESTION, max_tokens=300)
    assert len(pieces) > 3
    assert "".join(pieces) == stream.text == whole.text
    assert stream.message.finish_reason == whole.message.finish_reason
    assert stream.metadata.usage.output_tokens == whole.metadata.usage.output_tokens
    assert stream.metadata.attempts[0].request_id.startswith("req_sandbox")


async def test_an_awaited_stream(wire: Wire) -> None:
    """The async client streams the same words."""
    async with wire.client(asynchronous=True) as client:
        stream = await aask(wire.model(), QUESTION, client=client, stream=True, max_tokens=300)
        pieces = [str(delta) async for delta in stream]
    assert "".join(pieces) == stream.text == ask(wire.model(), QUESTION, max_tokens=300).text


def test_a_stream_that_is_left(wire: Wire) -> None:
    """Leaving a stream early closes its connection, and what came is logged as partial."""
    with ask(wire.model("sandbox-large"), QUESTION, stream=True, max_tokens=3000) as stream:
        next(stream)
    assert logged().summary.status == "partial"


@pytest.mark.parametrize("stream", [False, True])
def test_agents(wire: Wire, stream: bool) -> None:
    """Agents are called, their results go back, and the model answers with them."""
    history = [ell2a.user("What is the weather in Oslo and Kyoto?")]
    answer = ask(wire.model(), history, agents=[get_weather], max_tokens=400, stream=stream)
    calls = answer.agent_calls
    assert [(call.name, call.arguments) for call in calls] == [
        ("get_weather", {"city": "Oslo"}),
        ("get_weather", {"city": "Kyoto"}),
    ]
    history += [answer.message, answer.message.call_agents()]
    answer = ask(wire.model(), history, agents=[get_weather], max_tokens=400, stream=stream)
    assert answer.agent_calls == []
    assert "12 degrees" in answer.text


@pytest.mark.parametrize("stream", [False, True])
def test_a_structured_output(wire: Wire, stream: bool) -> None:
    """A pydantic class goes out as a schema, and its object comes back."""
    answer = ask(
        wire.model(), "The harbour of Brest has 40 berths", response_format=Harbour, max_tokens=400, stream=stream
    )
    assert isinstance(answer.parsed, Harbour)


def test_thinking(wire: Wire) -> None:
    """Thinking comes where the wire shows it, and is counted on both."""
    answer = ask(wire.model("sandbox-large"), QUESTION, **THINKING[wire.package])
    assert bool(answer.message.thinking) == (wire.package == "anthropic")
    assert 0 < answer.metadata.usage.reasoning_tokens < answer.metadata.usage.output_tokens


def test_options_of_the_request(wire: Wire) -> None:
    """Extra headers go out as headers; `extra_body` is merged into the body."""
    ask(
        wire.model(),
        QUESTION,
        max_tokens=300,
        extra_headers={"x-sandbox-wait": "0.05"},
        extra_body={"temperature": 0.25},
    )
    assert wire.server.requests[-1].headers["x-sandbox-wait"] == "0.05"
    assert wire.sent["temperature"] == 0.25


def test_a_prompt_function(wire: Wire) -> None:
    """A decorated function calls through this SDK, with a client of the user's own."""
    with wire.client() as client:

        @ell2a.simple(wire.model(), client=client, max_tokens=200)
        def about(what: str) -> str:
            """You know harbours."""
            return f"Tell me of {what}"

        said = about("lighthouses")
    assert said == said.message.text
    assert logged().request == wire.sent
