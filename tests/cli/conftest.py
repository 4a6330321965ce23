"""What the tests of the command line share: a way to run it, and a store with real calls in it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import ell2a
from ell2a.errors import CallError
from ell2a.sandbox import Sandbox
from ell2a.sandbox.pytest_plugin import sandbox
from ell2a.studio.cli import main

__all__ = ["sandbox"]


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command in this process."""
    before = signal.getsignal(signal.SIGTERM)

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        try:
            main(list(arguments))
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    yield command
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def store(sandbox: Sandbox, tmp_path: Path) -> Iterator[str]:
    """A store with two calls that went well, one with an agent, and one that failed."""
    path = tmp_path / "calls.db"
    ell2a.init(store=path)

    @ell2a.agent()
    def get_weather(city: str) -> str:
        """The weather of a city."""
        return f"rain in {city}"

    ell2a.call("sandbox/sandbox-small", "Describe granite", temperature=0.2)
    ell2a.call("sandbox/sandbox-small", "What is the weather in Oslo?", agents=[get_weather])
    ell2a.call("sandbox/sandbox-large", "请介绍一下长城", wire="anthropic-messages", max_tokens=300)
    with pytest.raises(CallError):
        ell2a.call("sandbox/sandbox-limited", "Is the harbour open?")
    yield str(path)
    ell2a.init(store="off")
