"""The forms of models endpoints: entries of each kind give the facts that their documentation says, and no others."""

# ruff: noqa: E501  # one case a line

from __future__ import annotations

from typing import Any

import pytest
from anthropic.types import ModelInfo

from ell2a.errors import DefinitionError
from ell2a.providers import ProviderCapabilities
from ell2a.providers.listed_models import entries, facts_in
from ell2a.providers.listings import LISTINGS, OF_WIRE
from ell2a.providers.rows import read_rows, shipped_rows

CLAUDE: dict[str, Any] = {
    "id": "claude-x", "type": "model", "display_name": "X", "created_at": "2026-01-01T00:00:00Z", "lifecycle": "deprecated",
    "max_input_tokens": 200000, "max_tokens": 64000, "retires_at": "2027-02-03T00:00:00Z",
    "capabilities": {
        "batch": {"supported": True}, "citations": {"supported": True}, "code_execution": {"supported": False},
        "context_management": {"supported": True}, "image_input": {"supported": True}, "pdf_input": {"supported": False},
        "effort": {"supported": True, **{level: {"supported": True} for level in ("low", "medium", "high", "max")}},
        "server_tools": {"supported": True, "web_search": {"supported": True}, "code_execution": {"supported": False}},
        "structured_outputs": {"supported": True},
        "thinking": {"supported": True, "types": {k: {"supported": k == "adaptive"} for k in ("adaptive", "between_tools", "disabled", "enabled")}},
    },
}  # fmt: skip

CASES: list[tuple[str, dict[str, Any], dict[str, tuple[str, Any]]]] = [
    ("openai", {"id": "gpt-x", "owned_by": "openai"}, {}),
    ("openai", {"id": "gpt-x", "shutdown_date": "2027-01-31"}, {"end_of_life": ("yes", "2027-01-31")}),
    ("anthropic", CLAUDE, {"context_window": ("yes", 200000), "max_output_tokens": ("yes", 64000), "end_of_life": ("yes", "2027-02-03"),
                           "citations": ("yes", None), "image_input": ("yes", None), "document_input": ("no", None),
                           "structured_outputs": ("yes", None), "thinking": ("yes", ["effort", "adaptive"]), "server_agents": ("yes", ["web_search"])}),
    ("anthropic", {"id": "claude-x", "capabilities": None, "max_tokens": None}, {}),
    ("mistral", {"id": "m", "max_context_length": 131072, "capabilities": {"function_calling": False, "vision": True}},
     {"context_window": ("yes", 131072), "function_calling": ("no", None), "agent_calling": ("no", None), "image_input": ("yes", None)}),
    ("gemini", {"name": "models/g", "inputTokenLimit": 1048576, "outputTokenLimit": 65536, "thinking": True, "maxTemperature": 2},
     {"context_window": ("yes", 1048576), "max_output_tokens": ("yes", 65536), "thinking": ("yes", None), "temperature": ("yes", None)}),
    ("groq", {"id": "g", "context_window": 131072, "max_completion_tokens": 32768, "active": True},
     {"context_window": ("yes", 131072), "max_output_tokens": ("yes", 32768)}),
    ("ollama", {"name": "q:7b", "show": {"capabilities": ["completion", "tools"]}},
     {"function_calling": ("yes", None), "agent_calling": ("yes", None), "image_input": ("no", None), "thinking": ("no", None)}),
    ("vllm", {"id": "m", "max_model_len": 4096}, {"context_window": ("yes", 4096)}),
    ("lm-studio", {"key": "m", "max_context_length": 8192, "capabilities": {"vision": False, "trained_for_tool_use": False}},
     {"context_window": ("yes", 8192), "image_input": ("no", None)}),
    ("huggingface", {"id": "m", "architecture": {"input_modalities": ["text", "image"]}, "providers": [{"supports_tools": False}, {"supports_tools": True}]},
     {"image_input": ("yes", None), "audio_input": ("no", None), "video_input": ("no", None), "function_calling": ("yes", None), "agent_calling": ("yes", None)}),
    ("fireworks", {"id": "m", "context_length": 4096, "supports_image_input": False, "supports_tools": True},
     {"context_window": ("yes", 4096), "image_input": ("no", None), "function_calling": ("yes", None), "agent_calling": ("yes", None)}),
    ("vercel", {"id": "m", "tags": ["vision"], "max_tokens": 7}, {"image_input": ("yes", None), "max_output_tokens": ("yes", 7)}),
    ("azure", {"id": "m", "deprecation": {"inference": 1798761600}}, {"end_of_life": ("yes", "2027-01-01")}),
    ("openrouter", {"id": "m", "context_length": True, "supported_parameters": None, "architecture": "text", "expiration_date": "soon"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("listing", "entry", "expected"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_an_entry_gives_its_facts(listing: str, entry: dict[str, Any], expected: dict[str, tuple[str, Any]]) -> None:
    """Each fact is the provider's, of the day, and names the field; a field of another kind says nothing."""
    facts = facts_in(LISTINGS[listing], entry, as_of="2026-11-22")
    assert {name: (fact.state, fact.value) for name, fact in facts.items()} == expected
    assert all((f.source, f.as_of) == ("provider", "2026-11-22") and f.detail for f in facts.values())


def test_the_entry_of_anthropic_is_the_sdks_own_type() -> None:
    """The example above is what the installed SDK takes for a model."""
    assert ModelInfo.model_validate(CLAUDE).capabilities is not None


def test_the_table_names_what_there_is() -> None:
    """Every field settles capabilities that exist and has a source; every row and wire names a listing of the table."""
    for listing in LISTINGS.values():
        assert listing.source
        for field in listing.fields:
            assert set(field.capabilities) <= set(ProviderCapabilities.model_fields)
            assert field.source
    assert set(OF_WIRE.values()) <= set(LISTINGS)
    assert {row.listing for row in shipped_rows().values()} - {None} <= set(LISTINGS)


def test_a_row_with_an_unknown_listing_is_a_fault() -> None:
    """The file, the row and the nearest name are told."""
    with pytest.raises(DefinitionError, match="did you mean 'openrouter'"):
        read_rows('[x]\nwires = {"openai-chat" = "http://x.test"}\nlisting = "openruoter"\n', origin="x.toml")


def test_a_list_may_be_bare_and_ids_lose_their_prefix() -> None:
    """Together answers with a list; Gemini writes `models/` before each name."""
    assert list(entries(LISTINGS["together"], [{"id": "a"}, "odd", {"id": None}], provider="together")) == ["a"]
    assert list(entries(LISTINGS["gemini"], {"models": [{"name": "models/g"}]}, provider="gemini")) == ["g"]
