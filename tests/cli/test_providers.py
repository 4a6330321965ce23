"""`ell2a-studio providers` and `models`: the content of /api/providers, in a terminal."""

from __future__ import annotations

import json

import pytest
from cli.conftest import Run

from ell2a import providers
from ell2a.studio import inspector


def test_lists_every_provider(run: Run) -> None:
    """Every provider has its line; as JSON it is what the studio's API gives."""
    lines = run("providers", "list").out.splitlines()
    assert [line.split("\t")[0] for line in lines[1:]] == providers.names()
    assert json.loads(run("providers", "list", "--json").out) == json.loads(json.dumps(inspector.provider_list()))


def test_tells_of_keys_but_never_tells_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is present or missing, by the name of its variable."""
    assert "missing: OPENAI_API_KEY" in run("providers", "list").out
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-canary")
    told = [run("providers", "show", "openai", *more).out for more in ((), ("--json",))]
    assert "present" in told[0]
    assert not any("planted" in t for t in told)


def test_shows_one_provider(run: Run) -> None:
    """Capabilities with their sources, params with types and ranges, the owned ones with what to write instead."""
    shown = run("providers", "show", "anthropic", "--model", "claude-haiku-4-5").out
    assert "wire             anthropic-messages" in shown
    assert "structured_outputs\tyes" in shown
    assert any(line.startswith("temperature\t") for line in shown.splitlines())
    assert any(line.startswith("messages\t") and "no:" in line for line in shown.splitlines())
    assert json.loads(run("providers", "show", "anthropic", "--json").out)["params"]


def test_shows_what_the_row_says_of_a_second_wire(run: Run) -> None:
    """The other wires, where each is known from, what is uncertain, and what the address still needs."""
    shown = run("providers", "show", "sambanova", "--wire", "anthropic-messages").out
    assert "anthropic-messages; also openai-chat, openai-responses, by --wire" in shown
    assert "server_agents\tno" in shown
    assert "row: https://docs.sambanova.ai" in shown
    told = json.loads(run("providers", "show", "sambanova", "--json").out)["sources"]
    assert {one["part"] for one in told} >= {"openai-chat", "openai-responses", "anthropic-messages", "key"}
    for one in told:
        assert f"{one['part']}\t{one['source']}\t{one['uncertain'] or ''}" in shown
    assert "missing: AWS_REGION" in run("providers", "show", "bedrock").out


def test_compares(run: Run) -> None:
    """Providers side by side, params aligned by what they mean."""
    lines = run("providers", "compare", "openai", "anthropic").out.splitlines()
    assert lines[0].split("\t") == ["", "openai", "anthropic"]
    most = next(line for line in lines if line.startswith("max_tokens\t"))
    assert "max_completion_tokens" in most
    assert json.loads(run("providers", "compare", "openai", "anthropic", "--json").out)["capabilities"]


def test_compares_two_at_least(run: Run) -> None:
    """One provider is none to compare, an unknown one is named with the nearest."""
    assert run("providers", "compare", "openai").code == 2
    ran = run("providers", "compare", "openai", "antropic")
    assert (ran.code, "Did you mean 'anthropic'?" in ran.err) == (1, True)


def test_models(run: Run) -> None:
    """Known models by a part of their name; none is said in words."""
    assert "anthropic/claude-haiku-4-5" in run("models", "claude-haiku").out.splitlines()
    assert {m["provider"] for m in json.loads(run("models", "gpt-4o", "--json").out)} >= {"openai"}
    ran = run("models", "no-such-model")
    assert (ran.code, ran.out.strip(), "provider/model" in ran.err) == (0, "model", True)
