"""What OpenAI's own models take and refuse, on whichever of its wires they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

REASONING = ("o1", "o3", "o3-mini", "o3-pro", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5-nano")
"""Models that draw by their own rule. Later ones take sampling params where their effort is `none`."""

NOT_REASONING = (
    "gpt-3.5-turbo",
    "gpt-4",
    "gpt-4-turbo",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
)

EFFORTS: Mapping[str, tuple[str, ...]] = {
    "o1": ("low", "medium", "high"),
    "o3": ("low", "medium", "high"),
    "o3-mini": ("low", "medium", "high"),
    "o3-pro": ("low", "medium", "high"),
    "o4-mini": ("low", "medium", "high"),
    "gpt-5": ("minimal", "low", "medium", "high"),
    "gpt-5-mini": ("minimal", "low", "medium", "high"),
    "gpt-5-nano": ("minimal", "low", "medium", "high"),
    "gpt-5-pro": ("high",),
    "gpt-5.1": ("none", "low", "medium", "high"),
    "gpt-5.1-chat-latest": ("medium",),
    "gpt-5.2": ("none", "low", "medium", "high", "xhigh"),
    "gpt-5.4": ("none", "low", "medium", "high", "xhigh"),
    "gpt-5.5": ("none", "low", "medium", "high", "xhigh"),
}
"""Model -> the efforts that it takes. Of models that are not here nothing is known."""

SAMPLING_WITHOUT_EFFORT = ("gpt-5.1", "gpt-5.2", "gpt-5.4")
"""Models that take sampling params only while their effort is `none`, which is their default."""

EFFORT_SOURCE = "the API's own 400 `unsupported_value`, as in https://github.com/anomalyco/opencode/pull/26268 and https://github.com/openai/openai-agents-python/issues/2089"

_GENERATION = re.compile(r"gpt-(\d+)(?:\.(\d+))?(?![\do])")


def is_one_of(model: str, names: Iterable[str]) -> bool:
    """Whether a model is one of these, dated or not."""
    return any(model == name or model.startswith(f"{name}-20") for name in names)


def efforts_of(model: str) -> tuple[str, ...] | None:
    """The efforts that a model takes; None where nothing is known of them."""
    return next((efforts for name, efforts in EFFORTS.items() if is_one_of(model, (name,))), None)


def effort_hint() -> str:
    """Which efforts there are, in words."""
    newest = ", ".join(repr(effort) for effort in EFFORTS["gpt-5.5"])
    return f"the o-models take 'low', 'medium', 'high'; gpt-5 'minimal' too; gpt-5.2 and later {newest}"


def is_before(model: str, generation: tuple[int, int]) -> bool:
    """Whether a model is known to be of an earlier generation, such as (5, 6); of an unknown name it is not."""
    if is_one_of(model, ("o1", "o3", "o3-mini", "o3-pro", "o4-mini", *NOT_REASONING)):
        return True
    found = _GENERATION.match(model)
    return found is not None and (int(found[1]), int(found[2] or 0)) < generation
