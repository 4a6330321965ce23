"""What a model can do: facts from several sources, and calls held against them."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

import httpx2
import pytest

from ell2a.calls import AgentSpec, ResponseFormat
from ell2a.errors import UnsupportedCapability
from ell2a.messages import ImageBlock, Message, TextBlock
from ell2a.providers import (
    UNKNOWN,
    Fact,
    ProviderCapabilities,
    facts_for,
    get,
    models,
    no,
    register_model,
    registry,
    yes,
)
from ell2a.providers.requirements import CapabilityUnknown, Requirement, check, of_definition
from ell2a.providers.rows import ProviderRow

AGENT = AgentSpec(name="weather", description="Tells the weather.", input_schema={"type": "object", "properties": {}})
PICTURE = ImageBlock(media_type="image/png", url="https://acme.example/a.png")


@pytest.fixture(autouse=True)
def own_registrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone afterwards."""
    monkeypatch.setattr(models, "_registered", {})
    monkeypatch.setattr(registry, "_own_rows", {})


def facts(**said: Fact) -> ProviderCapabilities:
    """Facts of a wire: what is said, and unknown for the rest."""
    return ProviderCapabilities(**{name: said.get(name, UNKNOWN) for name in ProviderCapabilities.model_fields})


def row(*, models_id: str | None = None, **said: Fact) -> ProviderRow:
    """A provider with facts of its own."""
    return ProviderRow(name="acme", title="Acme", wires={"openai-chat": "https://a"}, models=models_id, facts=said)


def test_every_capability_is_said_aloud() -> None:
    """No field of the capabilities has a default: a new wire must say each."""
    assert all(field.is_required() for field in ProviderCapabilities.model_fields.values())


def test_the_later_source_wins() -> None:
    """Wire, then row, then the shipped table, then the user."""
    wire = facts(seed=yes("wire"), image_input=yes("wire"))
    assert facts_for(row(), wire, None).seed.source == "wire"
    assert facts_for(row(seed=no("row")), wire, None).seed.state == "no"
    table = facts_for(row(models_id="openai"), wire, "gpt-3.5-turbo")
    assert (table.image_input.state, table.image_input.source) == ("no", "models.dev")
    register_model("gpt-3.5-turbo", provider="openai", capabilities={"image_input": True, "context_window": 5})
    yours = get("openai").capabilities(model="gpt-3.5-turbo")
    assert (yours.image_input.state, yours.image_input.source) == ("yes", "yours")
    assert yours.context_window.value == 5


def test_a_fact_of_the_table_has_source_licence_and_date() -> None:
    """What is known from models.dev says so, with the licence of the data and its day."""
    fact = get("openai").capabilities(model="gpt-4o-2024-08-06").context_window
    assert (fact.state, fact.value, fact.source) == ("yes", 128000, "models.dev")
    assert fact.as_of is not None
    assert "MIT" in (fact.detail or "")


def test_unknown_replaces_nothing() -> None:
    """A source that does not know leaves what another said."""
    wire = facts(seed=yes("wire"))
    assert facts_for(row(seed=UNKNOWN), wire, None).seed.source == "wire"


def test_what_the_wire_cannot_carry_the_table_does_not_bring_back() -> None:
    """A model that takes images takes none on a wire without them; the user's own word stands all the same."""
    wire = facts(image_input=no("wire"))
    assert facts_for(row(models_id="openai"), wire, "gpt-4o").image_input.source == "wire"
    assert facts_for(row(models_id="openai", image_input=no("row")), facts(), "gpt-4o").image_input.source == "row"


def test_a_model_that_nobody_knows_has_the_wires_facts() -> None:
    """For an unknown model nothing is made up: what the wire carries may be tried."""
    known = get("openai").capabilities(model="a-model-of-tomorrow")
    assert known.context_window.state == "unknown"
    assert (known.image_input.state, known.image_input.source) == ("yes", "wire")


