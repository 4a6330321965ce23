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
from ell2a.providers import ProviderRow, law_records, registry
from ell2a.providers.conformance import LawBroken, ProviderConformance, Rewriting, Subject, check
from ell2a.providers.conformance.checking import held
from ell2a.providers.conformance.finding import subject_at
from ell2a.providers.conformance.laws import LAWS
from ell2a.providers.conformance.trees import difference, uncovered
from ell2a.studio.cli_providers import app
from ell2a.studio.inspector import provider_detail
from ell2a.studio.pages.provider import laws_view

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


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's state folder is one of the test's own."""
    monkeypatch.setattr(law_records, "user_state_path", lambda *_, **__: tmp_path)
    return tmp_path


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


def test_the_command_works_without_the_studio(tmp_path: Path) -> None:
    """Whoever writes a wire installs the kit alone: `ell2a-studio providers check` needs none of the studio's packages."""
    hidden = "import importlib.util as u, sys; find = u.find_spec; gone = ('typer', 'rich', 'fastapi', 'uvicorn')\n"
    hidden += "u.find_spec = lambda name, *more: None if name in gone else find(name, *more)\n"
    hidden += "import ell2a.studio.__main__ as m\n"
    for name, code in ((f"{EXAMPLE}:Nothing", 2), ("--help", 0)):
        run = f"{hidden}sys.argv = ['ell2a-studio', 'providers', 'check', {name!r}]\nm.main()"
        told = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert told.returncode == code, told.stderr
        assert "OllamaChat" in told.stderr if code else "Example" in told.stdout
        assert "typer" not in told.stderr


def test_a_row_on_somebody_elses_wire_has_the_samples_of_its_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's name finds the test class beside the module of its wire, and holds the laws for the row."""
    example = subject_at(f"{EXAMPLE}:OllamaChat")
    row = ProviderRow(name="ollama-here", title="Here", wires={"ollama-chat": "http://here.invalid"})
    kind: Any = type(example.instance)
    monkeypatch.setattr(registry, "get", lambda name, wire=None: kind(row))
    found = subject_at("ollama-here")
    assert found.instance.name == "ollama-here"
    assert found.answers is example.answers


@pytest.mark.usefixtures("last_laws")
def test_check_tells_each_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken law stands in the report with its counterexample, and the command ends with 1."""
    monkeypatch.setattr(
        "ell2a.providers.conformance.telling.subject_at", lambda name, wire: MUTANTS["retry-after-lost"]
    )
    told = CliRunner().invoke(app, ["check", "anthropic"])
    assert told.exit_code == 1
    assert "law 6  held" in told.output
    assert "law 7  BROKEN" in told.output
    assert "expected: 7.0" in told.output
    assert "1 of 2 laws" in told.output
    assert "broken: law 7" in told.output
    assert law_records.last("anthropic", "anthropic-messages") is None, "a mutant under its name is not the provider"


@pytest.mark.usefixtures("last_laws")
def test_the_result_is_kept_for_the_inspector(state: Path) -> None:
    """What was checked, when and with what stands on the provider's page and in `providers show`; before that, how to check it."""
    provider, runner = registry.get("anthropic"), CliRunner()
    assert law_records.told_of(provider)["checked_at"] is None
    assert (
        "not checked here: ell2a-studio providers check anthropic" in runner.invoke(app, ["show", "anthropic"]).output
    )
    assert runner.invoke(app, ["check", "anthropic"]).exit_code == 0
    told = provider_detail("anthropic")["conformance"]
    assert (told["kept"], told["outdated"], [law["law"] for law in told["laws"]]) == (2, None, [6, 7])
    assert told["sdk"].startswith("anthropic ")
    shown = laws_view(told)
    assert (shown.words, shown.command) == ("2 of 2 laws held", "ell2a-studio providers check anthropic")
    assert "2 of 2 held on" in runner.invoke(app, ["show", "anthropic"]).output
    assert [path.name for path in (state / "laws").iterdir()] == ["anthropic.anthropic-messages.json"]


def test_a_broken_law_is_kept_with_its_place(state: Path) -> None:
    """The page says where; a record of another version says so, and one that cannot be read is as none."""
    provider = registry.get("openai", "openai-responses")
    law = {"law": 7, "name": "errors are mapped", "held": False, "cases": 0, "broken": {"path": "429 error"}}
    path = law_records.keep(provider, {"held": False, "laws": [law]})
    told = law_records.told_of(provider)
    assert told["command"] == "ell2a-studio providers check openai --wire openai-responses"
    assert [view.words for view in laws_view(told).laws] == ["at 429 error"]
    path.write_text(path.read_text().replace("openai 3", "openai 1"))
    assert "openai 1" in (law_records.told_of(provider)["outdated"] or "")
    path.write_text("{")
    assert law_records.told_of(provider)["checked_at"] is None


def test_an_exception_is_told_at_the_authors_own_line() -> None:
    """What raises is shown by the deepest line of the author's file, not by one of the kit or of ell2a."""

    def raising(self: Any, native: dict[str, Any]) -> Any:
        return native["no such key"]

    kind = type(registry.get("openai"))
    provider = type("Raising", (kind,), {"translate_request_to_ell2a": raising, "__module__": __name__})
    subject: Subject = type("Laws", (type(subject_at("openai")),), {"provider": provider(registry.row("openai"))})()
    with pytest.raises(LawBroken) as caught:
        held(LAWS[0], subject)
    assert "test_kit.py:" in caught.value.path
    assert caught.value.path.endswith("in raising")
    assert "KeyError" in caught.value.came


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
