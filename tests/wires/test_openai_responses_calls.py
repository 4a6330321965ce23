"""The wire openai-responses as users call it: plain, streamed, awaited, with agents and structured outputs; logged and replayed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from wires.responses_calls import WIRE

import ell2a
from ell2a.log import CallLog
from ell2a.messages import AgentCallBlock, Message
from ell2a.providers import registry
from ell2a.providers.clients import forget_clients
from ell2a.providers.openai_responses.equivalences import canonical
from ell2a.replay import plan
from ell2a.sandbox import Sandbox

SMALL = "sandbox/sandbox-small"


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int


@ell2a.agent()
def weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: its name
    """
    return f"sunny in {city}"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CallLog]:
    ell2a.init(store=tmp_path / "calls.db")
    opened = ell2a.current_log()
    assert opened is not None
    yield opened
    ell2a.init(store="off")


@pytest.fixture(autouse=True)
def sandbox(log: CallLog) -> Iterator[Sandbox]:
    with Sandbox(activate=True) as running, warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, message=".*nothing says whether it supports.*")
        yield running
    forget_clients()


def test_a_call() -> None:
    """A call by `wire=` goes out on it, and comes back with words, usage and finish reason."""
    answer: Any = ell2a.call(SMALL, [ell2a.system("Be short."), "Hi"], wire=WIRE, max_output_tokens=50)
    assert answer.text
    assert answer.metadata.wire == WIRE
    assert answer.metadata.usage.input_tokens > 0
    assert answer.metadata.finish_reason.unified in ("stop", "length")
    assert answer.metadata.response_id.startswith("resp")


def test_a_stream() -> None:
    """The pieces of a stream, joined, are the text of the answer that they amount to."""
    stream: Any = ell2a.call(SMALL, "Hi", wire=WIRE, stream=True)
    assert "".join(map(str, stream)) == stream.text
    assert stream.text
    assert stream.metadata.finish_reason.unified == "stop"


async def test_awaited() -> None:
    """The async twin gives the same kind of answer, streamed too."""
    answer: Any = await ell2a.acall(SMALL, "Hi", wire=WIRE)
    assert answer.text
    stream: Any = await ell2a.acall(SMALL, "Hi", wire=WIRE, stream=True)
    pieces = [str(delta) async for delta in stream]
    assert "".join(pieces) == stream.text
    await ell2a.aclose()


def test_a_prompt_function() -> None:
    """A prompt function names the wire beside the model."""

    @ell2a.simple(SMALL, wire=WIRE, temperature=0.2)
    def greet(name: str) -> str:
        """You greet people."""
        return f"Greet {name}."

    assert greet("Ada")
    assert greet("Ada").message.role == "assistant"


def test_a_structured_output() -> None:
    """A class for a format goes out as `text.format`, and comes back as an object of it."""
    answer: Any = ell2a.call(SMALL, "Who?", wire=WIRE, response_format=Person)
    assert isinstance(answer.parsed, Person)
    assert answer.text


def test_a_loop_over_agents(log: CallLog) -> None:
    """The model's calls are run, the results go back under their ids, and the model goes on to its words."""
    messages: list[Message] = [ell2a.user("What is the weather in Paris? Use the agent.")]
    answer: Any = ell2a.call(SMALL, messages, wire=WIRE, agents=[weather], agent_choice="weather")
    called = 0
    while answer.agent_calls and called < 5:
        called += 1
        assert answer.metadata.finish_reason.unified == "agent_calls"
        messages += [answer.message, answer.message.call_agents()]
        answer = ell2a.call(SMALL, messages, wire=WIRE, agents=[weather])
    assert called > 0
    assert answer.text
    logged = log.call(answer.call_id)
    items = logged.request["input"]
    calls = [item for item in items if item.get("type") == "function_call"]
    results = [item for item in items if item.get("type") == "function_call_output"]
    assert [c["call_id"] for c in calls] == [r["call_id"] for r in results]
    assert all(c["id"].startswith("fc") for c in calls)


def test_thinking_goes_back_in_its_place() -> None:
    """Reasoning comes back before the answer, and goes out again as the same item."""
    params: Any = {"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}
    answer: Any = ell2a.call("sandbox/sandbox-thinking", "Why?", wire=WIRE, **params)
    assert answer.message.thinking
    kinds = [block.type for block in answer.message.content]
    assert kinds.index("thinking") < kinds.index("text")
    again: Any = ell2a.call("sandbox/sandbox-thinking", ["Why?", answer.message, "And?"], wire=WIRE, **params)
    assert again.text


def test_the_log_gives_it_back(log: CallLog) -> None:
    """From the log alone comes exactly what was sent, and the call that makes the same request again."""
    answer: Any = ell2a.call(SMALL, [ell2a.system("S"), "Hi"], wire=WIRE, agents=[weather], response_format=Person)
    logged, call = log.call(answer.call_id), log.load_call(answer.call_id)
    provider = registry.get("sandbox", WIRE)
    assert canonical(provider.translate_ell2a_to_provider(call)) == canonical(dict(logged.request))
    again = provider.translate_provider_to_ell2a(logged.response_raw, call)
    assert again.message.model_dump() == answer.message.model_dump()


@pytest.mark.parametrize("onto", ["openai-chat", "anthropic-messages", WIRE])
def test_replayed_on_each_wire(onto: str, log: CallLog) -> None:
    """A logged call with a history of agents runs again on each wire."""
    said = Message(role="assistant", content=[AgentCallBlock(id="call_1", name="weather", arguments={"city": "Paris"})])
    found = ell2a.messages.AgentResultBlock(call_id="call_1", content=[ell2a.messages.TextBlock(text="sunny")])
    messages = [ell2a.system("S"), ell2a.user("Weather?"), said, Message(role="user", content=[found])]
    answer: Any = ell2a.call(SMALL, messages, wire=WIRE, agents=[weather], max_output_tokens=60)
    ready = plan(answer.call_id, model=SMALL, wire=onto)
    assert ready.runnable
    again: Any = ready.run()
    assert again.text
    assert again.metadata.wire == onto
    assert log.call(again.call_id).summary.replay_of == answer.call_id


@pytest.mark.parametrize("origin", ["openai-chat", "anthropic-messages"])
def test_replayed_from_each_wire(origin: str) -> None:
    """A call of another wire runs again on this one."""
    params: Any = {"max_tokens": 60} if origin == "anthropic-messages" else {"max_completion_tokens": 60}
    answer: Any = ell2a.call(SMALL, [ell2a.system("S"), "Hi"], wire=origin, agents=[weather], **params)
    ready = plan(answer.call_id, model=SMALL, wire=WIRE)
    assert ready.request["max_output_tokens"] == 60
    again: Any = ready.run()
    assert again.metadata.wire == WIRE
