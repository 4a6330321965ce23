"""Starting, stopping and finding a sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

import ell2a
from ell2a.sandbox import MODELS, URL_VARIABLE, Sandbox, start

DOCS = Path(__file__).resolve().parents[2] / "docs" / "sandbox.md"


def test_nothing_outside_changes_unless_asked() -> None:
    """A sandbox sets no variable by itself; activated, it sets one and gives the old value back."""
    with Sandbox() as running:
        assert URL_VARIABLE not in os.environ
        assert running.environ() == {URL_VARIABLE: running.url}
    os.environ[URL_VARIABLE] = "http://127.0.0.1:1"
    try:
        with Sandbox(activate=True) as running:
            assert os.environ[URL_VARIABLE] == running.url
        assert os.environ[URL_VARIABLE] == "http://127.0.0.1:1"
    finally:
        del os.environ[URL_VARIABLE]


def test_a_stopped_sandbox_is_gone() -> None:
    """After `stop` nobody listens, the variable is gone, and stopping again does nothing."""
    running = start()
    url = running.url
    assert httpx2.get(url).json()["sandbox"] == "ell2a"
    running.stop()
    running.stop()
    assert URL_VARIABLE not in os.environ
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(url)
    with pytest.raises(RuntimeError, match="not running"):
        _ = running.url


def test_stopping_ends_those_who_wait() -> None:
    """A call that waits for a silent model ends when the sandbox stops."""
    ended: list[BaseException] = []
    running = Sandbox().start()
    client = openai.OpenAI(base_url=f"{running.url}/v1", api_key="any", max_retries=0)

    def wait() -> None:
        try:
            client.chat.completions.create(model="sandbox-silent", messages=[{"role": "user", "content": "?"}])
        except openai.APIConnectionError as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not running.requests:
        time.sleep(0.01)
    running.stop()
    waiting.join(5)
    client.close()
    assert len(ended) == 1


def test_through_ell2a_on_every_wire(sandbox: Sandbox) -> None:
    """The provider `sandbox` finds an activated sandbox, on each wire; what was asked can be looked at."""
    params_by_wire: dict[str, dict[str, Any]] = {
        "openai-chat": {},
        "openai-responses": {},
        "anthropic-messages": {"max_tokens": 200},
    }
    for wire, params in params_by_wire.items():
        answer = ell2a.call("sandbox/sandbox-small", "Describe granite", wire=wire, **params)
        assert "granite" in answer.text
        assert answer.metadata.response_model == "sandbox-small-v1"
        assert answer.metadata.cost is None
    assert [r.wire for r in sandbox.requests] == ["openai-chat", "openai-responses", "anthropic-messages"]


def test_as_a_program() -> None:
    """`python -m ell2a.sandbox` prints its address, serves, and ends on its signal."""
    running = subprocess.Popen([sys.executable, "-m", "ell2a.sandbox"], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        url = running.stdout.readline().split()[-1]
        assert httpx2.get(url).status_code == 200
    finally:
        running.terminate()
        running.communicate(timeout=10)


def test_many_callers_at_once(http: httpx2.Client) -> None:
    """Forty callers side by side are all answered."""
    body = {"model": "sandbox-small", "messages": [{"role": "user", "content": "Describe granite"}]}
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(http.post("/v1/chat/completions", json=body).status_code)

    callers = [threading.Thread(target=ask) for _ in range(40)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert statuses == [200] * 40


def test_every_model_is_documented() -> None:
    """Each model stands in the page about the sandbox, with what it is for."""
    page = DOCS.read_text("utf-8")
    for model in MODELS:
        assert f"| `{model.name}` | {model.about} |" in page
