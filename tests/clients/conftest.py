"""Libraries that take an SDK's client, each in an environment of its own: `scripts/test_clients.py` names the one that is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ell2a
from ell2a.log.views import CallFilter
from ell2a.sandbox import Sandbox

LIBRARY = os.environ.get("ELL2A_TEST_CLIENT")
collect_ignore_glob = [] if LIBRARY else ["test_*.py"]
"""Without a library named, there is none to try."""


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


class Logged:
    """What the log has of the calls that a library made."""

    def __call__(self) -> list[Any]:
        log = ell2a.current_log()
        assert log is not None
        return [log.call(row.id) for row in reversed(log.calls(CallFilter(), limit=200).items)]

    def texts(self) -> list[str]:
        """The words of each answer."""
        return [
            "".join(b["text"] for m in call.response_messages for b in m["content"] if b["type"] == "text")
            for call in self()
        ]

    def agent_calls(self) -> list[list[str]]:
        """The agents that each answer calls."""
        return [
            [b["name"] for m in call.response_messages for b in m["content"] if b["type"] == "agent_call"]
            for call in self()
        ]

    def agent_results(self) -> list[list[str]]:
        """The results of agents that each request gives back."""
        return [
            [
                c["text"]
                for m in call.messages
                for b in m["content"]
                if b["type"] == "agent_result"
                for c in b["content"]
            ]
            for call in self()
        ]

    def all_ok(self, sandbox: Sandbox, since: int) -> None:
        """Every request that the sandbox got is an attempt of a call of the log, whole, with the body that was sent."""
        sent = [asked.body for asked in sandbox.requests[since:]]
        calls = self()
        # LangChain shares an HTTP client among event loops: a connection of one that has ended costs an attempt.
        assert [call.request for call in calls for _ in call.metadata["attempts"]] == sent
        assert sent
        for call in calls:
            assert call.summary.status == "ok", call.error
            assert "tracing_faults" not in call.metadata["other"]
            # It is the user's where the library calls in the user's task or thread, else the library's own; never the SDK's.
            package = call.place.partition("site-packages/")[2].partition("/")[0]
            assert package not in {"openai", "anthropic", "httpx", "httpx2"}, call.place


@pytest.fixture
def logged(tmp_path: Path, sandbox: Sandbox) -> Iterator[Logged]:
    """A fresh log; afterwards it is held against what the sandbox was asked."""
    ell2a.init(store=tmp_path / "log.db")
    found, since = Logged(), len(sandbox.requests)
    yield found
    found.all_ok(sandbox, since)
    ell2a.init(store="off")
