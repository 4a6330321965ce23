"""Models that are past their end of life."""

from __future__ import annotations

import warnings
from datetime import date

import pytest

from ell2a.providers import Fact, end_of_life, get, models, no, register_model, yes
from ell2a.providers.end_of_life import ModelEnded, warn_if_past


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has been warned of yet, and what a test registers is gone afterwards."""
    monkeypatch.setattr(end_of_life, "_warned", set())
    monkeypatch.setattr(models, "_registered", {})


def test_a_model_past_its_day_warns_once_with_its_date() -> None:
    """The day after the last one warns, with the date and who says so; a second definition does not."""
    ends = yes("anthropic 2.12", value="2026-01-05")
    with pytest.warns(ModelEnded, match=r"anthropic/claude-old: its end of life was 2026-01-05 \(known from anthropic"):
        warn_if_past("anthropic/claude-old", ends, today=date(2026, 1, 6))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_past("anthropic/claude-old", ends, today=date(2026, 1, 7))


@pytest.mark.parametrize(
    "fact",
    [
        yes("x", value="2026-01-05"),
        yes("x", value="2099-12-31"),
        yes("x", value="some day"),
        yes("x"),
        no("x"),
        Fact(state="unknown", source="x", value="2020-01-01"),
    ],
    ids=lambda fact: f"{fact.state} {fact.value}",
)
def test_a_model_up_to_its_day_does_not_warn(fact: Fact) -> None:
    """The last day itself, a day to come, and a fact without a day are no reason to warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_past("anthropic/claude-old", fact, today=date(2026, 1, 5))


def test_a_definition_warns_at_the_users_line() -> None:
    """The warning comes with the definition and points at the line that it stands on."""
    register_model("gpt-old", provider="openai", capabilities={"end_of_life": "2020-01-01"})
    with pytest.warns(ModelEnded, match="2020-01-01") as told:
        get("openai").define("gpt-old")
    assert told[0].filename == __file__
    with pytest.warns(ModelEnded, match="claude-3-opus-20240229: its end of life was 2026-01-05"):
        get("anthropic").define("claude-3-opus-20240229")
