"""What the tests share that hold with every version of the SDKs: a sandbox on loopback, and the wires whose SDK is there.

Nothing here knows httpx or httpx2: which of them an SDK is built on differs by its version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from sdks.installed import INSTALLED, WIRES

import ell2a
from ell2a.providers import Provider, get
from ell2a.sandbox import Sandbox
from ell2a.sandbox.sandbox import URL_VARIABLE

_CLIENTS = {"openai": ("OpenAI", "AsyncOpenAI", "/v1"), "anthropic": ("Anthropic", "AsyncAnthropic", "")}


@dataclass(frozen=True)
class Wire:
    """One wire to the sandbox, through the SDK that is installed."""

    package: str
    server: Sandbox

    @property
    def name(self) -> str:
        return WIRES[self.package]

    @property
    def provider(self) -> Provider:
        return get("sandbox", self.name)

    @property
    def sdk(self) -> Any:
        return import_module(self.package)

    def client(self, *, asynchronous: bool = False, **more: Any) -> Any:
        """A client of the SDK's own, for the sandbox unless a `base_url` is given."""
        *names, path = _CLIENTS[self.package]
        given = {"api_key": "any", "base_url": f"{self.server.url}{path}", **more}
        return getattr(self.sdk, names[asynchronous])(**given)

    def model(self, name: str = "sandbox-small", **params: Any) -> Any:
        """A model of the sandbox on this wire."""
        return ell2a.models.sandbox(name, wire=self.name, **params)

    @property
    def sent(self) -> Any:
        """The body that the sandbox was asked with last."""
        return self.server.requests[-1].body


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(params=INSTALLED)
def wire(request: pytest.FixtureRequest, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setenv(URL_VARIABLE, server.url)
    return Wire(request.param, server)


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    """Each test has a log of its own."""
    ell2a.init()
    yield
    ell2a.init(store="off")
