"""`ell2a-studio replay`: the plan, the run, and what cannot be run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cli.conftest import Run

from ell2a.sandbox import Sandbox

TO_ANTHROPIC = ("--model", "sandbox/sandbox-large", "--wire", "anthropic-messages")


@pytest.fixture
def id(run: Run, store: str) -> str:
    """A logged call on openai-chat."""
    listed: dict[str, Any] = json.loads(run("calls", "granite", "--store", store, "--json").out)
    return str(listed["items"][0]["id"])


def test_a_plan_sends_nothing(run: Run, store: str, id: str, sandbox: Sandbox) -> None:
    """`--plan` tells of every part, and no request leaves."""
    before = len(sandbox.requests)
    ran = run("replay", id, *TO_ANTHROPIC, "--plan", "--store", store, "--json")
    plan = json.loads(ran.out)
    assert (plan["target"], plan["wire"], plan["runnable"]) == ("sandbox/sandbox-large", "anthropic-messages", True)
    assert plan["request"]["temperature"] == 0.2
    assert len(sandbox.requests) == before
    shown = run("replay", id, *TO_ANTHROPIC, "--plan", "--store", store)
    assert all(item["path"] in shown.out for item in plan["items"])
    assert "can be run" in shown.err


def test_a_replay_is_logged_as_the_child_of_its_call(run: Run, store: str, id: str) -> None:
    """The answer is printed, the new call names the old one."""
    ran = run("replay", id, *TO_ANTHROPIC, "--change", "temperature=0.7", "--store", store, "--json")
    told = json.loads(ran.out)
    new = json.loads(run("show", told["id"], "--store", store, "--json").out)
    assert (new["replay_of"], new["wire"], new["status"]) == (id, "anthropic-messages", "ok")
    assert new["request"]["temperature"] == 0.7
    plain = run("replay", id, *TO_ANTHROPIC, "--store", store)
    assert "granite" in plain.out
    assert "the replay is call 01" in plain.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--model", "nobody/x"), "no provider is known for it"),
        (("--model", "sandbox/sandbox-down"), "answered 500"),
    ],
)
def test_what_goes_wrong_is_one_line(run: Run, store: str, id: str, arguments: tuple[str, ...], words: str) -> None:
    """An unknown provider and an error of the provider end with exit code 1 and one line."""
    ran = run("replay", id, *arguments, "--store", store)
    assert ran.code == 1
    assert words in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err


def test_a_change_that_is_none(run: Run, store: str, id: str) -> None:
    """`--change` wants KEY=VALUE."""
    ran = run("replay", id, *TO_ANTHROPIC, "--change", "temperature", "--store", store)
    assert (ran.code, "KEY=VALUE" in ran.err) == (2, True)
