"""The clients that calls make for themselves: kept, made anew when what they are made from changes, and closed on demand."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import openai
import pytest

import ell2a
from ell2a.providers import clients, get
from ell2a.sandbox import Sandbox


@pytest.fixture(autouse=True)
def sandbox() -> Iterator[None]:
    """A service to call, and no clients of other tests."""
    ell2a.init(store="off")
    clients.close()
    with Sandbox(activate=True):
        yield
    clients.close()


def test_close() -> None:
    """The kept client is closed with its connections; the next call makes another."""
    sandbox = get("sandbox")
    ell2a.call("sandbox/sandbox-small", "Hi", max_tokens=9)
    kept = clients.client_for(sandbox, "sandbox-small", None, asynchronous=False)
    assert clients.client_for(sandbox, "sandbox-small", None, asynchronous=False) is kept
    ell2a.close()
    assert kept.is_closed()
    assert ell2a.call("sandbox/sandbox-small", "Hi", max_tokens=9).text
    assert clients.client_for(sandbox, "sandbox-small", None, asynchronous=False) is not kept
    ell2a.close()
    ell2a.close()


async def test_aclose() -> None:
    """The clients of this event loop are closed, and nothing is left for the collector to complain of."""
    await ell2a.acall("sandbox/sandbox-small", "Hi", max_tokens=9)
    kept = clients.client_for(get("sandbox"), "sandbox-small", None, asynchronous=True)
    await ell2a.aclose()
    assert kept.is_closed()
    del kept
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        gc.collect()
    assert (await ell2a.acall("sandbox/sandbox-small", "Hi", max_tokens=9)).text
    await ell2a.aclose()


def test_a_client_of_the_users_is_not_closed() -> None:
    """Only what ell2a made is ell2a's to close."""
    sandbox = get("sandbox")
    with openai.OpenAI(api_key="any", base_url=sandbox.row.base_url(sandbox.wire)) as mine:
        ell2a.call("sandbox/sandbox-small", "Hi", client=mine, max_tokens=9)
        ell2a.close()
        assert not mine.is_closed()


@pytest.mark.parametrize(
    ("provider", "given", "changed"),
    [
        (
            "azure",
            {
                "AZURE_OPENAI_API_KEY": "k",
                "AZURE_OPENAI_ENDPOINT": "https://a.openai.azure.com",
                "OPENAI_API_VERSION": "1",
            },
            {"OPENAI_API_VERSION": "2"},
        ),
        (
            "azure",
            {
                "AZURE_OPENAI_API_KEY": "k",
                "AZURE_OPENAI_ENDPOINT": "https://a.openai.azure.com",
                "OPENAI_API_VERSION": "1",
            },
            {"AZURE_OPENAI_ENDPOINT": "https://b.openai.azure.com"},
        ),
        (
            "vertex",
            {"CLOUD_ML_REGION": "us-east5", "ANTHROPIC_VERTEX_PROJECT_ID": "a"},
            {"ANTHROPIC_VERTEX_PROJECT_ID": "b"},
        ),
        ("vertex", {"CLOUD_ML_REGION": "us-east5", "ANTHROPIC_VERTEX_PROJECT_ID": "a"}, {"CLOUD_ML_REGION": "global"}),
        ("bedrock", {"AWS_REGION": "us-east-1", "AWS_BEARER_TOKEN_BEDROCK": "k"}, {"AWS_REGION": "eu-west-1"}),
    ],
)
def test_a_changed_variable_gives_another_client(
    monkeypatch: pytest.MonkeyPatch, provider: str, given: dict[str, str], changed: dict[str, str]
) -> None:
    """A service's own client reads its variables when it is made: where one changes, another is made."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    first = clients.client_for(get(provider), "m", None, asynchronous=False)
    assert clients.client_for(get(provider), "m", None, asynchronous=False) is first
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    assert clients.client_for(get(provider), "m", None, asynchronous=False) is not first
