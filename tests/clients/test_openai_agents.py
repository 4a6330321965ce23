"""openai-agents with a traced client: runs, streams and tools, on chat completions and on responses."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from clients.conftest import Logged

import ell2a
from ell2a.sandbox import Sandbox

agents: Any = import_module("agents")
openai: Any = import_module("openai")


@pytest.fixture(params=["OpenAIChatCompletionsModel", "OpenAIResponsesModel"])
def model(request: pytest.FixtureRequest, sandbox: Sandbox) -> Any:
    """The library's model of one wire, around a traced client."""
    # Its own tracing would send each run to OpenAI.
    agents.set_tracing_disabled(True)
    client = ell2a.trace(openai.AsyncOpenAI(api_key="any", base_url=f"{sandbox.url}/v1"))
    assert isinstance(client, openai.AsyncOpenAI)
    return getattr(agents, request.param)(model="sandbox-small", openai_client=client)


def test_run_sync(model: Any, logged: Logged) -> None:
    """A run from synchronous code: in a thread of its own, since the library takes whichever loop the thread has had."""
    agent = agents.Agent(name="Guide", instructions="You know harbours", model=model)

    def run() -> Any:
        asyncio.set_event_loop(asyncio.new_event_loop())
        return agents.Runner.run_sync(agent, "Tell me of the harbour")

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(run).result().final_output == logged.texts()[0]


async def test_stream(model: Any, logged: Logged) -> None:
    """A streamed run."""
    agent = agents.Agent(name="Guide", model=model)
    result = agents.Runner.run_streamed(agent, "Tell me of the harbour")
    events = [event async for event in result.stream_events()]
    assert len(events) > 2
    assert logged.texts() == [result.final_output]
    assert logged()[0].summary.stream


async def test_tools(model: Any, logged: Logged) -> None:
    """An agent with a tool: the call, its result, and the answer."""

    @agents.function_tool  # type: ignore[untyped-decorator]
    def weather(city: str) -> str:
        """Tell the weather of a city."""
        return f"15 degrees in {city}"

    agent = agents.Agent(name="Guide", model=model, tools=[weather])
    result = await agents.Runner.run(agent, "What is the weather in Oslo?")
    assert logged.agent_calls()[0] == ["weather"]
    assert logged.agent_results()[-1][0].startswith("15 degrees in")
    assert logged.texts()[-1] == result.final_output
