"""Rules across the params of the wire: those of OpenAI's own service, and those that every service has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ell2a.providers.openai_models import (
    EFFORT_SOURCE,
    SAMPLING_WITHOUT_EFFORT,
    effort_hint,
    efforts_of,
    is_one_of,
)
from ell2a.providers.param_rules import Asked, ParamRule, is_whole

_REFERENCE = "https://platform.openai.com/docs/api-reference/chat/create"
_LATEST = "https://platform.openai.com/docs/guides/latest-model"
_PREDICTED = "https://platform.openai.com/docs/guides/predicted-outputs#limitations"
_TWO_LIMITS = (
    "the API's own 400 `invalid_parameter_combination`, as in https://github.com/langchain-ai/langgraph/issues/5943"
)
_PARALLEL = "the API's own 400, as in https://github.com/Upsonic/Upsonic/issues/323"

_OPENAI = frozenset({"openai", "azure"})


def _is(asked: Asked, names: tuple[str, ...]) -> bool:
    return is_one_of(asked.model, names)


def _beyond_efforts(asked: Asked) -> bool:
    taken = efforts_of(asked.model)
    return taken is not None and asked["reasoning_effort"] not in taken


def _speaks(asked: Asked) -> bool:
    return isinstance(asked["modalities"], list | tuple) and "audio" in asked["modalities"]


def _beside_prediction(name: str, broken: Callable[[Asked], bool] | None = None) -> ParamRule:
    return ParamRule(
        f"prediction_and_{name}",
        path=name,
        given=("prediction", name),
        broken=broken,
        problem=f"{{{name}!r}} is not taken beside `prediction`",
        hint="leave one of the two out",
        source=_PREDICTED,
        providers=_OPENAI,
    )


def _beside_effort(name: str, default: Any) -> ParamRule:
    return ParamRule(
        f"effort_and_{name}",
        path=name,
        given=("reasoning_effort", name),
        broken=lambda asked: (
            _is(asked, SAMPLING_WITHOUT_EFFORT) and asked["reasoning_effort"] != "none" and asked[name] != default
        ),
        problem=f"{{{name}!r}} is taken by {{model}} only where it does not reason",
        hint=f"leave out `{name}`, or write `reasoning_effort='none'`",
        source=_LATEST,
        providers=_OPENAI,
    )


RULES: tuple[ParamRule, ...] = (
    ParamRule(
        "one_limit",
        path="max_tokens",
        given=("max_tokens", "max_completion_tokens"),
        problem="`max_completion_tokens` is given too, and says the same",
        hint="leave out `max_tokens`",
        source=_TWO_LIMITS,
    ),
    ParamRule(
        "top_logprobs_need_logprobs",
        path="top_logprobs",
        given=("top_logprobs",),
        broken=lambda asked: asked["logprobs"] is not True,
        problem="log probabilities are not asked for",
        hint="write `logprobs=True` beside it",
        source=_REFERENCE,
    ),
    ParamRule(
        "audio_modality_needs_audio",
        path="modalities",
        given=("modalities",),
        broken=lambda asked: _speaks(asked) and asked["audio"] is None,
        problem="speech is asked for without a voice and a format",
        hint='write `audio={"voice": ..., "format": ...}` beside it',
        source=_REFERENCE,
        providers=_OPENAI,
    ),
    ParamRule(
        "effort_values",
        path="reasoning_effort",
        given=("reasoning_effort",),
        broken=_beyond_efforts,
        problem="{reasoning_effort!r} is not taken by {model}",
        hint=effort_hint(),
        source=EFFORT_SOURCE,
        providers=_OPENAI,
    ),
    _beside_effort("temperature", 1),
    _beside_effort("top_p", 1),
    _beside_effort("logprobs", False),
    _beside_prediction("n", lambda asked: is_whole(asked["n"]) and asked["n"] > 1),
    _beside_prediction("logprobs", lambda asked: asked["logprobs"] is True),
    _beside_prediction("presence_penalty", lambda asked: asked["presence_penalty"] > 0),
    _beside_prediction("frequency_penalty", lambda asked: asked["frequency_penalty"] > 0),
    _beside_prediction("audio"),
    _beside_prediction("max_completion_tokens"),
    ParamRule(
        "prediction_and_agents",
        path="prediction",
        given=("prediction",),
        about_agents=True,
        broken=lambda asked: bool(asked.agents),
        problem="is not taken where agents are offered",
        hint="leave out `prediction` or `agents`",
        source=_PREDICTED,
        providers=_OPENAI,
    ),
    ParamRule(
        "parallel_calls_need_agents",
        path="parallel_tool_calls",
        given=("parallel_tool_calls",),
        about_agents=True,
        broken=lambda asked: not asked.agents,
        problem="says nothing where no agents are offered",
        hint="give `agents=[...]`, or leave it out",
        source=_PARALLEL,
    ),
    ParamRule(
        "choice_without_agents",
        path="agent_choice",
        about_agents=True,
        broken=lambda asked: asked.agent_choice is not None and not asked.agents,
        problem="there is nothing to choose from",
        hint="give `agents=[...]`, or leave it out",
        source=f"{_REFERENCE}: `tool_choice` is only allowed when `tools` are specified",
    ),
    ParamRule(
        "format_and_agents",
        path="response_format",
        about_agents=True,
        broken=lambda asked: (
            "no_format_with_agents" in asked.quirks
            and bool(asked.agents)
            and asked.response_format is not None
            and asked.response_format.kind != "text"
        ),
        problem="a format of the answer is not taken where agents are offered",
        hint="leave out `response_format` or `agents`",
        source="the row of the provider: `no_format_with_agents`",
    ),
)
"""Of several rules with one path, the first that is broken is told."""
