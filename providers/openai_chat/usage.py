"""What an answer used, and what the provider says it cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from ell2a.calls import Cost, Usage

_COUNTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "input_tokens": (("prompt_tokens",),),
    "output_tokens": (("completion_tokens",),),
    "cache_read_tokens": (
        ("prompt_tokens_details", "cached_tokens"),
        ("prompt_cache_hit_tokens",),
        ("cached_tokens",),
    ),
    "cache_write_tokens": (("prompt_tokens_details", "cache_write_tokens"),),
    "reasoning_tokens": (("completion_tokens_details", "reasoning_tokens"), ("reasoning_tokens",)),
    "audio_input_tokens": (("prompt_tokens_details", "audio_tokens"), ("audio_prompt_tokens",)),
    "audio_output_tokens": (("completion_tokens_details", "audio_tokens"),),
}
"""Field of Usage -> the places where services say it, the first that does. This wire's input includes what was read
from a cache and its output the reasoning, as Usage counts. Sources: OpenAI's reference, chat completion object;
`prompt_cache_hit_tokens`: DeepSeek's; `cached_tokens`: Moonshot's and Together's; `cache_write_tokens`: OpenRouter's."""

TICKS = "cost_in_usd_ticks"
"""xAI's own price of a call."""
_TICKS_A_DOLLAR = 10**10

_SERVER_AGENTS = "server_tool_use_details"
"""OpenRouter's counts of the agents that it ran."""


_ELSEWHERE = ("total_tokens", _SERVER_AGENTS)
"""`total_tokens` is the sum of input and output."""


def usage_of(raw: Any) -> Usage | None:
    """The usage in universal terms, or None where there is none."""
    if not isinstance(raw, dict):
        return None
    counts = {field: _count(raw, places) for field, places in _COUNTS.items()}
    served = raw.get(_SERVER_AGENTS)
    calls = {n: v for n, v in served.items() if type(v) is int} if isinstance(served, dict) else {}
    return Usage(**counts, server_agent_calls=calls, raw=raw)


def beyond(raw: Any) -> dict[str, Any]:
    """What a usage tells that neither Usage nor Cost has a field for: times, tokens by other kinds, parts of a price."""
    if not isinstance(raw, dict):
        return {}
    rest = {n: dict(v) if isinstance(v, dict) else v for n, v in raw.items() if n not in _ELSEWHERE}
    for places in _COUNTS.values():
        count = _count(raw, places)
        for place in places:
            holder = rest.get(place[0]) if len(place) > 1 else rest
            # A second place that says another number keeps it.
            if isinstance(holder, dict) and type(holder.get(place[-1])) is int and holder[place[-1]] == count:
                del holder[place[-1]]
    if "cost" in rest and _is_number(rest["cost"]) and rest.get("is_byok") is not True:
        del rest["cost"]
    if type(rest.get(TICKS)) is int and rest.get("cost") is None:
        del rest[TICKS]
    return {name: value for name, value in rest.items() if value not in (None, {})}


def cost_of(raw: Any, provider: str) -> Cost | None:
    """What the provider itself says that the answer cost, in dollars; None where it does not.

    OpenRouter's `cost` is what it charges; where the upstream provider is paid by the user's own key
    (`is_byok`), that provider's price comes on top. Perplexity's `cost` is an object with a total. xAI counts in ticks.
    Sources: https://openrouter.ai/docs/use-cases/usage-accounting, https://docs.perplexity.ai/api-reference,
    https://docs.x.ai/developers/cost-tracking
    """
    ticks = raw.get(TICKS) if isinstance(raw, dict) else None
    if type(ticks) is int and raw.get("cost") is None:
        return Cost(amount=Decimal(ticks) / _TICKS_A_DOLLAR, source=f"{provider}'s own answer")
    said = raw.get("cost") if isinstance(raw, dict) else None
    total = said.get("total_cost") if isinstance(said, dict) else said
    if not _is_number(total):
        return None
    amount = Decimal(str(total))
    if raw.get("is_byok") is True:
        details = raw.get("cost_details")
        upstream = details.get("upstream_inference_cost") if isinstance(details, dict) else None
        if not _is_number(upstream):
            return None
        amount += Decimal(str(upstream))
    return Cost(amount=amount, source=f"{provider}'s own answer")


def _count(raw: dict[str, Any], places: tuple[tuple[str, ...], ...]) -> int | None:
    for place in places:
        found: Any = raw
        for name in place:
            found = found.get(name) if isinstance(found, dict) else None
        if type(found) is int:
            return found
    return None


def _is_number(value: Any) -> bool:
    return type(value) is int or (isinstance(value, float) and isfinite(value))
