"""How each model is told how much to think: by a budget, by an effort, or by letting it decide."""

from __future__ import annotations

import re

from ell2a.providers.capabilities import ProviderCapabilities

_EFFORTS = "https://platform.claude.com/docs/en/build-with-claude/effort"
_BUDGETS = "https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html"

THINKING_KINDS: dict[str, tuple[list[str], str]] = {
    "claude-3-7": (["budget"], _BUDGETS),
    "claude-sonnet-4-0": (["budget"], _BUDGETS),
    "claude-sonnet-4-2": (["budget"], _BUDGETS),
    "claude-opus-4-0": (["budget"], _BUDGETS),
    "claude-opus-4-1": (["budget"], _BUDGETS),
    "claude-opus-4-2": (["budget"], _BUDGETS),
    "claude-sonnet-4-5": (["budget"], _BUDGETS),
    "claude-haiku-4-5": (["budget"], _BUDGETS),
    "claude-opus-4-5": (["budget", "effort"], _EFFORTS),
    "claude-opus-4-6": (["budget", "effort", "adaptive"], _BUDGETS),
    "claude-sonnet-4-6": (["budget", "effort", "adaptive"], _BUDGETS),
    "claude-opus-4-7": (["effort", "adaptive"], _BUDGETS),
    "claude-opus-4-8": (["effort", "adaptive"], _EFFORTS),
    "claude-opus-5": (["effort", "adaptive"], _EFFORTS),
    "claude-sonnet-5": (["effort", "adaptive"], _EFFORTS),
    "claude-haiku-5": (["effort", "adaptive"], _EFFORTS),
    "claude-fable": (["effort", "adaptive"], _EFFORTS),
    "claude-mythos": (["effort", "adaptive"], _EFFORTS),
}
"""Beginning of a model's name -> (kinds, where that is documented). `claude-sonnet-4-2` is the dated name of Sonnet 4.

An effort is refused by models that lack it, and a budget by those that only decide by themselves.
"""

_CLAUDE = re.compile(r"^(?:[a-z-]+\.)*(claude-[a-z0-9-]+)")
"""The name of a model at Anthropic, on Vertex (`claude-...@date`) and on Bedrock (`us.anthropic.claude-...`).
Services that route to Claude under names of their own mend some of these requests: no rule is known of them."""


def claude(model: str) -> str | None:
    """The bare name of a Claude model; None for any other."""
    found = _CLAUDE.match(model)
    return found[1] if found else None


def lacks_kind(model: str, kind: str) -> bool:
    """Whether a model is documented to be told how to think by other kinds only."""
    name = claude(model) or ""
    kinds = next((kinds for start, (kinds, _) in THINKING_KINDS.items() if name.startswith(start)), None)
    return kinds is not None and kind not in kinds


def with_thinking_kinds(found: ProviderCapabilities, model: str | None) -> ProviderCapabilities:
    """The capabilities with the kinds of thinking of a model, where they are documented and nobody else told them."""
    # By identity, as `facts_for` keeps what it found: every call asks.
    kept = _kept.get((id(found), model))
    if kept is None or kept[0] is not found:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        kept = _kept[id(found), model] = found, _with_thinking_kinds(found, model)
    return kept[1]


_kept: dict[tuple[int, str | None], tuple[ProviderCapabilities, ProviderCapabilities]] = {}
_MOST_KEPT = 256


def _with_thinking_kinds(found: ProviderCapabilities, model: str | None) -> ProviderCapabilities:
    thinking = found.thinking
    known = next((kinds for name, kinds in THINKING_KINDS.items() if (model or "").startswith(name)), None)
    if known is None or thinking.state != "yes" or thinking.source in ("yours", "row"):
        return found
    kinds, source = known
    told = f"{thinking.detail}; kinds: {source}" if thinking.detail else f"kinds: {source}"
    return found.model_copy(update={"thinking": thinking.model_copy(update={"value": kinds, "detail": told})})
