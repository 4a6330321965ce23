"""Providers as rows of data: those that are shipped, and those with a fault."""

from __future__ import annotations

from importlib import import_module
from urllib.parse import urlsplit

import pytest

from ell2a.errors import CallError, DefinitionError, InvalidParams, UnknownProvider
from ell2a.providers import ProviderRow, names, register_provider, registry, row, signature_params, wires
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.model_table import models_of
from ell2a.providers.rows import read_rows, shipped_rows
from ell2a.providers.universal import universal_table

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
        """On each wire, a param that it refuses or takes more values of is one that the SDK has there."""
        for wire in known.wires:
            quirks, provider = known.quirks_on(wire), registry.get(known.name, wire)
            names = signature_params.names_in_source(provider.param_source())
            assert set(quirks.get("refused_params", {})) <= set(names)
            assert set(quirks.get("more_values", {})) <= set(names)
            assert quirks.get("max_tokens_param", names[0]) in names
            assert set(quirks.get("own_params", {})).isdisjoint(names)

    def test_its_limit_of_tokens_has_a_name_on_each_wire(self, known: ProviderRow) -> None:
        """A quirk of one wire never takes the limit of output tokens away from another."""
        for wire in known.wires:
            table = universal_table(registry.get(known.name, wire))
            assert next(one for one in table if one["universal"] == "max_tokens")["native"], wire

    def test_a_second_wire_has_a_source(self, known: ProviderRow) -> None:
        """Where a wire and the key variables are known from is a page, or recorded answers; never a third party's alone."""
        told = {one.part: one for one in known.known_from()}
        assert set(known.wires) <= set(told)
        if "openai-responses" in known.wires and next(iter(known.wires)) != "openai-responses":
            source = told["openai-responses"].source
            assert source.startswith("https://") or "recorded answers" in source
        others = (
            "litellm",
            "llamaindex",
            "pipecat",
            "molt.bot",
            "openclaw",
            "chatjs",
            "genaiscript",
            "developersdigest",
        )
        assert not [one for one in told.values() if any(other in one.source for other in others)]


TWO_WIRES = """
[acme]
wires = { openai-chat = "https://a.example/v1", openai-responses = "https://a.example/v1" }
key = ["ACME_API_KEY"]
docs = "https://docs.a.example"
sources = { openai-responses = "https://docs.a.example/responses" }
uncertain = { key = "seen in a blog" }
[acme.quirks]
max_tokens_param = "max_tokens"
own_params = { zip = "x" }
[acme.wire_quirks.openai-responses]
refused_params = { store = "it keeps nothing" }
[acme.wire_facts.openai-responses]
image_input = { state = "no", source = "row", detail = "https://docs.a.example" }
"""


def test_a_quirk_is_of_one_wire(own_rows: None) -> None:
    """What a row says of its default wire does not reach the second one, and the other way round."""
    told = read_rows(TWO_WIRES, origin="x")["acme"].model_dump()
    chat = register_provider(**{k: v for k, v in told.items() if v is not None})
    responses = registry.get("acme", "openai-responses")
    assert "it takes" not in str(universal_table(responses))
    assert "zip" in chat.available_params()
    assert "zip" not in responses.available_params()
    assert chat.available_params()["max_completion_tokens"].why_not
    assert responses.available_params()["max_output_tokens"].allowed
    assert responses.available_params()["store"].why_not == "it keeps nothing"
    assert chat.available_params()["store"].allowed
    responses.validate_call_params(None, "m", {"max_output_tokens": 50})
    with pytest.raises(InvalidParams, match="it keeps nothing"):
        responses.validate_call_params(None, "m", {"store": True})
    assert (chat.capabilities().image_input.state, responses.capabilities().image_input.state) == ("unknown", "no")


def test_where_a_row_is_known_from() -> None:
    """Each wire and the key have a source: their own, else the service's documentation; what is uncertain is said."""
    assert read_rows(TWO_WIRES, origin="x")["acme"].known_from() == [
        ("openai-chat", "https://docs.a.example", None),
        ("openai-responses", "https://docs.a.example/responses", None),
        ("key", "https://docs.a.example", "seen in a blog"),
    ]


def test_deepseek_takes_its_limit_on_each_wire() -> None:
    """`max_tokens` is DeepSeek's word on openai-chat alone: on openai-responses it is `max_output_tokens`."""
    registry.get("deepseek").validate_call_params(None, "deepseek-chat", {"max_tokens": 9})
    responses = registry.get("deepseek", "openai-responses")
    responses.validate_call_params(None, "deepseek-chat", {"max_output_tokens": 50})
    with pytest.raises(InvalidParams, match="max_output_tokens"):
        responses.validate_call_params(None, "deepseek-chat", {"max_tokens": 50})


@pytest.mark.parametrize(
    ("host", "name"),
    [("api.deepseek.com", "deepseek"), ("api.x.ai", "xai"), ("openrouter.ai", "openrouter"), ("acme.openai.azure.com", "azure"),
     ("acme.services.ai.azure.com", "azure"), ("api.groq.com", "groq")],
)  # fmt: skip
def test_a_client_of_openai_responses_is_known_by_its_host(host: str, name: str) -> None:
    """The second wire of a service is logged under the service's name, not the host's."""
    assert registry.provider_at(f"https://{host}/v1", "openai-responses").name == name


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
        (
            "[b]\nwires = { openai-chat = 'http://b' }\n[acme]\nwires = 3\n",
            "rows.toml:4",
            "wires: Input should be a valid dictionary",
        ),
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
        (
            "[acme]\nwires = { openai-chat = 'http://a' }\n[acme.wire_quirks.openai-chat]\nstream_usage = false\n",
            "rows.toml:1",
            "of the default wire `quirks` says it",
        ),
        (
            "[acme]\nwires = { openai-chat = 'http://a' }\nsources = { anthropic-messages = 'x' }\n",
            "rows.toml:1",
            "'anthropic-messages' is neither a field of a row nor a wire of it",
        ),
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


def test_what_an_address_and_a_client_need_beside_the_key() -> None:
    """The variables of the address and of the SDK's own client are told until they are set."""
    assert row("openai").unset({}) == []
    assert row("bedrock").unset({}) == ["AWS_REGION"]
    assert row("bedrock").unset({"AWS_REGION": "us-east-1"}) == []
    assert row("azure").unset({"OPENAI_API_VERSION": "x"}) == ["AZURE_OPENAI_ENDPOINT"]
    assert row("vertex").unset({"ANTHROPIC_VERTEX_BASE_URL": "https://a"}) == [
        "CLOUD_ML_REGION",
        "ANTHROPIC_VERTEX_PROJECT_ID",
    ]
