"""instructor with traced clients: classes out of answers, sync, async and streamed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from clients.conftest import Logged
from pydantic import BaseModel

import ell2a
from ell2a.sandbox import Sandbox

instructor: Any = import_module("instructor")
openai: Any = import_module("openai")
anthropic: Any = import_module("anthropic")

ASK: dict[str, Any] = {"model": "sandbox-small", "messages": [{"role": "user", "content": "Tell me of Oslo"}]}


class City(BaseModel):
    name: str
    people: int


@pytest.mark.parametrize("mode", ["TOOLS", "JSON_SCHEMA"])
def test_openai(mode: str, sandbox: Sandbox, logged: Logged) -> None:
    """A class through the sync client, by a tool and by a format."""
    client = ell2a.trace(openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1"))
    made = instructor.from_openai(client, mode=getattr(instructor.Mode, mode))
    assert isinstance(made.chat.completions.create(**ASK, response_model=City), City)
    (call,) = logged()
    assert logged.agent_calls() == ([["City"]] if mode == "TOOLS" else [[]])
    assert (call.response_format is not None) == (mode == "JSON_SCHEMA")


async def test_openai_awaited(sandbox: Sandbox, logged: Logged) -> None:
    """A class through the async client."""
    client = ell2a.trace(openai.AsyncOpenAI(api_key="any", base_url=f"{sandbox.url}/v1"))
    made = instructor.from_openai(client)
    assert isinstance(await made.chat.completions.create(**ASK, response_model=City), City)
    assert logged.agent_calls() == [["City"]]


def test_openai_streamed(sandbox: Sandbox, logged: Logged) -> None:
    """A class that grows while its stream is read."""
    client = ell2a.trace(openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1"))
    partial = [*instructor.from_openai(client).chat.completions.create_partial(**ASK, response_model=City)]
    assert partial[-1].name
    (call,) = logged()
    assert call.summary.stream
    assert logged.agent_calls() == [["PartialCity"]]


def test_anthropic(sandbox: Sandbox, logged: Logged) -> None:
    """A class through Anthropic's client."""
    client = ell2a.trace(anthropic.Anthropic(api_key="any", base_url=sandbox.url))
    made = instructor.from_anthropic(client)
    assert isinstance(made.chat.completions.create(**ASK, max_tokens=300, response_model=City), City)
    assert logged.agent_calls() == [["City"]]


async def test_anthropic_awaited(sandbox: Sandbox, logged: Logged) -> None:
    """A class through Anthropic's async client."""
    client = ell2a.trace(anthropic.AsyncAnthropic(api_key="any", base_url=sandbox.url))
    made = instructor.from_anthropic(client)
    assert isinstance(await made.chat.completions.create(**ASK, max_tokens=300, response_model=City), City)
    assert logged.agent_calls() == [["City"]]
