"""The universal params of a provider, as the inspector shows them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ell2a.calls import UniversalParams
from ell2a.providers import get, names
from ell2a.providers.universal import universal_table
from ell2a.studio.inspector import provider_detail


def table(provider: str, wire: str | None = None) -> dict[str, dict[str, Any]]:
    """A provider's table by universal field."""
    return {line["universal"]: line for line in universal_table(get(provider, wire))}


@pytest.mark.parametrize("name", names())
def test_every_provider_says_how_it_takes_each(name: str) -> None:
    """Each field of UniversalParams has one line, with a form and a source, as plain JSON."""
    lines = universal_table(get(name))
    assert [line["universal"] for line in lines] == list(UniversalParams.model_fields)
    assert all(line["form"] and line["source"] for line in lines)
    assert json.loads(json.dumps(lines)) == lines


def test_native_names_ranges_and_forms() -> None:
    """A line tells the native names, the one to write in front, the range and the form."""
    chat, messages = table("openai"), table("anthropic")
    assert chat["max_tokens"]["native"] == ["max_completion_tokens", "max_tokens"]
    assert (chat["temperature"]["range"], messages["temperature"]["range"]) == ("0 to 2", "0 to 1")
    assert messages["stop"]["native"] == ["stop_sequences"]
    assert messages["reasoning_budget"]["form"].startswith('{"type": "enabled"')
    assert (messages["seed"]["native"], messages["seed"]["form"]) == ([], "none")
    assert chat["agent_choice"]["own_word"]


def test_what_a_row_takes_off_its_wire_is_not_offered() -> None:
    """A provider that takes one of two names is shown with the one; one that takes none says what to write instead."""
    mistral = table("mistral")
    assert mistral["max_tokens"]["native"] == ["max_tokens"]
    assert (mistral["seed"]["native"], mistral["seed"]["form"]) == ([], "write `random_seed`")


def test_the_inspector_shows_it() -> None:
    """What pages and the command line show of a provider has the table, on the wire that is asked for."""
    shown = provider_detail("deepseek", wire="anthropic-messages")["universal_params"]
    assert shown == universal_table(get("deepseek", "anthropic-messages"))
