"""The wire's params beyond the SDK's signature: those that ell2a owns, what the signature lacks, and the universal ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from ell2a.providers.openai_models import NOT_REASONING, REASONING, is_before, is_one_of
from ell2a.providers.params import Range
from ell2a.providers.universal import UniversalRule
from ell2a.providers.wire_params import ParamNote

OWNED: Mapping[str, str] = {
    "model": "it is the model of the definition: `model=` or the first argument",
    "input": "give the messages: the prompt function returns them, `ell2a.call` takes them as its second argument",
    "instructions": "write a system message: the docstring of a `simple` function, or `ell2a.system(...)`",
    "tools": "write `agents=[...]`; a tool of the provider's own goes there as a dict",
    "tool_choice": 'write `agent_choice="auto"`, "none", "required" or an agent\'s name',
    "text.format": 'write `response_format=` as ell2a\'s own word: a pydantic class, a JSON schema or "json_object"',
    "stream": "write `stream=True` as ell2a's own word",
}
"""Name -> what to write instead."""

_REFERENCE = "https://platform.openai.com/docs/api-reference/responses/create"
_REASONING_GUIDE = "https://platform.openai.com/docs/guides/reasoning"
_TYPES = "openai 3.54.0, types.responses.response_create_params"
_SAMPLING = (
    f"{_REFERENCE}; the API's own 400 `Unsupported parameter`, while 1 is taken, as in"
    " https://github.com/OpenHands/software-agent-sdk/pull/992"
)
_NO_LOGPROBS = f"{_REFERENCE}; https://github.com/UKGovernmentBEIS/inspect_ai/pull/2739: none for reasoning models"
_NO_REASONING = "the API's own 400 `unsupported_parameter`, as in https://github.com/BoundaryML/baml/pull/2708"
_CACHING = "https://developers.openai.com/api/docs/guides/prompt-caching"
_CACHE_OPTIONS_SINCE = (5, 6)
_LEAST_LIMIT = "the API's own 400 `integer_below_min_value`, as in https://github.com/vectorize-io/hindsight/issues/58"

LEAST_OUTPUT = 16
"""The fewest tokens that OpenAI's own service lets `max_output_tokens` be. Source: see `_LEAST_LIMIT`."""


def _not_when_reasoning(name: str) -> Callable[[str], str | None]:
    def refused(model: str) -> str | None:
        if not is_one_of(model, REASONING):
            return None
        return f"{model} reasons, and draws by its own rule: leave `{name}` out ({_REASONING_GUIDE})"

    return refused


def _no_reasoning(model: str) -> str | None:
    return f"{model} does not reason: leave it out" if is_one_of(model, NOT_REASONING) else None


def _no_cache_options(model: str) -> str | None:
    if not is_before(model, _CACHE_OPTIONS_SINCE):
        return None
    return "write it for gpt-5.6 and later; `prompt_cache_key` is for every model"


def _sampling(name: str, high: float) -> ParamNote:
    return ParamNote(range=Range(0, high), refused_for=_not_when_reasoning(name), neutral=1, source=_SAMPLING)


NOTES: Mapping[str, ParamNote] = {
    "temperature": _sampling("temperature", 2),
    "top_p": _sampling("top_p", 1),
    "top_logprobs": ParamNote(
        range=Range(0, 20), refused_for=_not_when_reasoning("top_logprobs"), neutral=0, source=_NO_LOGPROBS
    ),
    "reasoning": ParamNote(refused_for=_no_reasoning, neutral={}, source=_NO_REASONING),
    "max_output_tokens": ParamNote(range=Range(1, None), source=_REFERENCE),
    "max_tool_calls": ParamNote(range=Range(0, None), source=_REFERENCE),
    "prompt_cache_retention": ParamNote(
        type=Literal["in_memory", "24h"] | None,
        doc="How long the prompt cache keeps the beginning of this request.",
        source=f"{_TYPES}: prompt_cache_retention",
    ),
    "prompt_cache_options": ParamNote(
        type=dict[str, Any],
        doc="How the prompt cache is written: `mode` and `ttl`.",
        refused_for=_no_cache_options,
        source=f"{_TYPES}: PromptCacheOptions; {_CACHING}",
    ),
    "context_management": ParamNote(
        type=list[dict[str, Any]] | None,
        doc="When a long history is compacted by the service.",
        source=f"{_TYPES}: ContextManagement",
    ),
}
"""Three of them have a type here for openai 2.0, whose signature lacks them: they then go by `extra_body`."""


def _effort(reasoning: Any) -> Any:
    return reasoning.get("effort") if isinstance(reasoning, dict) else None


UNIVERSAL: Mapping[str, UniversalRule] = {
    rule.universal: rule
    for rule in (
        UniversalRule(
            "max_tokens",
            ("max_output_tokens",),
            range=Range(LEAST_OUTPUT, None),
            form="a whole number; reasoning counts too",
            source=f"{_REFERENCE}; {_LEAST_LIMIT}",
        ),
        UniversalRule("temperature", ("temperature",), range=Range(0, 2), source=_REFERENCE),
        UniversalRule("top_p", ("top_p",), range=Range(0, 1), source=_REFERENCE),
        UniversalRule("stop", (), source=f"{_TYPES}: it has no such param"),
        UniversalRule("seed", (), source=f"{_TYPES}: it has no such param"),
        UniversalRule("n", (), source=f"{_TYPES}: it has no such param, an answer is one"),
        UniversalRule("parallel_agent_calls", ("parallel_tool_calls",), source=_REFERENCE),
        UniversalRule(
            "reasoning_effort",
            ("reasoning",),
            form='{"effort": "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max"}',
            read=_effort,
            write=lambda effort: ({"effort": effort}, None),
            source="openai 3.54.0, types.shared_params.reasoning",
        ),
        UniversalRule("reasoning_budget", (), source=f"{_REFERENCE}: an effort is named, no tokens are counted"),
        UniversalRule("user_id", ("safety_identifier", "user"), source=_REFERENCE),
    )
}
"""`agent_choice` and `response_format` are fields of the call, not params: see `request.py`."""
