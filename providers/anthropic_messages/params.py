"""The wire's params beyond the SDK's signature: those that ell2a owns, those the SDK has no argument for, and the universal ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.providers.anthropic_messages.thinking_kinds import lacks_kind
from ell2a.providers.params import Range
from ell2a.providers.universal import UniversalRule
from ell2a.providers.wire_params import ParamNote

OWNED: Mapping[str, str] = {
    "messages": "give the messages: the prompt function returns them, `ell2a.call` takes them as its second argument",
    "system": "write a system message: the docstring of a `simple` function, or `ell2a.system(...)`",
    "model": "it is the model of the definition: `model=` or the first argument",
    "tools": "write `agents=[...]`; a tool of Anthropic's own goes there as a dict",
    "tool_choice": 'write `agent_choice="auto"`, "none", "required" or an agent\'s name; to have one call at a time, '
    "`disable_parallel_tool_use=True`",
    "stream": "write `stream=True` as ell2a's own word",
    "output_config.format": "write `response_format=`: a pydantic class or a JSON schema; the rest of `output_config` is yours",
    "output_format": "write `response_format=`: a pydantic class or a JSON schema",
    "user_profile_id": "it is a header, no part of the body: `extra_headers={'anthropic-user-profile-id': ...}`",
    "workspace_id": "it is a header, no part of the body: `extra_headers={'anthropic-workspace-id': ...}`",
}
"""Name -> what to write instead. A dotted name is one key of a param whose other keys are free."""

_NO_SAMPLING = {
    "claude-opus-4-7": "https://platform.claude.com/docs/en/about-claude/models/migration-guide",
    "claude-sonnet-5": "https://platform.claude.com/docs/en/models/sonnet-5/migration-guide",
}
"""Models that answer 400 to any sampling param but its default -> where that is documented."""

_SIGNATURE = "anthropic 0.125 has it as an argument, 1.0 and later have not; models before Opus 4.7 take it"


def _no_sampling(model: str) -> str | None:
    """Why a model takes no sampling params, or None where it does or nothing is documented."""
    for name, source in _NO_SAMPLING.items():
        if model == name or model.startswith(f"{name}-20"):
            return f"{name} refuses sampling params (temperature, top_p, top_k): leave it out ({source})"
    return None


_EFFORT = "https://platform.claude.com/docs/en/build-with-claude/effort"


def _no_output_config(model: str) -> str | None:
    """Why nothing can be written into `output_config`: its format is ell2a's own word, and its effort not every model's."""
    if not lacks_kind(model, "effort"):
        return None
    return (
        f"an effort is not taken by {model}: leave it out, and say how much it thinks by"
        ' `thinking={"type": "enabled", "budget_tokens": ...}`; a format is asked for by `response_format=`'
    )


NOTES: Mapping[str, ParamNote] = {
    "temperature": ParamNote(
        type=float,
        doc="How random the answer is: near 0 for analysis, near 1 for invention.",
        range=Range(0, 1),
        refused_for=_no_sampling,
        neutral=1,
        source=_SIGNATURE,
    ),
    "top_p": ParamNote(
        type=float,
        doc="Only the likeliest words, up to this sum of their probabilities, are drawn from.",
        range=Range(0, 1),
        refused_for=_no_sampling,
        neutral=1,
        source=_SIGNATURE,
    ),
    "top_k": ParamNote(
        type=int,
        doc="Only this many of the likeliest words are drawn from.",
        range=Range(0, None),
        refused_for=_no_sampling,
        source=_SIGNATURE,
    ),
    "max_tokens": ParamNote(range=Range(0, None), source="anthropic 2.12, `types.message_create_params`"),
    "output_config": ParamNote(refused_for=_no_output_config, neutral={}, source=_EFFORT),
    "disable_parallel_tool_use": ParamNote(
        type=bool,
        doc="At most one agent call in an answer. It is put into `tool_choice`, where the wire has it.",
        source="anthropic 2.12, `types.tool_choice_auto_param`",
    ),
    "context_management": ParamNote(
        type=dict[str, Any],
        doc="How the service shortens a long history. Needs an `anthropic-beta` header: `extra_headers=`.",
        source="anthropic 2.12, `types.beta.message_create_params`",
    ),
    "mcp_servers": ParamNote(
        type=list[dict[str, Any]],
        doc="MCP servers whose tools the service may call. Needs an `anthropic-beta` header: `extra_headers=`.",
        source="anthropic 2.12, `types.beta.message_create_params`",
    ),
}


def _effort(config: Any) -> str | None:
    effort = config.get("effort") if isinstance(config, dict) else None
    return effort if isinstance(effort, str) else None


def _write_effort(effort: str) -> tuple[Any, str | None]:
    # The wire's scale begins at low; less than that is asked for by not thinking, which is another param.
    lowest = {"none": "low", "minimal": "low"}
    value = lowest.get(effort, effort)
    reason = None if value == effort else f"the lowest effort here is low, not {effort}"
    return {"effort": value}, reason


def _budget(thinking: Any) -> int | None:
    budget = thinking.get("budget_tokens") if isinstance(thinking, dict) else None
    return budget if isinstance(budget, int) else None


_LEAST_BUDGET = 1024


def _write_budget(budget: int) -> tuple[Any, str | None]:
    tokens = max(budget, _LEAST_BUDGET)
    reason = None if tokens == budget else f"budget_tokens is at least {_LEAST_BUDGET}"
    return {"type": "enabled", "budget_tokens": tokens}, reason


def _user_id(metadata: Any) -> str | None:
    user = metadata.get("user_id") if isinstance(metadata, dict) else None
    return user if isinstance(user, str) else None


_TYPES = "anthropic 2.12, "

UNIVERSAL: Mapping[str, UniversalRule] = {
    rule.universal: rule
    for rule in (
        UniversalRule("max_tokens", ("max_tokens",), source=f"{_TYPES}`types.message_create_params`; required"),
        UniversalRule("temperature", ("temperature",), range=Range(0, 1), source=_SIGNATURE),
        UniversalRule("top_p", ("top_p",), range=Range(0, 1), source=_SIGNATURE),
        UniversalRule(
            "stop",
            ("stop_sequences",),
            form="list of strings",
            read=lambda value: list(value) if isinstance(value, (list, tuple)) else None,
            source=f"{_TYPES}`types.message_create_params`",
        ),
        UniversalRule("seed", (), source=f"{_TYPES}`Messages.create` has none"),
        UniversalRule("n", (), source=f"{_TYPES}`Messages.create` has none: one answer a call"),
        UniversalRule(
            "parallel_agent_calls",
            ("disable_parallel_tool_use",),
            form="the contrary, inside tool_choice",
            read=lambda value: not value if isinstance(value, bool) else None,
            write=lambda value: (not value, "the wire says when calls may NOT be parallel"),
            source=f"{_TYPES}`types.tool_choice_auto_param`",
        ),
        UniversalRule(
            "reasoning_effort",
            ("output_config",),
            form='{"effort": "low" | "medium" | "high" | "xhigh" | "max"}',
            read=_effort,
            write=_write_effort,
            beside={"thinking": {"type": "adaptive"}},
            source=f"{_TYPES}`types.output_config_param`",
        ),
        UniversalRule(
            "reasoning_budget",
            ("thinking",),
            form='{"type": "enabled", "budget_tokens": N}, N at least 1024 and less than max_tokens',
            read=_budget,
            write=_write_budget,
            source=f"{_TYPES}`types.thinking_config_enabled_param`",
        ),
        UniversalRule(
            "user_id",
            ("metadata",),
            form='{"user_id": ID}',
            read=_user_id,
            write=lambda value: ({"user_id": value}, None),
            source=f"{_TYPES}`types.metadata_param`",
        ),
    )
}
"""`agent_choice` and `response_format` are fields of the call, not params: see `request.py`."""
