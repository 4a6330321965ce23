"""A server that is not ours: a prompt function, an agent loop, a structured output and a stream, on both wires,
logged and replayed across."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import ell2a
from ell2a.log.views import CallFilter

HERE = Path(__file__).resolve().parent
LLMOCK = HERE.parent / "thirdparty" / "node_modules" / ".bin" / "llmock"

MODELS = {"openai": "openai/gpt-4o", "anthropic": "anthropic/claude-haiku-4-5"}
OTHER = {"openai": "anthropic", "anthropic": "openai"}
EXTRA: dict[str, dict[str, Any]] = {"openai": {}, "anthropic": {"max_tokens": 500}}


class Person(BaseModel):
    name: str
    age: int


@ell2a.agent()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@pytest.fixture(scope="module")
def aimock() -> Iterator[str]:
    """The address of aimock with our fixtures; skips where node or the package is missing."""
    node = shutil.which("node")
    if node is None or not LLMOCK.exists():
        pytest.skip("no node, or aimock is not installed: scripts/install-test-packages.sh")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [node, str(LLMOCK), "-p", str(port), "-f", str(HERE / "aimock.json"), "--strict", "--log-level", "silent"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(autouse=True)
def pointed_at_it(aimock: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both providers' own address variables lead to the server."""
    monkeypatch.setenv("OPENAI_BASE_URL", f"{aimock}/v1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", aimock)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-openai-0123456789")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test-anthropic-0123456789")
    ell2a.init()
    yield
    ell2a.init(store="off")


def replayed(call_id: str, provider: str) -> Any:
    """The answer of the same call on the other wire; the new call says what it is a replay of."""
    plan = ell2a.replay.plan(call_id, model=MODELS[OTHER[provider]])
    assert plan.runnable, plan.as_json()["items"]
    answer = plan.run()
    log = ell2a.current_log()
    assert log is not None
    assert answer.call_id is not None
    assert log.call(answer.call_id).summary.replay_of == call_id
    return answer


@pytest.mark.parametrize("provider", MODELS)
def test_prompt_function(provider: str) -> None:
    """A prompt function is answered, logged and replayed on the other wire."""

    @ell2a.simple(MODELS[provider], **EXTRA[provider])
    def greet() -> str:
        """You greet."""
        return "Greet me."

    told = greet()
    assert told == "Hello! How can I help you today?"
    assert told.call_id is not None
    assert replayed(told.call_id, provider).text == told


@pytest.mark.parametrize("provider", MODELS)
def test_agent_loop(provider: str) -> None:
    """The agent is called, its result goes back, the answer comes; replayed, the agent is not run again."""
    history = [ell2a.user("What is 2 + 3?")]
    answer: Any = ell2a.call(MODELS[provider], history, agents=[add], **EXTRA[provider])
    first = answer.call_id
    while answer.agent_calls:
        history += [answer.message, answer.message.call_agents()]
        answer = ell2a.call(MODELS[provider], history, agents=[add], **EXTRA[provider])
    assert answer.text == "It is 5."
    assert [r.text for r in history[-1].agent_results] == ["5"]
    assert [c.arguments for c in replayed(first, provider).agent_calls] == [{"a": 2, "b": 3}]
    assert replayed(answer.call_id, provider).text == "It is 5."


@pytest.mark.parametrize("provider", MODELS)
def test_structured_output(provider: str) -> None:
    """A pydantic class is asked for and comes back, here and replayed on the other wire."""
    answer: Any = ell2a.call(MODELS[provider], "Name a person", response_format=Person, **EXTRA[provider])
    assert answer.parsed == Person(name="Ada", age=36)
    assert replayed(answer.call_id, provider).parsed == {"name": "Ada", "age": 36}


@pytest.mark.parametrize("provider", MODELS)
def test_stream(provider: str) -> None:
    """A stream comes in pieces that join to the whole, is logged as streamed, and replayed on the other wire."""
    stream: Any = ell2a.call(MODELS[provider], "Tell a story", stream=True, **EXTRA[provider])
    pieces = [d.text for d in stream]
    assert len(pieces) > 2
    assert "".join(pieces) == stream.text
    log = ell2a.current_log()
    assert log is not None
    (row,) = log.calls(CallFilter()).items
    assert (row.status, row.stream) == ("ok", True)
    assert replayed(stream.call_id, provider).text == stream.text


@pytest.mark.parametrize("provider", MODELS)
def test_unmatched_requests_are_errors(provider: str) -> None:
    """What the server refuses is one of our errors, logged with its body."""
    with pytest.raises(ell2a.errors.CallError) as caught:
        ell2a.call(MODELS[provider], "Nobody expects this.", **EXTRA[provider])
    log = ell2a.current_log()
    assert log is not None
    assert caught.value.call_id is not None
    assert log.call(caught.value.call_id).error is not None
