"""langchain-anthropic with traced clients."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from clients import langchain_ways
from clients.conftest import Logged

import ell2a
from ell2a.sandbox import Sandbox

langchain_anthropic: Any = import_module("langchain_anthropic")


@pytest.fixture
def model(sandbox: Sandbox) -> Any:
    """LangChain's model. It takes no client, and makes its two when they are first asked for: those are traced."""
    made = langchain_anthropic.ChatAnthropic(model="sandbox-small", api_key="any", base_url=sandbox.url, max_tokens=300)
    vars(made)["_client"] = ell2a.trace(made._client)
    vars(made)["_async_client"] = ell2a.trace(made._async_client)
    return made


async def test_ways(model: Any, logged: Logged) -> None:
    """Whole and streamed, sync and async."""
    await langchain_ways.all_ways(model, logged)


async def test_structured(model: Any, logged: Logged) -> None:
    """A class out of an answer."""
    await langchain_ways.structured(model, logged)


def test_agent(model: Any, logged: Logged) -> None:
    """An agent with a tool."""
    langchain_ways.agent(model, logged)
