"""`ell2a-studio demo`, as a person starts it: address, first page, calls that arrive, and a clean end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2

import ell2a
from ell2a.sandbox import Sandbox
from ell2a.studio import demo_program, demo_stage


def test_the_demo(tmp_path: Path) -> None:
    """It serves before its calls are made; they arrive while it is looked at; nothing is left when it ends."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    running = subprocess.Popen(
        [sys.executable, "-m", "ell2a.studio.cli", "demo", "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert running.stdout is not None
    try:
        line = running.stdout.readline()
        url = next(word.strip(",") for word in line.split() if word.startswith("http://"))
        with httpx2.Client(base_url=url, follow_redirects=True) as browser:
            first = browser.get("/")
            assert first.status_code == 200
            assert "sandbox" in first.text.lower()
            calls = _arriving(browser, at_least=15)
            assert all(c["provider"] == "sandbox" and c["cost"] is None for c in calls)
            whole = browser.get(f"/api/calls/{calls[-1]['id']}").json()
            assert whole["request"]["model"].startswith("sandbox-")
            plan = {"model": "sandbox/sandbox-large", "wire": "anthropic-messages", "changes": {}}
            ok = next(c for c in calls if c["status"] == "ok" and c["wire"] == "openai-chat")
            assert browser.post(f"/api/calls/{ok['id']}/replay/plan", json=plan).json()["runnable"]
    finally:
        running.terminate()
        assert running.wait(15) == 0
        running.stdout.close()
    assert list(tmp_path.glob("ell2a-demo-*")) == []


def _arriving(browser: httpx2.Client, at_least: int) -> list[dict[str, Any]]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        calls: list[dict[str, Any]] = browser.get("/api/calls", params={"limit": 200}).json()["items"]
        if len([c for c in calls if c["status"] != "pending"]) >= at_least:
            return calls
        time.sleep(0.2)
    raise AssertionError(f"only {len(calls)} calls arrived")


def test_every_act_goes_as_it_is_meant_to(sandbox: Sandbox, tmp_path: Path) -> None:
    """All of the demo's calls, as fast as they can: varied, of every status, on all wires, none that failed unmeant."""
    ell2a.init(store=tmp_path / "calls.db")
    try:
        acts = demo_program.acts()
        assert demo_stage.play(acts, at_once=len(acts), seconds=0) == 0
        log = ell2a.current_log()
        assert log is not None
        calls = log.calls(limit=500).items
        assert 125 <= len(calls) <= 150
        assert {c.wire for c in calls} == {"openai-chat", "openai-responses", "anthropic-messages"}
        assert {c.status for c in calls} == {"ok", "error", "partial"}
        errors = {c.error_class for c in calls if c.status == "error"}
        assert errors >= {
            "RateLimited",
            "Overloaded",
            "ServerError",
            "BadRequest",
            "AuthenticationFailed",
            "PermissionDenied",
            "NotFound",
            "CallTimeout",
            "UnreadableResponse",
        }
        for feature in (
            "has_images",
            "has_thinking",
            "structured",
            "agents_called",
            "stream",
            "replay_of",
            "cache_read_tokens",
        ):
            assert any(getattr(c, feature) for c in calls), feature
        assert any(c.finish_reason == "refusal" for c in calls)
        assert any("潮汐" in c.answer for c in calls)
        assert all(c.cost is None for c in calls)
    finally:
        ell2a.init(store="off")


def test_the_demo_keeps_a_store_that_is_asked_for() -> None:
    """`--store` is offered, and without it the store is a fresh one below the temporary folder."""
    from ell2a.studio.demo import _store

    with _store("kept.db") as used:
        assert used == "kept.db"
    with _store(None) as used:
        assert Path(used).parent.parent == Path(tempfile.gettempdir())
    assert not Path(used).parent.exists()
