"""`max_tokens` where a call names none: the wire requires it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.providers.capabilities import Fact

_UNKNOWN_LIMIT = 4096
"""The output limit of the oldest models that the service still knew in 2024, so that none refuses it."""

_MOST_AT_ONCE = 21_333
"""What the SDK sends without streaming: it refuses what may take more than 10 minutes, at 128,000 tokens an hour.
Source: anthropic 2.12, `_calculate_nonstreaming_timeout`."""


def default_max_tokens(call: Ell2aCall, limit: Fact) -> tuple[int, str]:
    """The number to set, and why that one."""
    known = limit.value if isinstance(limit.value, int) and not isinstance(limit.value, bool) else None
    if known is None:
        number, why = _UNKNOWN_LIMIT, "the model's limit is not known"
    elif call.stream or known <= _MOST_AT_ONCE:
        number, why = known, f"this is the model's limit ({limit.source})"
    else:
        number, why = _MOST_AT_ONCE, f"the model's limit is {known}, but the SDK sends no more without `stream=True`"
    budget = thinking_budget(call.api_params) or 0
    if budget < number:
        return number, why
    return budget + _UNKNOWN_LIMIT, f"it is more than the {budget} tokens of thinking that it includes"


def thinking_budget(params: Mapping[str, Any]) -> int | None:
    """The tokens that params give to thinking; None where they say none."""
    thinking = params.get("thinking")
    budget = thinking.get("budget_tokens") if isinstance(thinking, dict) else None
    return budget if isinstance(budget, int) and not isinstance(budget, bool) else None
