"""Reasoning efforts and reasoning budgets: what one wire names and another counts, turned into each other."""

from __future__ import annotations

from collections.abc import Mapping

SHARE_OF_OUTPUT: Mapping[str, float] = {
    "minimal": 0.1,
    "low": 0.2,
    "medium": 0.5,
    "high": 0.8,
    "xhigh": 0.95,
    "max": 0.95,
}
"""Effort -> the share of the most output tokens that is given to thinking.

Source: https://openrouter.ai/docs/use-cases/reasoning-tokens, where the same efforts stand for budgets. `max` is not
in it and is taken as its highest. A share leaves room for the answer, which a fixed number of tokens may not.
"""

BUDGETS: Mapping[str, int] = {"low": 1024, "medium": 8192, "high": 24576}
"""Effort -> thinking tokens, for calls that do not limit their output.

Source: https://ai.google.dev/gemini-api/docs/openai, "Thinking".
"""

LEAST_BUDGET = 1024
"""The smallest budget that a model takes. Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking"""


def budget_of(effort: str, max_tokens: int | None) -> int | None:
    """The thinking tokens that an effort stands for; None where the output has no room for any."""
    if max_tokens is None:
        known = {**BUDGETS, "minimal": BUDGETS["low"], "xhigh": BUDGETS["high"], "max": BUDGETS["high"]}
        return known[effort]
    budget = max(LEAST_BUDGET, int(max_tokens * SHARE_OF_OUTPUT[effort]))
    return budget if budget < max_tokens else None


def effort_of(budget: int, max_tokens: int | None) -> str:
    """The effort that is nearest to a budget, low to xhigh: `minimal` and `max` are not known on every model."""
    if budget <= 0:
        return "none"
    if max_tokens is None:
        return min(BUDGETS, key=lambda effort: abs(BUDGETS[effort] - budget))
    share = budget / max_tokens
    return min(("low", "medium", "high"), key=lambda effort: abs(SHARE_OF_OUTPUT[effort] - share))
