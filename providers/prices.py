"""What a call cost, by the price table of genai-prices. Unknown is None, never 0."""

from __future__ import annotations

import os
import re
import threading
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from ell2a.calls import CallMetadata, Cost, Usage
from ell2a.providers.tariffs import Tariffs, total_of

if TYPE_CHECKING:
    from ell2a.providers.rows import ProviderRow


_TOKENS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "audio_input_tokens": "input_audio_tokens",
    "audio_output_tokens": "output_audio_tokens",
    "reasoning_tokens": "output_reasoning_tokens",
}
"""Field of Usage -> genai-prices' word."""

_WRITES = {"ephemeral_5m_input_tokens": "cache_write_5m_tokens", "ephemeral_1h_input_tokens": "cache_write_1h_tokens"}
"""Key of `cache_creation` in a raw usage -> genai-prices' word: what is kept longer costs more to write."""

_WEB_SEARCHES = frozenset({"web_search_requests"})
"""The counters of server agents that are searches of the web."""


def cost_of(row: ProviderRow, found: CallMetadata, *, at: datetime) -> Cost | None:
    """The cost of a call by its usage and the model that answered, at the prices of its day."""
    if row.prices is None or found.usage is None or found.usage.input_tokens is None:
        return None
    tier = found.other.get("service_tier")
    for model in (found.response_model, found.model):
        if model:
            cost = price(row.prices, model, found.usage, at=at, tier=tier if isinstance(tier, str) else None)
            if cost is not None:
                return cost
    return None


def price(prices_id: str, model: str, usage: Usage, *, at: datetime, tier: str | None = None) -> Cost | None:
    """The price of some tokens on a model of a provider; None where genai-prices does not know the model.

    `tier`: the provider's word for the service tier that served the call.
    """
    counts = _counts(usage)

    def theirs() -> Decimal | None:
        try:
            found = _table().calc_price(
                _table().Usage(**counts),
                model,
                provider_id=prices_id,
                genai_request_timestamp=at,
                price_context={"service_tier": tier} if tier else None,
            )
        except ValueError:
            # Counts that contradict each other (more cached than input): no honest figure exists.
            return None
        return Decimal(found.total_price)

    try:
        tariff, info = _tariffs().find(prices_id, model, at=at, tier=tier)
    except LookupError:
        return None
    amount = theirs() if tariff is None else total_of(tariff, counts, theirs)
    if amount is None:
        return None
    return Cost(amount=amount, source=_source(), as_of=_checked(info.price_comments))


def warm_up() -> None:
    """Load the price table in the background, once, while the first request is under way."""
    if _loading:
        return
    thread = threading.Thread(target=_table, name="ell2a-prices", daemon=True)
    thread.start()
    _loading.append(thread)


_loading: list[threading.Thread] = []


def _wait() -> None:
    for thread in _loading:
        thread.join()


if hasattr(os, "register_at_fork"):
    # A fork in the middle of the import would leave the module's lock taken for ever in the child.
    os.register_at_fork(before=_wait)


@cache
def _table() -> Any:
    return import_module("genai_prices")


def _tariffs() -> Tariffs:
    """What is known of the table's prices: made anew where a program has put another table in its place."""
    snapshot = _snapshots().get_snapshot()
    if not _kept or _kept[0].snapshot is not snapshot:
        _kept[:] = [Tariffs(snapshot)]
    return _kept[0]


_kept: list[Tariffs] = []


@cache
def _snapshots() -> Any:
    return import_module("genai_prices.data_snapshot")


@cache
def _source() -> str:
    return f"genai-prices {metadata.version('genai-prices')}"


def _counts(usage: Usage) -> dict[str, int | None]:
    """What was used, by the names of genai-prices."""
    counts = {theirs: getattr(usage, ours) for ours, theirs in _TOKENS.items()}
    counts["web_searches"] = sum(n for name, n in usage.server_agent_calls.items() if name in _WEB_SEARCHES) or None
    writes = (usage.raw or {}).get("cache_creation")
    if isinstance(writes, dict):
        counts |= {theirs: n for ours, theirs in _WRITES.items() if isinstance(n := writes.get(ours), int)}
    return counts


@lru_cache(maxsize=1024)
def _checked(comments: str | None) -> str | None:
    """The newest day that the price's own comments name: when somebody last looked it up."""
    return max(re.findall(r"\b20\d{2}-\d{2}-\d{2}\b", comments or ""), default=None)
