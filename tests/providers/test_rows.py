"""Providers as rows of data: those that are shipped, and those with a fault."""

from __future__ import annotations

from importlib import import_module
from urllib.parse import urlsplit

import pytest

from ell2a.errors import CallError, DefinitionError, UnknownProvider
from ell2a.providers import ProviderRow, names, register_provider, registry, row, wires
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.model_table import models_of
from ell2a.providers.rows import read_rows, shipped_rows

ROWS = list(shipped_rows().values())
ASKED_FOR = {
    "openai", "anthropic", "openrouter", "groq", "xai", "deepseek", "together", "fireworks", "cerebras", "moonshot",
    "azure", "zai", "qwen", "deepinfra", "sambanova", "nebius", "minimax", "github-models", "vercel", "huggingface",
    "databricks", "bedrock", "vertex", "perplexity", "mistral", "gemini", "ollama", "vllm", "llama-cpp", "lm-studio", "sandbox",
}  # fmt: skip

PLACES = {
    "ELL2A_SANDBOX_URL": "http://127.0.0.1:1",
    "AZURE_OPENAI_ENDPOINT": "https://acme.openai.azure.com",
    "DATABRICKS_HOST": "https://acme.cloud.databricks.com",
    "AWS_REGION": "us-east-1",
    "CLOUD_ML_REGION": "us-east5",
}


