"""The models endpoints: where each kind of service lists its models, in which form, and what its fields settle.

One `Listing` a form; a provider's row names its own by `listing`, else it has that of its wire. What no row here reads
stays in the snapshot as it came and is shown: a field whose meaning is not documented settles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ell2a.providers.listed_values import (
    Told,
    day,
    flag,
    has,
    has_in_any,
    kinds,
    lists,
    only_yes,
    size,
    unix_day,
)

_AGENTS = ("function_calling", "agent_calling")


@dataclass(frozen=True, slots=True)
class ListedField:
    """One row: a field of an entry, and the capabilities that it settles."""

    path: str
    """Keys joined by dots: `top_provider.max_completion_tokens`."""
    capabilities: tuple[str, ...]
    read: Callable[[object], Told | None]
    """Value -> what it says; None: nothing."""
    source: str


@dataclass(frozen=True, slots=True)
class Paging:
    """How an endpoint that lists in pages is asked for the next one."""

    first: Mapping[str, str]
    """The query of the first page."""
    cursor: str
    """The field of an answer that names where the next page begins."""
    parameter: str
    """The param of the query that takes it."""
    more: str | None = None
    """The field that says whether there is a next page; None: a cursor says so."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One form of a models endpoint."""

    name: str
    source: str
    """Where the form is documented."""
    fields: tuple[ListedField, ...] = ()
    address: str | None = None
    """The address, from the base URL on; None: that of the SDK's `models.list`."""
    items: str = "data"
    """The field that holds the entries, where the answer is not itself the list."""
    id: str = "id"
    prefix: str = ""
    """What stands before each id and is no part of the model's name."""
    paging: Paging | None = None
    key_header: str | None = None
    """The header that takes the key, where it is not the SDK's own."""
    detail: str | None = None
    """An address that tells more of each model, asked by POST with `{"model": id}`; kept in the entry as `show`."""
    volatile: frozenset[str] = frozenset()
    """Fields that differ from answer to answer: kept, and no change of the model."""


def _modalities(path: str, to: Mapping[str, str], source: str) -> tuple[ListedField, ...]:
    return tuple(ListedField(path, (capability,), has(kind), source) for kind, capability in to.items())


_IN = {"image": "image_input", "audio": "audio_input", "video": "video_input"}
_OUT = {"image": "image_output", "audio": "audio_output"}

_OPENAI = "https://platform.openai.com/docs/api-reference/models/object; openai 3.54, types.Model"
_ANTHROPIC = "anthropic 2.12, types.ModelInfo"
_OPENROUTER = "https://openrouter.ai/docs/models"
_MISTRAL = "https://docs.mistral.ai/api/#tag/models"
_GEMINI = "https://ai.google.dev/api/models#Model"
_GROQ = "https://console.groq.com/docs/api-reference#models"
_TOGETHER = "https://docs.together.ai/reference/models"
_FIREWORKS = "https://docs.fireworks.ai/tools-sdks/openai-compatibility"
_DEEPINFRA = "https://deepinfra.com/docs/advanced/openai_api"
_OLLAMA = "https://docs.ollama.com/api-reference/show-model-details"
_VLLM = "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html: ModelCard.max_model_len"
_LM_STUDIO = "https://lmstudio.ai/docs/developer/rest/list"
_HUGGING_FACE = "https://huggingface.co/docs/inference-providers/hub-api"
_GITHUB = "https://docs.github.com/en/rest/models/catalog"
_VERCEL = "https://vercel.com/docs/ai-gateway/models-and-providers"
_XAI = "https://docs.x.ai/docs/api-reference#list-language-models"
_SAMBANOVA = "https://docs.sambanova.ai/docs/en/api-reference/endpoints/model-list"
_AZURE = "https://learn.microsoft.com/rest/api/azureopenai/models/list"

_SERVED_NOW = frozenset({"created", "permission"})
"""Servers on one's own machine write the moment of the answer there."""

