"""The laws with many more calls, every stream cut at every byte, and params and capabilities of many models."""

from __future__ import annotations

from typing import Any

import pytest

from ell2a.providers.conformance import LAWS, Subject
from ell2a.providers.conformance.checking import held
from ell2a.providers.conformance.finding import subject_at
from ell2a.providers.model_table import models_of

MORE = 400
"""Generated calls for each question, ten times those of an ordinary run."""
WIRES = (("openai", "openai-chat"), ("openai", "openai-responses"), ("anthropic", "anthropic-messages"))


def subject_of(name: str, wire: str, **more: Any) -> Subject:
    """The subject of a shipped provider with some of its settings changed."""
    subject: Subject = type("Exhaustive", (type(subject_at(name, wire=wire)),), more)()
    return subject


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"law-{law.number}")
@pytest.mark.parametrize(("name", "wire"), WIRES)
def test_the_laws_at_length(name: str, wire: str, law: Any) -> None:
    """Each law holds for ten times the calls, and for streams that are cut at every one of their bytes."""
    assert held(law, subject_of(name, wire, examples=MORE, cuts_every_stream=True)) > 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "wire"), WIRES)
def test_law_6_for_every_model(name: str, wire: str) -> None:
    """Of every model in the shipped table, what is allowed moves the payload and what is not is refused."""
    subject = subject_of(name, wire)
    models = [subject.model, *models_of(subject.instance.row.models or "")]
    assert len(models) > 20
    assert held(LAWS[5], subject_of(name, wire, models=models)) > 20 * len(models)