def test_a_service_as_a_whole_claims_what_all_its_models_can() -> None:
    """Without a model, what the wire carries is a yes where all known models can, a no where none can, else unknown."""
    openai, deepseek, samba = (get(name).capabilities() for name in ("openai", "deepseek", "sambanova"))
    assert openai.image_input.state == "unknown"
    assert "depends on the model" in (openai.image_input.detail or "")
    assert openai.image_input.detail is not None
    assert re.search(r"\d+ of the \d+", openai.image_input.detail)
    assert (deepseek.image_input.state, deepseek.image_input.source) == ("no", "models.dev")
    assert get("anthropic").capabilities().image_input.state == "yes"
    # Nothing is known of its models: nothing is claimed.
    assert registry.row("sambanova").models is None
    assert (samba.image_input.state, samba.thinking.state) == ("unknown", "unknown")
    # What no model changes is the wire's.
    assert (samba.streaming.state, samba.streaming.source) == ("yes", "wire")
    assert get("anthropic").capabilities().audio_input.source == "wire"


# --- what a call asks for ---


def test_a_no_refuses_at_definition_with_source_and_date() -> None:
    """A capability that is known to be missing refuses the definition: who says so, since when, what to do."""
    with pytest.raises(UnsupportedCapability) as caught:
        get("openai").define("gpt-4", response_format=ResponseFormat(kind="json_schema", name="A", json_schema={}))
    said = str(caught.value)
    assert "openai/gpt-4 does not support structured_outputs" in said
    assert "models.dev, 20" in said
    assert "`response_format`" in said


def test_groq_gives_one_answer() -> None:
    """A fact of the provider's row refuses like any other."""
    with pytest.raises(UnsupportedCapability, match="multiple_choices, which `n` needs"):
        get("groq").define("llama-3.3-70b-versatile", n=2)
    get("groq").define("llama-3.3-70b-versatile", n=1)


def test_an_unknown_warns_once_and_is_tried() -> None:
    """What nobody knows is tried, with one warning for each model and capability that points at the user's line."""
    unknown = facts()
    with pytest.warns(
        CapabilityUnknown, match="acme/new-model: nothing says whether it supports function_calling"
    ) as told:
        check("acme/new-model", unknown, of_definition(agents=[AGENT], response_format=None, stream=False))
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check("acme/new-model", unknown, of_definition(agents=[AGENT], response_format=None, stream=False))
    with pytest.warns(CapabilityUnknown, match="acme/newer-model"):
        check("acme/newer-model", unknown, of_definition(agents=[AGENT], response_format=None, stream=False))


def test_params_are_no_requirements() -> None:
    """Temperature, seed and stop are params: their refusal is a fault of the params, not of the capabilities."""
    needs = list(of_definition(agents=[AGENT], response_format=None, stream=True, n=3))
    assert needs == [
        Requirement("function_calling", "agents"),
        Requirement("streaming", "stream"),
        Requirement("multiple_choices", "n"),
    ]


def _client(seen: list[dict[str, Any]], base_url: str | None = None) -> Any:
    """A real client of the openai SDK whose transport answers here."""
    import openai

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(json.loads(request.content))
        body = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-4o-2024-08-06",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi."}}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010},
        }
        return httpx2.Response(200, json=body)

    transport = httpx2.MockTransport(answer)
    return openai.OpenAI(
        api_key="test", base_url=base_url, http_client=openai.DefaultHttpxClient(transport=transport), max_retries=0
    )


def test_what_only_messages_show_is_refused_before_the_request_leaves() -> None:
    """An image for a model without images never reaches the network."""
    seen: list[dict[str, Any]] = []
    with pytest.raises(UnsupportedCapability, match=r"image_input, which `messages\.0\.content\.0` needs"):
        get("openai").call_model(_client(seen), "gpt-4", [Message(role="user", content=[PICTURE])])
    assert seen == []


def test_a_call_with_a_client_of_another_host_is_that_hosts() -> None:
    """The provider of a call is the one that its client talks to: in the metadata, the price and the endpoint."""
    seen: list[dict[str, Any]] = []
    hello = [Message(role="user", content=[TextBlock(text="Hello")])]
    ours = get("openai").call_model(_client(seen), "gpt-4o", hello)
    assert ours.metadata.provider == "openai"
    assert ours.metadata.cost is not None
    definition = get("openai").define("gpt-4o")
    elsewhere = get("openai").call_model(
        _client(seen, "https://llm.acme.example/v1"), messages=hello, definition=definition
    )
    assert elsewhere.metadata.provider == "llm.acme.example"
    assert elsewhere.metadata.endpoint == "https://llm.acme.example"
    assert elsewhere.metadata.cost is None
    assert [request["model"] for request in seen] == ["gpt-4o", "gpt-4o"]