@pytest.fixture
def own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone afterwards."""
    monkeypatch.setattr(registry, "_own_rows", {})


def test_the_providers_are_there() -> None:
    """Every provider that the project promises has a row."""
    assert set(names()) >= ASKED_FOR


@pytest.mark.parametrize("known", ROWS, ids=lambda known: known.name)
class TestEveryRow:
    """What holds of every shipped row."""

    def test_speaks_a_known_wire_at_an_address(self, known: ProviderRow) -> None:
        """Its wires are ones that something here speaks; its addresses are whole, encrypted unless on this machine."""
        assert set(known.wires) <= set(wires())
        for wire in known.wires:
            url = known.base_url(wire, PLACES)
            parts = urlsplit(url)
            assert parts.hostname
            assert parts.scheme == ("http" if parts.hostname in {"localhost", "127.0.0.1"} else "https")

    def test_its_client_classes_are_the_sdks(self, known: ProviderRow) -> None:
        """A client of its own is a class of the SDK, and each variable in its address is one that the client needs."""
        if known.client is None:
            return
        module = import_module(registry.get(known.name).sdk.package)
        assert isinstance(getattr(module, known.client.sync), type)
        assert isinstance(getattr(module, known.client.asynchronous), type)
        for variable in known.client.needs:
            assert variable.isupper()

    def test_says_where_it_is_documented(self, known: ProviderRow) -> None:
        """It names the page that its facts are from."""
        assert (known.docs or "").startswith("https://")

    def test_its_facts_are_capabilities_with_a_source(self, known: ProviderRow) -> None:
        """A fact of a row is a field of ProviderCapabilities and says where it is known from."""
        assert set(known.facts) <= set(ProviderCapabilities.model_fields)
        assert all("https://" in (fact.detail or "") for fact in known.facts.values())

    def test_its_ids_exist(self, known: ProviderRow) -> None:
        """Its id in the model table and in genai-prices are ids that these have."""
        from genai_prices import data

        assert known.models is None or models_of(known.models)
        assert known.prices is None or known.prices in {provider.id for provider in data.providers}

    def test_its_quirks_name_params_of_the_wire(self, known: ProviderRow) -> None:
        """A param that it refuses or takes more values of is one that the SDK has."""
        params = registry.get(known.name).available_params()
        assert set(known.quirks.get("refused_params", {})) <= set(params)
        assert set(known.quirks.get("more_values", {})) <= set(params)
        assert known.quirks.get("max_tokens_param", "max_tokens") in params


def test_a_bare_name_has_one_owner() -> None:
    """No model is claimed by two providers that make their own models."""
    owners = [set(models_of(known.models)) for known in ROWS if known.first_party and known.models]
    assert len(set().union(*owners)) == sum(len(own) for own in owners)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[a\n", "rows.toml: this is no TOML", "line 1"),
        ("\n[acme]\ntitle = 'Acme'\n", "rows.toml:2", "wires: Field required"),
        ("[acme]\nwires = { openai-chat = 'http://a' }\nkeys = ['A']\n", "rows.toml:3", "keys: Extra inputs"),
        ("[b]\nwires = {}\n[acme]\nwires = 3\n", "rows.toml:4", "wires: Input should be a valid dictionary"),
        (
            "[acme]\nwires = { openai-chat = 'http://a' }\n\n[acme.quirks]\nsystem_rol = 'x'\n",
            "rows.toml:5",
            "quirks.system_rol: Extra inputs",
        ),
        (
            "[acme]\nwires = { openai-chat = 'http://a' }\n[acme.facts]\nseed = { state = 'maybe', source = 'x' }\n",
            "rows.toml:4",
            "facts.seed.state: Input should be 'yes', 'no' or 'unknown'",
        ),
        ("acme = 3\n", "rows.toml", "'acme' has a fault"),
    ],
)
def test_a_faulty_row_is_told_with_its_line(text: str, place: str, words: str) -> None:
    """A row with a fault names the file, the line and the fault."""
    with pytest.raises(DefinitionError) as caught:
        read_rows(text, origin="rows.toml")
    assert str(caught.value).startswith(place)
    assert words in str(caught.value)


def test_the_first_variable_that_is_set_holds_the_key() -> None:
    """Of several key variables the first one that is set is taken; an empty one is not set."""
    gemini = row("gemini")
    assert gemini.api_key({"GOOGLE_API_KEY": "b"}) == "b"
    assert gemini.api_key({"GOOGLE_API_KEY": "b", "GEMINI_API_KEY": "a"}) == "a"
    assert gemini.api_key({"GEMINI_API_KEY": ""}) is None


def test_a_variable_moves_the_default_wire_only() -> None:
    """The base URL variable of a provider replaces the address of its default wire, not of the others."""
    vllm = row("vllm")
    moved = {"VLLM_BASE_URL": "http://gpu:9/v1"}
    assert vllm.base_url("openai-chat", moved) == "http://gpu:9/v1"
    assert vllm.base_url("anthropic-messages", moved) == "http://localhost:8000"


def test_an_address_whose_variable_is_not_set_is_an_error_of_the_call() -> None:
    """The variable that is missing is named."""
    with pytest.raises(CallError, match="ELL2A_SANDBOX_URL"):
        row("sandbox").base_url("openai-chat", {})


def test_a_provider_of_the_users_own(own_rows: None) -> None:
    """A registered provider is found by its name, on each of its wires, with its own params."""
    added = register_provider(
        "acme", wires={"openai-chat": "https://acme.example/v1"}, key="ACME_KEY", quirks={"own_params": {"zip": "x"}}
    )
    assert registry.get("acme") is added
    assert names()[-1] == "acme"
    assert added.row.key == ["ACME_KEY"]
    assert added.available_params()["zip"].route == "extra_body"


def test_a_provider_with_an_unknown_wire_is_refused(own_rows: None) -> None:
    """A wire that nothing speaks is named with those that something does, and nothing is registered."""
    with pytest.raises(UnknownProvider, match="Did you mean 'openai-chat'"):
        register_provider("acme", wires={"openai-chatt": "https://acme.example/v1"})
    assert "acme" not in names()


def test_an_unknown_provider_is_told_with_the_nearest_name() -> None:
    """A provider's name with a typo is answered with the name that was meant."""
    with pytest.raises(UnknownProvider, match="Did you mean 'anthropic'"):
        registry.get("antropic")
    with pytest.raises(UnknownProvider, match="no wire of openai is called 'anthropic-messages'"):
        registry.get("openai", wire="anthropic-messages")
