"""Rules across the params of the wire, as Anthropic's own models and the platforms that serve them hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.providers.anthropic_messages.output_limit import thinking_budget
from ell2a.providers.anthropic_messages.thinking_kinds import claude, lacks_kind
from ell2a.providers.param_rules import Asked, ParamRule, is_whole

_THINKING = "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
_ADAPTIVE = "https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html"
_EFFORT = "https://platform.claude.com/docs/en/build-with-claude/effort"
_TOOLS = "https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use"
_ONE_OF_TWO = "the API's own 400, as in https://github.com/Vali-98/ChatterUI/issues/564 and https://github.com/comet-ml/opik/pull/3728"

_ONE_SAMPLING_PARAM = (
    "claude-opus-4-1",
    "claude-opus-4-5",
    "claude-opus-4-6",
    "claude-sonnet-4-5",
    "claude-sonnet-4-6",
    "claude-haiku-4-5",
)
"""Beginnings of the names of models that take one of temperature and top_p, not both."""

_EFFORTS: Mapping[str, tuple[str, ...]] = {
    "claude-opus-4-5": ("low", "medium", "high"),
    "claude-opus-4-6": ("low", "medium", "high", "max"),
    "claude-sonnet-4-6": ("low", "medium", "high", "max"),
}
"""Beginning of a model's name -> the efforts that it takes, where not all of the wire's."""

_LEAST_BUDGET = 1024
_LEAST_TOP_P = 0.95


def _is(asked: Asked, names: tuple[str, ...]) -> bool:
    return (claude(asked.model) or "").startswith(names)


def _type(asked: Asked) -> str | None:
    thinking = asked["thinking"]
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    return kind if isinstance(kind, str) else None


def _thinks(asked: Asked) -> bool:
    return claude(asked.model) is not None and _type(asked) in ("enabled", "adaptive")


def _budget(asked: Asked) -> int | None:
    return thinking_budget(asked.params) if claude(asked.model) and _type(asked) == "enabled" else None


def _lacks(asked: Asked, kind: str) -> bool:
    """Whether the model is documented to be told how to think by other kinds only."""
    return lacks_kind(asked.model, kind)


def _effort(asked: Asked) -> Any:
    config = asked["output_config"]
    return config.get("effort") if isinstance(config, dict) else None


def _beyond_efforts(asked: Asked) -> bool:
    name = claude(asked.model) or ""
    taken = next((efforts for start, efforts in _EFFORTS.items() if name.startswith(start)), None)
    return taken is not None and isinstance(_effort(asked), str) and _effort(asked) not in taken


def _interleaved(asked: Asked) -> bool:
    headers = asked["extra_headers"]
    if not isinstance(headers, Mapping):
        return False
    betas = [str(value) for name, value in headers.items() if str(name).lower() == "anthropic-beta"]
    return any("interleaved-thinking" in beta for beta in betas)


def _too_small(asked: Asked) -> bool:
    budget = _budget(asked)
    return budget is not None and budget < _LEAST_BUDGET


def _no_room(asked: Asked) -> bool:
    budget = _budget(asked)
    most = asked["max_tokens"]
    return budget is not None and is_whole(most) and budget >= most and not _interleaved(asked)


RULES: tuple[ParamRule, ...] = (
    ParamRule(
        "budget_kind",
        path="thinking.type",
        given=("thinking",),
        broken=lambda asked: _type(asked) == "enabled" and _lacks(asked, "budget"),
        problem="'enabled' with a budget is not taken by {model}, which decides itself how much to think",
        hint='write {"type": "adaptive"}; `output_config={"effort": ...}` says how much',
        source=_ADAPTIVE,
    ),
    ParamRule(
        "adaptive_kind",
        path="thinking.type",
        given=("thinking",),
        broken=lambda asked: _type(asked) == "adaptive" and _lacks(asked, "adaptive"),
        problem="'adaptive' is not taken by {model}, which is told how much to think",
        hint='write {"type": "enabled", "budget_tokens": ...}',
        source=_ADAPTIVE,
    ),
    ParamRule(
        "effort_values",
        path="output_config.effort",
        given=("output_config",),
        broken=_beyond_efforts,
        problem="{output_config[effort]!r} is not taken by {model}",
        hint="`max` is taken since Opus 4.6, `xhigh` since Opus 4.7; write 'high'",
        source=_EFFORT,
    ),
    ParamRule(
        "least_budget",
        path="thinking.budget_tokens",
        given=("thinking",),
        broken=_too_small,
        problem="{thinking[budget_tokens]!r} is too few",
        hint=f"write at least {_LEAST_BUDGET}",
        source=_THINKING,
    ),
    ParamRule(
        "budget_within_max_tokens",
        path="thinking.budget_tokens",
        given=("thinking", "max_tokens"),
        broken=_no_room,
        problem="{thinking[budget_tokens]!r} is not less than the {max_tokens!r} of `max_tokens`, which includes it",
        hint="raise `max_tokens`, or give less to thinking (only interleaved thinking, a beta that"
        " `extra_headers` asks for, may exceed it)",
        source=_THINKING,
    ),
    ParamRule(
        "thinking_and_temperature",
        path="temperature",
        given=("thinking", "temperature"),
        broken=lambda asked: _thinks(asked) and asked["temperature"] != 1,
        problem="{temperature!r} is not taken while the model thinks",
        hint="leave it out or write 1, or leave out `thinking`",
        source=_THINKING,
    ),
    ParamRule(
        "thinking_and_top_p",
        path="top_p",
        given=("thinking", "top_p"),
        broken=lambda asked: _thinks(asked) and asked["top_p"] < _LEAST_TOP_P,
        problem="{top_p!r} is not taken while the model thinks",
        hint=f"write {_LEAST_TOP_P} to 1, or leave out `thinking`",
        source=_THINKING,
    ),
    ParamRule(
        "thinking_and_top_k",
        path="top_k",
        given=("thinking", "top_k"),
        broken=_thinks,
        problem="{top_k!r} is not taken while the model thinks",
        hint="leave it out, or leave out `thinking`",
        source=_THINKING,
    ),
    ParamRule(
        "thinking_and_forced_choice",
        path="agent_choice",
        given=("thinking",),
        broken=lambda asked: _thinks(asked) and asked.forced,
        problem="an agent cannot be made to be called while the model thinks",
        hint='write "auto" or "none", or leave out `thinking`',
        source=_THINKING,
    ),
    ParamRule(
        "temperature_or_top_p",
        path="top_p",
        given=("temperature", "top_p"),
        broken=lambda asked: _is(asked, _ONE_SAMPLING_PARAM),
        problem="{model} takes one of `temperature` and `top_p`, not both",
        hint="leave one of them out",
        source=_ONE_OF_TWO,
    ),
    ParamRule(
        "choice_without_agents",
        path="agent_choice",
        about_agents=True,
        broken=lambda asked: asked.agent_choice is not None and not asked.agents,
        problem="there is nothing to choose from",
        hint="give `agents=[...]`, or leave it out",
        source=_TOOLS,
    ),
    ParamRule(
        "single_without_agents",
        path="disable_parallel_tool_use",
        given=("disable_parallel_tool_use",),
        about_agents=True,
        broken=lambda asked: not asked.agents,
        problem="says nothing where no agents are offered",
        hint="give `agents=[...]`, or leave it out",
        source=_TOOLS,
    ),
)
"""Of several rules with one path, the first that is broken is told."""
