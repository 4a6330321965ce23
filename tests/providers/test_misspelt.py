"""A model's name that is nearly one of its provider's is told at definition, once."""

from __future__ import annotations

import warnings

import pytest

import ell2a
from ell2a.errors import DefinitionError
from ell2a.providers import get, misspelt, register_model
from ell2a.providers.misspelt import ModelMisspelt


@pytest.fixture(autouse=True)
def nothing_told_yet() -> None:
    """What was told in another test does not count."""
    misspelt._warned.clear()


@pytest.mark.parametrize(
    ("provider", "model", "meant"),
    [
        ("openai", "gpt-4oo", "gpt-4o"),
        ("openai", "gpt-4o-mni", "gpt-4o-mini"),
        ("openai", "gpt-5-minni", "gpt-5-mini"),
        ("anthropic", "claude-sonet-4-5", "claude-sonnet-4-5"),
    ],
)
def test_a_typo_is_told(provider: str, model: str, meant: str) -> None:
    """The warning has the name as written and the one that was probably meant; the second definition is silent."""
    with pytest.warns(ModelMisspelt, match=f"{model!r}.*did you mean {meant!r}") as told:
        get(provider).define(model)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error", ModelMisspelt)
        get(provider).define(model)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-9.9"),
        ("openai", "gpt-9-turbo"),
        ("openai", "o9"),
        ("openai", "ft:gpt-4o:me::abc"),
        ("openai", "gpt-4o-2031-01-01"),
        ("anthropic", "claude-opus-9"),
        ("anthropic", "claude-saga-1"),
        ("openrouter", "openai/gpt-4oo"),
    ],
)
def test_what_may_be_new_is_no_typo(provider: str, model: str) -> None:
    """New numbers, dates and words, and services that serve whatever others make, are not warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ModelMisspelt)
        get(provider).define(model)


def test_a_registered_model_is_known() -> None:
    """A user's own word makes the name one."""
    register_model("gpt-4o-miini", provider="openai")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ModelMisspelt)
        get("openai").define("gpt-4o-miini")


def test_a_provider_without_a_model() -> None:
    """`openai/` lacks the model's name."""
    with pytest.raises(DefinitionError, match="names the provider openai and no model"):
        ell2a.call("openai/", "Hello")
