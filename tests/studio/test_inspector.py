"""The inspector: what the providers say, as plain JSON, without loading an SDK for the list."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ell2a import providers
from ell2a.errors import UnknownProvider
from ell2a.providers import ProviderCapabilities
from ell2a.studio import capability_words, inspector
from ell2a.studio.pages.compare_providers import compare_providers_page
from ell2a.studio.pages.provider import provider_page


def test_every_provider_is_listed_with_every_capability() -> None:
    """The list is JSON, has each row, and each fact has a state and a source."""
    listed = inspector.provider_list()
    json.dumps(listed)
    assert [p["name"] for p in listed] == providers.names()
    for provider in listed:
        assert set(provider["capabilities"]) == set(ProviderCapabilities.model_fields)
        for fact in provider["capabilities"].values():
            assert fact["state"] in {"yes", "no", "unknown"}
            assert fact["source"]


def test_every_capability_and_universal_param_has_a_label() -> None:
    """A capability or param that the contract gains cannot be without words on the pages."""
    assert set(capability_words.LABELS) == set(ProviderCapabilities.model_fields)
    from ell2a.calls import UniversalParams

    assert set(capability_words.UNIVERSAL) == set(UniversalParams.model_fields)


def test_the_list_and_the_app_load_no_sdk() -> None:
    """Starting the studio and listing the providers imports neither SDK; one provider's params load its own alone."""
    code = """
import sys
import ell2a.studio.app, ell2a.studio.serving
from ell2a.studio import inspector
inspector.provider_list()
loaded = {"openai", "anthropic", "genai_prices", "markdown_it"} & set(sys.modules)
assert not loaded, loaded
inspector.provider_detail("anthropic")
assert "anthropic" in sys.modules and "openai" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_sdk_is_told_with_its_command() -> None:
    """A provider whose package is not installed is in the list, with the line that installs it, and its page says so."""
    code = """
import importlib.util, json
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name == "anthropic" else real(name, *a)
from ell2a.studio import inspector
told = {p["name"]: p for p in inspector.provider_list()}
one = inspector.provider_detail("anthropic")
print(json.dumps([told["anthropic"]["sdk"], one["params"], one["params_fault"]]))
"""
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    sdk, params, fault = json.loads(told.stdout)
    assert sdk["installed"] is None
    assert sdk["install"] == "pip install 'ell2a[anthropic]'"
    assert params == []
    assert "pip install 'ell2a[anthropic]'" in fault


def test_a_model_has_facts_of_its_own() -> None:
    """With a model the facts are those of the model: a limit that the provider as a whole has not."""
    whole, one = (inspector.provider_detail("anthropic", m) for m in (None, "claude-sonnet-4-5"))
    assert whole["capabilities"]["context_window"]["state"] == "unknown"
    assert one["capabilities"]["context_window"]["value"] >= 200_000
    assert one["capabilities"]["context_window"]["as_of"]


def test_a_wire_can_be_chosen() -> None:
    """A provider that speaks two wires has the params of the one asked for."""
    chat, messages = (inspector.provider_detail("sandbox", wire=w) for w in ("openai-chat", "anthropic-messages"))
    assert chat["sdk"]["package"] == "openai"
    assert messages["sdk"]["package"] == "anthropic"
    assert "frequency_penalty" in {p["name"] for p in chat["params"]}
    assert "frequency_penalty" not in {p["name"] for p in messages["params"]}
    with pytest.raises(UnknownProvider):
        inspector.provider_detail("openai", wire="anthropic-messages")


def test_params_stand_in_one_row_where_they_mean_the_same() -> None:
    """Each param of each side is in exactly one row, under its universal meaning if it has one."""
    told = inspector.compare(["openai", "anthropic", "groq"])
    for index, name in enumerate(("openai", "anthropic", "groq")):
        shown = sorted(p["name"] for row in told["params"] for p in row["params"][index])
        assert shown == sorted(p["name"] for p in inspector.provider_detail(name)["params"])
    groups = [r["group"] for r in told["params"]]
    assert groups == sorted(groups, key=["universal", "shared", "only here", "option", "owned"].index)
    rows = {r["name"]: r for r in told["capabilities"]}
    assert rows["seed"]["differs"] is True
    assert rows["streaming"]["differs"] is False


def test_two_models_of_one_provider_can_be_compared() -> None:
    """A name may say its model."""
    told = inspector.compare(["anthropic/claude-sonnet-4-5", "anthropic/claude-opus-4-1"])
    assert [p["model"] for p in told["providers"]] == ["claude-sonnet-4-5", "claude-opus-4-1"]


@pytest.mark.parametrize("names", [[], ["openai"], ["openai"] * 7])
def test_two_to_six_can_be_compared(names: list[str]) -> None:
    """Fewer or more are refused with the number."""
    with pytest.raises(ValueError, match=str(len(names))):
        inspector.compare(names)


def test_the_page_of_a_provider_has_every_param_once() -> None:
    """The groups of params are parts of the whole, and the whole is all of them."""
    told = inspector.provider_detail("openai")
    whole = provider_page(told)
    assert len(whole.params) == len(told["params"])
    for group in ("allowed", "owned", "refused", "extra_body"):
        part = {p.name for p in provider_page(told, group).params}
        assert part <= {p.name for p in whole.params}
    assert all(p.allowed for p in provider_page(told, "allowed").params)
    assert {p.name for p in provider_page(told, "owned").params} >= {"messages", "tools", "stream"}


def test_only_differences_leaves_nothing_else() -> None:
    """Asked for differences, every row that is left differs, and the number is that of all rows that do."""
    names = ["openai", "anthropic"]
    told = inspector.compare(names)
    page = compare_providers_page(told, names=names, known=providers.names(), only_differences=True)
    rows = [r for g in page.groups for r in g.rows]
    assert all(r.differs for r in rows)
    assert len(rows) == page.differing < page.total


def test_suggested_models_can_be_replayed_on() -> None:
    """Models to begin with call agents, do not end, and carry no date in their name."""
    for name in ("openai", "anthropic", "mistral"):
        found = inspector.suggested_models(name, 4)
        assert 0 < len(found) <= 4
        for model in found:
            assert providers.get(name).capabilities(model=model).agent_calling.state == "yes"
            assert "embedding" not in model
