"""Rules across the params of the wire: those of OpenAI's own service, and those that every service has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.calls import ServerAgent
from ell2a.providers.openai_models import (
    EFFORT_SOURCE,
    NOT_REASONING,
    REASONING,
    SAMPLING_WITHOUT_EFFORT,
    effort_hint,
    efforts_of,
    is_before,
    is_one_of,
)
from ell2a.providers.openai_responses.params import LEAST_OUTPUT
from ell2a.providers.param_rules import Asked, ParamRule, is_whole

_REFERENCE = "https://platform.openai.com/docs/api-reference/responses/create"
_BACKGROUND = "https://developers.openai.com/api/docs/guides/background"
_CACHING = "https://developers.openai.com/api/docs/guides/prompt-caching"
_LATEST = "https://platform.openai.com/docs/guides/latest-model"
_NO_ENCRYPTION = "the API's own 400, as in https://github.com/pydantic/pydantic-ai/issues/2865 and https://github.com/pydantic/pydantic-ai/issues/3326"
_NO_LOGPROBS = "https://github.com/UKGovernmentBEIS/inspect_ai/pull/2739"
_VERBOSITY = "https://github.com/enricoros/big-AGI/issues/947: every model of the service was tried"
_LEAST = "the API's own 400 `integer_below_min_value`, as in https://github.com/vectorize-io/hindsight/issues/58"
_MINIMAL = "https://github.com/openai/openai-agents-python/blob/main/src/agents/models/default_models.py"

_OPENAI = frozenset({"openai", "azure"})

_ENCRYPTED = "reasoning.encrypted_content"
_LOGPROBS = "message.output_text.logprobs"
_NOT_AT_MINIMAL = frozenset({"file_search", "image_generation"})
_O_MODELS = ("o1", "o3", "o3-mini", "o3-pro", "o4-mini")
_LONGEST_WINDOWS = ("2h", "8h")
_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE, _LONGEST_ID = 16, 64, 512, 128


def _inner(asked: Asked, name: str, key: str) -> Any:
    value = asked[name]
    return value.get(key) if isinstance(value, dict) else None


def _effort(asked: Asked) -> Any:
    return _inner(asked, "reasoning", "effort")


def _beyond_efforts(asked: Asked) -> bool:
    taken, effort = efforts_of(asked.model), _effort(asked)
    return taken is not None and effort is not None and effort not in taken


def _includes(asked: Asked, wanted: str) -> bool:
    return isinstance(asked["include"], list | tuple) and wanted in asked["include"]


def _server_types(asked: Asked) -> Iterator[str]:
    for agent in asked.agents or ():
        if isinstance(agent, ServerAgent):
            yield str(agent.raw.get("type"))


def _metadata(asked: Asked) -> dict[str, Any]:
    return asked["metadata"] if isinstance(asked["metadata"], dict) else {}


def _no_compaction(asked: Asked) -> bool:
    entries = asked["context_management"]
    return isinstance(entries, list | tuple) and any(
        isinstance(entry, dict) and entry.get("type") != "compaction" for entry in entries
    )


def _waits_long(asked: Asked) -> bool:
    return _inner(asked, "background_options", "completion_window") in _LONGEST_WINDOWS


def _longer(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) > most


def _beside_effort(name: str) -> ParamRule:
    return ParamRule(
        f"effort_and_{name}",
        path=name,
        given=("reasoning", name),
        broken=lambda asked: (
            is_one_of(asked.model, SAMPLING_WITHOUT_EFFORT)
            and _effort(asked) not in (None, "none")
            and asked[name] != 1
        ),
        problem=f"{{{name}!r}} is taken by {{model}} only where it does not reason",
        hint=f"leave out `{name}`, or write `reasoning={{'effort': 'none'}}`",
        source=_LATEST,
        providers=_OPENAI,
    )


RULES: tuple[ParamRule, ...] = (
    ParamRule(
        "effort_values",
        path="reasoning.effort",
        given=("reasoning",),
        broken=_beyond_efforts,
        problem="{reasoning[effort]!r} is not taken by {model}",
        hint=effort_hint(),
        source=EFFORT_SOURCE,
        providers=_OPENAI,
    ),
    ParamRule(
        "effort_and_server_agents",
        path="reasoning.effort",
        given=("reasoning",),
        about_agents=True,
        broken=lambda asked: _effort(asked) == "minimal" and not _NOT_AT_MINIMAL.isdisjoint(_server_types(asked)),
        problem="'minimal' does not go together with file search or the making of images",
        hint="write 'low', or leave the agent out",
        source=_MINIMAL,
        providers=_OPENAI,
    ),
    ParamRule(
        "concise_summaries",
        path="reasoning.summary",
        given=("reasoning",),
        broken=lambda asked: is_one_of(asked.model, _O_MODELS) and _inner(asked, "reasoning", "summary") == "concise",
        problem="'concise' is not taken by {model}",
        hint="write 'auto' or 'detailed'",
        source=f"{_REFERENCE}: for computer-use-preview and the reasoning models since gpt-5",
        providers=_OPENAI,
    ),
    _beside_effort("temperature"),
    _beside_effort("top_p"),
    ParamRule(
        "encrypted_reasoning",
        path="include",
        given=("include",),
        broken=lambda asked: (
            _includes(asked, _ENCRYPTED) and is_one_of(asked.model, (*NOT_REASONING, "gpt-5-chat-latest"))
        ),
        problem=f"{{model}} has no reasoning of which {_ENCRYPTED!r} could be given",
        hint="leave it out of the list",
        source=_NO_ENCRYPTION,
        providers=_OPENAI,
    ),
    ParamRule(
        "logprobs_while_reasoning",
        path="include",
        given=("include",),
        broken=lambda asked: _includes(asked, _LOGPROBS) and is_one_of(asked.model, REASONING),
        problem=f"{{model}} reasons, and gives no log probabilities: {_LOGPROBS!r}",
        hint="leave it out of the list",
        source=_NO_LOGPROBS,
        providers=_OPENAI,
    ),
    ParamRule(
        "one_history",
        path="previous_response_id",
        given=("previous_response_id", "conversation"),
        problem="`conversation` is given too, and says the same",
        hint="leave one of the two out",
        source=_REFERENCE,
    ),
    ParamRule(
        "background_is_stored",
        path="store",
        given=("background", "store"),
        broken=lambda asked: asked["background"] is True and asked["store"] is False,
        problem="what runs in the background is stored, or nobody could fetch it",
        hint="leave `store` out, or leave out `background`",
        source=_BACKGROUND,
    ),
    ParamRule(
        "window_needs_background",
        path="background_options.completion_window",
        given=("background_options",),
        broken=lambda asked: _waits_long(asked) and asked["background"] is not True,
        problem="{background_options[completion_window]!r} is for what runs in the background",
        hint="write `background=True` beside it",
        source=_BACKGROUND,
    ),
    ParamRule(
        "window_and_stream",
        path="background_options.completion_window",
        given=("background_options",),
        broken=lambda asked: _waits_long(asked) and asked.stream is True,
        problem="{background_options[completion_window]!r} does not go together with a stream",
        hint="leave out `stream`, or write 'soonest'",
        source=_BACKGROUND,
    ),
    ParamRule(
        "window_and_tier",
        path="service_tier",
        given=("background_options", "service_tier"),
        broken=lambda asked: _waits_long(asked) and asked["service_tier"] not in ("auto", "default"),
        problem="{service_tier!r} does not go together with a completion window, which is of the standard tier",
        hint="leave one of the two out",
        source=_BACKGROUND,
    ),
    ParamRule(
        "stream_options_need_a_stream",
        path="stream_options",
        given=("stream_options",),
        broken=lambda asked: asked.stream is False,
        problem="there is no stream that they could be of",
        hint="write `stream=True` beside it, or leave it out",
        source=_REFERENCE,
    ),
    ParamRule(
        "least_output",
        path="max_output_tokens",
        given=("max_output_tokens",),
        broken=lambda asked: is_whole(asked["max_output_tokens"]) and asked["max_output_tokens"] < LEAST_OUTPUT,
        problem="{max_output_tokens!r} is too few",
        hint=f"write at least {LEAST_OUTPUT}",
        source=_LEAST,
        providers=_OPENAI,
    ),
    ParamRule(
        "verbosity_values",
        path="text.verbosity",
        given=("text",),
        broken=lambda asked: (
            is_one_of(asked.model, (*NOT_REASONING, *_O_MODELS))
            and _inner(asked, "text", "verbosity") not in (None, "medium")
        ),
        problem="{text[verbosity]!r} is not taken by {model}",
        hint="leave it out, or write 'medium'; models since gpt-5 take 'low' and 'high' too",
        source=_VERBOSITY,
        providers=_OPENAI,
    ),
    ParamRule(
        "cache_retention_of_later_models",
        path="prompt_cache_retention",
        given=("prompt_cache_retention",),
        broken=lambda asked: (
            asked["prompt_cache_retention"] != "24h" and is_one_of(asked.model, ("gpt-5.5", "gpt-5.5-pro"))
        ),
        problem="{prompt_cache_retention!r} is not taken by {model}",
        hint="write '24h', or leave it out",
        source=_CACHING,
        providers=_OPENAI,
    ),
    ParamRule(
        "kinds_of_context_management",
        path="context_management",
        given=("context_management",),
        broken=_no_compaction,
        problem="an entry is of another type than 'compaction'",
        hint='write `[{"type": "compaction", "compact_threshold": ...}]`',
        source=_REFERENCE,
    ),
    ParamRule(
        "fast_tier",
        path="service_tier",
        given=("service_tier",),
        broken=lambda asked: asked["service_tier"] == "ultrafast" and is_before(asked.model, (5, 6)),
        problem="'ultrafast' is not there for {model}",
        hint="write 'priority', or leave it out",
        source=f"{_REFERENCE}: it is there for gpt-5.6-sol",
        providers=_OPENAI,
    ),
    ParamRule(
        "most_metadata",
        path="metadata",
        given=("metadata",),
        broken=lambda asked: len(_metadata(asked)) > _MOST_PAIRS,
        problem="there are too many pairs",
        hint=f"it takes {_MOST_PAIRS}",
        source=_REFERENCE,
    ),
    ParamRule(
        "longest_metadata",
        path="metadata",
        given=("metadata",),
        broken=lambda asked: any(
            _longer(key, _LONGEST_KEY) or _longer(value, _LONGEST_VALUE) for key, value in _metadata(asked).items()
        ),
        problem="a key or a value is too long",
        hint=f"a key has at most {_LONGEST_KEY} characters, a value {_LONGEST_VALUE}",
        source=_REFERENCE,
    ),
    ParamRule(
        "longest_safety_identifier",
        path="safety_identifier",
        given=("safety_identifier",),
        broken=lambda asked: _longer(asked["safety_identifier"], _LONGEST_ID),
        problem="it is too long",
        hint=f"it has at most {_LONGEST_ID} characters: write a hash of the user's name",
        source=_REFERENCE,
        providers=_OPENAI,
    ),
    ParamRule(
        "choice_without_agents",
        path="agent_choice",
        about_agents=True,
        broken=lambda asked: asked.forced and not asked.agents and asked["prompt"] is None,
        problem="there is nothing to choose from",
        hint="give `agents=[...]`, or leave it out",
        source=f"{_REFERENCE}: `tool_choice` says how to select from `tools`",
    ),
)
"""Of several rules with one path, the first that is broken is told."""
