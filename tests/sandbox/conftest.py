"""What the tests of the sandbox share: one running sandbox, and the real SDKs' clients for it."""

from __future__ import annotations

from collections.abc import Iterator

import anthropic
import httpx2
import openai
import pytest

from ell2a.sandbox import Sandbox
from ell2a.sandbox.pytest_plugin import sandbox

__all__ = ["sandbox"]


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def openai_client(server: Sandbox) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="any") as client:
        yield client


@pytest.fixture(scope="session")
def anthropic_client(server: Sandbox) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key="any") as client:
        yield client


@pytest.fixture(scope="session")
def http(server: Sandbox) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url) as client:
        yield client