_ALL = (
    Listing(
        "openai",
        _OPENAI,
        (ListedField("shutdown_date", ("end_of_life",), day, _OPENAI),),
    ),
    Listing(
        "anthropic",
        _ANTHROPIC,
        (
            ListedField("max_input_tokens", ("context_window",), size, _ANTHROPIC),
            ListedField("max_tokens", ("max_output_tokens",), size, _ANTHROPIC),
            ListedField("retires_at", ("end_of_life",), day, _ANTHROPIC),
            ListedField("capabilities.citations.supported", ("citations",), flag, _ANTHROPIC),
            ListedField("capabilities.image_input.supported", ("image_input",), flag, _ANTHROPIC),
            ListedField("capabilities.pdf_input.supported", ("document_input",), flag, _ANTHROPIC),
            ListedField("capabilities.structured_outputs.supported", ("structured_outputs",), flag, _ANTHROPIC),
            ListedField(
                "capabilities",
                ("thinking",),
                kinds(
                    "thinking.supported",
                    {
                        "effort": "effort.supported",
                        "budget": "thinking.types.enabled.supported",
                        "adaptive": "thinking.types.adaptive.supported",
                    },
                ),
                _ANTHROPIC,
            ),
            ListedField(
                "capabilities.server_tools",
                ("server_agents",),
                kinds(
                    "supported", {"web_search": "web_search.supported", "code_execution": "code_execution.supported"}
                ),
                _ANTHROPIC,
            ),
        ),
        paging=Paging({"limit": "1000"}, cursor="last_id", parameter="after_id", more="has_more"),
    ),
    Listing(
        "openrouter",
        _OPENROUTER,
        (
            ListedField("context_length", ("context_window",), size, _OPENROUTER),
            ListedField("top_provider.max_completion_tokens", ("max_output_tokens",), size, _OPENROUTER),
            ListedField("knowledge_cutoff", ("knowledge_date",), day, _OPENROUTER),
            ListedField("expiration_date", ("end_of_life",), day, _OPENROUTER),
            *_modalities("architecture.input_modalities", {**_IN, "file": "document_input"}, _OPENROUTER),
            *_modalities("architecture.output_modalities", _OUT, _OPENROUTER),
            ListedField("supported_parameters", _AGENTS, has("tools"), _OPENROUTER),
            ListedField("supported_parameters", ("structured_outputs",), has("structured_outputs"), _OPENROUTER),
            ListedField("supported_parameters", ("thinking",), has("reasoning"), _OPENROUTER),
            ListedField("supported_parameters", ("temperature",), has("temperature"), _OPENROUTER),
            ListedField("supported_parameters", ("seed",), has("seed"), _OPENROUTER),
            ListedField("supported_parameters", ("stop",), has("stop"), _OPENROUTER),
            ListedField("supported_parameters", ("logprobs",), has("logprobs"), _OPENROUTER),
        ),
    ),
    Listing(
        "mistral",
        _MISTRAL,
        (
            ListedField("max_context_length", ("context_window",), size, _MISTRAL),
            ListedField("capabilities.function_calling", _AGENTS, flag, _MISTRAL),
            ListedField("capabilities.vision", ("image_input",), flag, _MISTRAL),
            ListedField("capabilities.audio", ("audio_input",), flag, _MISTRAL),
        ),
    ),
    Listing(
        "gemini",
        _GEMINI,
        (
            ListedField("inputTokenLimit", ("context_window",), size, _GEMINI),
            ListedField("outputTokenLimit", ("max_output_tokens",), size, _GEMINI),
            ListedField("thinking", ("thinking",), flag, _GEMINI),
            ListedField("maxTemperature", ("temperature",), only_yes, _GEMINI),
        ),
        address="../models",
        items="models",
        id="name",
        prefix="models/",
        paging=Paging({"pageSize": "1000"}, cursor="nextPageToken", parameter="pageToken"),
        key_header="x-goog-api-key",
    ),
    Listing(
        "groq",
        _GROQ,
        (
            ListedField("context_window", ("context_window",), size, _GROQ),
            ListedField("max_completion_tokens", ("max_output_tokens",), size, _GROQ),
        ),
    ),
    Listing("together", _TOGETHER, (ListedField("context_length", ("context_window",), size, _TOGETHER),)),
    Listing(
        "fireworks",
        _FIREWORKS,
        (
            ListedField("context_length", ("context_window",), size, _FIREWORKS),
            ListedField("supports_image_input", ("image_input",), flag, _FIREWORKS),
            ListedField("supports_tools", _AGENTS, flag, _FIREWORKS),
        ),
    ),
    Listing("deepinfra", _DEEPINFRA, (ListedField("metadata.context_length", ("context_window",), size, _DEEPINFRA),)),
    Listing(
        "sambanova",
        _SAMBANOVA,
        (
            ListedField("context_length", ("context_window",), size, _SAMBANOVA),
            ListedField("max_completion_tokens", ("max_output_tokens",), size, _SAMBANOVA),
        ),
    ),
    Listing(
        "xai",
        _XAI,
        (*_modalities("input_modalities", _IN, _XAI), *_modalities("output_modalities", _OUT, _XAI)),
        address="language-models",
        items="models",
    ),
    Listing(
        "vercel",
        _VERCEL,
        (
            ListedField("context_window", ("context_window",), size, _VERCEL),
            ListedField("max_tokens", ("max_output_tokens",), size, _VERCEL),
            ListedField("tags", _AGENTS, lists("tool-use"), _VERCEL),
            ListedField("tags", ("thinking",), lists("reasoning"), _VERCEL),
            ListedField("tags", ("image_input",), lists("vision"), _VERCEL),
            ListedField("tags", ("document_input",), lists("file-input"), _VERCEL),
        ),
    ),
    Listing(
        "github-models",
        _GITHUB,
        (
            *_modalities("supported_input_modalities", _IN, _GITHUB),
            *_modalities("supported_output_modalities", _OUT, _GITHUB),
            ListedField("limits.max_input_tokens", ("context_window",), size, _GITHUB),
            ListedField("limits.max_output_tokens", ("max_output_tokens",), size, _GITHUB),
            ListedField("capabilities", _AGENTS, lists("tool-calling"), _GITHUB),
        ),
        address="/catalog/models",
    ),
    Listing(
        "huggingface",
        _HUGGING_FACE,
        (
            *_modalities("architecture.input_modalities", _IN, _HUGGING_FACE),
            *_modalities("architecture.output_modalities", _OUT, _HUGGING_FACE),
            ListedField("providers", _AGENTS, has_in_any("supports_tools"), _HUGGING_FACE),
            ListedField("providers", ("structured_outputs",), has_in_any("supports_structured_output"), _HUGGING_FACE),
        ),
        volatile=frozenset({"providers.first_token_latency_ms", "providers.throughput"}),
    ),
    Listing("azure", _AZURE, (ListedField("deprecation.inference", ("end_of_life",), unix_day, _AZURE),)),
    Listing(
        "ollama",
        _OLLAMA,
        (
            ListedField("show.capabilities", _AGENTS, has("tools"), _OLLAMA),
            ListedField("show.capabilities", ("image_input",), has("vision"), _OLLAMA),
            ListedField("show.capabilities", ("thinking",), has("thinking"), _OLLAMA),
        ),
        address="/api/tags",
        items="models",
        id="name",
        detail="/api/show",
    ),
    Listing("vllm", _VLLM, (ListedField("max_model_len", ("context_window",), size, _VLLM),), volatile=_SERVED_NOW),
    Listing(
        "llama-cpp",
        "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
        volatile=_SERVED_NOW,
    ),
    Listing(
        "lm-studio",
        _LM_STUDIO,
        (
            ListedField("max_context_length", ("context_window",), size, _LM_STUDIO),
            ListedField("capabilities.vision", ("image_input",), flag, _LM_STUDIO),
            # Other models are offered agents too, in a prompt of its own making.
            ListedField("capabilities.trained_for_tool_use", _AGENTS, only_yes, _LM_STUDIO),
        ),
        address="/api/v1/models",
        items="models",
        id="key",
        volatile=frozenset({"loaded_instances"}),
    ),
)

LISTINGS: Mapping[str, Listing] = {listing.name: listing for listing in _ALL}

OF_WIRE: Mapping[str, str] = {
    "openai-chat": "openai",
    "openai-responses": "openai",
    "anthropic-messages": "anthropic",
}
"""Wire -> the listing of whoever speaks it and has no other."""
