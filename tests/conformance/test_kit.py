"""The kit itself: what it says of a missing package, of a name that means nothing, and to a program that reads its report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conformance.mutants import of_declarations
from conformance.mutants.making import MUTANTS
from typer.testing import CliRunner

from ell2a.errors import ContractError
from ell2a.providers.conformance import ProviderConformance, Rewriting, Subject, check
from ell2a.providers.conformance.checking import held
from ell2a.providers.conformance.finding import subject_at
from ell2a.providers.conformance.laws import LAWS
from ell2a.providers.conformance.trees import difference, uncovered
from ell2a.studio.cli_providers import app

MODULES = (of_declarations,)
"""Imported so that their mutants are there."""

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "ollama_chat.py"


@pytest.mark.parametrize("package", ["pytest", "hypothesis"])
def test_a_missing_package_is_named(package: str) -> None:
    """Without pytest or hypothesis the import says which is missing, and the extra that brings both."""
    code = (
        "import importlib.util as u; find = u.find_spec\n"
        f"u.find_spec = lambda name, *more: None if name == {package!r} else find(name, *more)\n"
        "import ell2a.providers.conformance"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode != 0
    assert f"`{package}`, not installed here: pip install 'ell2a[conformance]'" in told.stderr


def test_the_kit_is_not_imported_by_others() -> None:
    """pytest and hypothesis are the kit's alone: neither the library nor its providers bring them in."""
    code = (
        "import sys, ell2a, ell2a.providers, ell2a.studio.cli_check; ell2a.providers.get('openai');"
        "print([m for m in ('pytest', 'hypothesis') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.fixture
def last_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laws 6 and 7 alone, where the report is looked at and not the laws."""
    monkeypatch.setattr("ell2a.providers.conformance.checking.LAWS", LAWS[5:])


@pytest.mark.usefixtures("last_laws")
def test_the_report_of_a_broken_law_as_json() -> None:
    """A program reads which law is broken, where, what was expected, what came and what to do."""
    result = check(MUTANTS["retry-after-lost"]).as_json()
    assert result["held"] is False
    assert [law["law"] for law in result["laws"]] == [6, 7]
    broken = {law["law"]: law["broken"] for law in result["laws"] if not law["held"]}
    assert broken.keys() == {7}
    assert broken[7]["path"].endswith("retry_after")
    assert broken[7]["expected"] == "7.0"
    assert json.loads(json.dumps(result)) == result


@pytest.mark.usefixtures("last_laws")
def test_check_on_the_command_line() -> None:
    """A wire that keeps the laws ends with 0; what is no provider with 2 and what there is."""
    runner = CliRunner()
    told = runner.invoke(app, ["check", f"{EXAMPLE}:OllamaChat", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["held"] is True
    wrong = runner.invoke(app, ["check", f"{EXAMPLE}:Nothing"])
    assert wrong.exit_code == 2
    assert "OllamaChat" in wrong.output
    assert runner.invoke(app, ["check", "no_such_module:X"]).exit_code == 2
    assert "did you mean" in runner.invoke(app, ["check", "opnai"]).output.lower()


@pytest.mark.usefixtures("last_laws")
def test_check_tells_each_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken law stands in the report with its counterexample, and the command ends with 1."""
    monkeypatch.setattr(
        "ell2a.providers.conformance.finding.subject_at", lambda name, wire: MUTANTS["retry-after-lost"]
    )
    told = CliRunner().invoke(app, ["check", "anthropic"])
    assert told.exit_code == 1
    assert "law 6  held" in told.output
    assert "law 7  BROKEN" in told.output
    assert "expected: 7.0" in told.output
    assert "1 of 2 laws" in told.output


def test_a_class_without_a_provider_is_told_so() -> None:
    """A test class that forgot its provider, or gave something else, hears what to write."""
    with pytest.raises(ContractError, match="provider = MyProvider"):
        _ = type("TestMine", (ProviderConformance,), {})().instance
    with pytest.raises(ContractError, match="provider = MyProvider"):
        _ = type("TestMine", (ProviderConformance,), {"provider": dict})().instance


def test_a_list_without_reasons_is_refused() -> None:
    """Each entry of a list of exceptions has its reason."""
    reasonless: Any = {"untold": {"image.title": ""}}
    subject = type("Reasonless", (type(subject_at("openai")),), reasonless)()
    with pytest.raises(Exception, match="a reason"):
        held(LAWS[0], subject)


def test_a_normal_form_must_be_stable() -> None:
    """A rewriting that changes what it has rewritten is no normal form."""

    def longer(call: dict[str, Any]) -> None:
        call["model"] += "+"

    unstable: Any = {"normal_form": (Rewriting("longer", "none", longer),)}
    subject: Subject = type("Unstable", (type(subject_at("openai")),), unstable)()
    with pytest.raises(Exception, match="normal form of a normal form"):
        held(LAWS[0], subject)


def test_trees() -> None:
    """Differences have their path; an order that is turned is none that covers."""
    found = difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]})
    assert found is not None
    assert (found.path, found.expected, found.came) == ("a.1.b", 2, 3)
    assert difference({"a": 1}, {"a": 1.0}) is None
    assert difference({"a": 1}, {"a": True}) is not None
    assert difference([1], [1, 2]) is not None
    assert uncovered([{"id": 1}, {"id": 2}], [{"id": 1, "x": 0}, {"id": 2}]) is None
    assert uncovered([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}]) is not None
