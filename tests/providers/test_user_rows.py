"""Providers of the user's own, in a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ell2a.errors import DefinitionError
from ell2a.providers import get, names, register_provider, registry, row, user_rows

ACME = """
[acme]
title = "Acme"
wires = { openai-chat = "https://llm.acme.example/v1" }
key = ["ACME_KEY"]

[acme.quirks]
max_tokens_param = "max_tokens"

[groq]
title = "Groq through our proxy"
wires = { openai-chat = "https://proxy.acme.example/groq" }
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a user's providers, that the variable names."""
    path = tmp_path / "own.toml"
    path.write_text(ACME)
    monkeypatch.setenv("ELL2A_PROVIDERS", str(path))
    monkeypatch.setattr(registry, "_own_rows", {})
    return path


def test_rows_of_the_file_are_providers(file: Path) -> None:
    """A provider in the file is there by its name, with its quirks, after the shipped ones."""
    assert names()[-1] == "acme"
    acme = get("acme")
    assert acme.row.key == ["ACME_KEY"]
    assert "takes `max_tokens`" in str(acme.available_params()["max_completion_tokens"].why_not)


def test_the_users_row_stands_over_the_shipped_one(file: Path) -> None:
    """A row of a shipped provider's name replaces it whole, in its place; one that the program registers replaces both."""
    assert row("groq").title == "Groq through our proxy"
    assert row("groq").quirks == {}
    assert names().index("groq") < names().index("acme")
    register_provider("acme", wires={"openai-chat": "https://other.example/v1"})
    assert row("acme").wires == {"openai-chat": "https://other.example/v1"}


def test_a_change_of_the_file_is_seen(file: Path) -> None:
    """The file is read when it is first needed, and again when it has changed."""
    assert get("acme").row.title == "Acme"
    assert get("acme") is get("acme")
    file.write_text(ACME.replace('"Acme"', '"Acme Two"'))
    assert get("acme").row.title == "Acme Two"


def test_a_fault_names_file_and_line(file: Path) -> None:
    """A row with a fault is told with the file and the line that it is in."""
    file.write_text(ACME.replace("max_tokens_param", "max_token_param"))
    with pytest.raises(DefinitionError) as caught:
        get("openai")
    assert str(caught.value).startswith(f"{file}:8: the provider row 'acme' has a fault")
    assert "max_token_param" in str(caught.value)


def test_a_file_that_is_named_must_be_there(file: Path) -> None:
    """A variable that names no file is a mistake; so is a file that cannot be read as text."""
    file.unlink()
    with pytest.raises(DefinitionError, match=r"ELL2A_PROVIDERS names .*own\.toml.*no such file"):
        names()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError, match="cannot be read"):
        names()


def test_without_the_variable_the_users_config_folder_is_looked_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's own place is `ell2a/providers.toml` in the user's config folder; none there is nothing wrong."""
    monkeypatch.delenv("ELL2A_PROVIDERS")
    monkeypatch.setattr(user_rows, "user_config_path", lambda name, appauthor: tmp_path / name)
    assert user_rows.user_rows() == {}
    (tmp_path / "ell2a").mkdir()
    (tmp_path / "ell2a" / "providers.toml").write_text(ACME)
    assert list(user_rows.user_rows()) == ["acme", "groq"]
    assert os.environ.get("ELL2A_PROVIDERS") is None
