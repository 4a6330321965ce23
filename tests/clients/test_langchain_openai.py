"""langchain-openai with traced clients, on chat completions and on responses."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from clients import langchain_ways
from clients.conftest import Logged

import ell2a
from ell2a.sandbox import Sandbox

langchain_openai: Any = import_module("langchain_openai")
openai: Any = import_module("openai")


@pytest.fixture(params=["chat", "responses"])
def model(request: pytest.FixtureRequest, sandbox: Sandbox) -> Any:
    """LangChain's model, around a traced client of each kind."""
    given = {"api_key": "any", "base_url": f"{sandbox.url}/v1"}
    client = ell2a.trace(openai.OpenAI(**given))
    later = ell2a.trace(openai.AsyncOpenAI(**given))
    return langchain_openai.ChatOpenAI(
        model="sandbox-small",
        root_client=client,
        root_async_client=later,
        client=client.chat.completions,
        async_client=later.chat.completions,
        use_responses_api=request.param == "responses",
        **given,
    )


async def test_ways(model: Any, logged: Logged) -> None:
    """Whole and streamed, sync and async."""
    await langchain_ways.all_ways(model, logged)


async def test_structured(model: Any, logged: Logged) -> None:
    """A class out of an answer."""
    await langchain_ways.structured(model, logged)


def test_agent(model: Any, logged: Logged) -> None:
    """An agent with a tool."""
    langchain_ways.agent(model, logged)
