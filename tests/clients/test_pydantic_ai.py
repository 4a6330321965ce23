"""pydantic-ai with a traced client of either SDK: runs, streams, structured outputs and agents with tools."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from clients.conftest import Logged
from pydantic import BaseModel

import ell2a
from ell2a.sandbox import Sandbox

pydantic_ai: Any = import_module("pydantic_ai")


class City(BaseModel):
    name: str
    people: int


@pytest.fixture(params=["openai-chat", "openai-responses", "anthropic-messages"])
def model(request: pytest.FixtureRequest, sandbox: Sandbox) -> Any:
    """pydantic-ai's model of one wire, around a traced client."""
    if request.param == "anthropic-messages":
        sdk: Any = import_module("anthropic")
        client = ell2a.trace(sdk.AsyncAnthropic(api_key="any", base_url=sandbox.url))
        assert isinstance(client, sdk.AsyncAnthropic)
        provider = import_module("pydantic_ai.providers.anthropic").AnthropicProvider(anthropic_client=client)
        return import_module("pydantic_ai.models.anthropic").AnthropicModel("sandbox-small", provider=provider)
    sdk = import_module("openai")
    client = ell2a.trace(sdk.AsyncOpenAI(api_key="any", base_url=f"{sandbox.url}/v1"))
    assert isinstance(client, sdk.AsyncOpenAI)
    provider = import_module("pydantic_ai.providers.openai").OpenAIProvider(openai_client=client)
    models = import_module("pydantic_ai.models.openai")
    kind = models.OpenAIChatModel if request.param == "openai-chat" else models.OpenAIResponsesModel
    return kind("sandbox-small", provider=provider)


def test_run_sync(model: Any, logged: Logged) -> None:
    """A run from synchronous code."""
    answer = pydantic_ai.Agent(model).run_sync("Tell me of the harbour")
    assert logged.texts() == [answer.output]
    assert "test_pydantic_ai.py" in logged()[0].place


async def test_run(model: Any, logged: Logged) -> None:
    """A run that is awaited."""
    answer = await pydantic_ai.Agent(model, system_prompt="You know harbours").run("Tell me of the harbour")
    assert logged.texts() == [answer.output]


async def test_stream(model: Any, logged: Logged) -> None:
    """A streamed run."""
    async with pydantic_ai.Agent(model).run_stream("Tell me of the harbour") as stream:
        pieces = [piece async for piece in stream.stream_text(delta=True, debounce_by=None)]
    assert len(pieces) > 1
    assert logged.texts() == ["".join(pieces)]


async def test_tools(model: Any, logged: Logged) -> None:
    """An agent with a tool: the call, its result, and the answer."""
    agent = pydantic_ai.Agent(model)

    @agent.tool_plain  # type: ignore[untyped-decorator]
    def weather(city: str) -> str:
        """Tell the weather of a city."""
        return f"15 degrees in {city}"

    answer = await agent.run("What is the weather in Oslo?")
    assert logged.agent_calls()[0] == ["weather"]
    assert logged.agent_results()[-1][0].startswith("15 degrees in")
    assert logged.texts()[-1] == answer.output


async def test_structured(model: Any, logged: Logged) -> None:
    """A structured output."""
    answer = await pydantic_ai.Agent(model, output_type=City).run("Tell me of Oslo")
    assert isinstance(answer.output, City)
    assert len(logged()) == 1
