"""What a call cost, by the price table of genai-prices. Unknown is None, never 0."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from functools import cache
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from ell2a.calls import CallMetadata, Cost, Usage

if TYPE_CHECKING:
    from ell2a.providers.rows import ProviderRow


def cost_of(row: ProviderRow, found: CallMetadata, *, at: datetime) -> Cost | None:
    """The cost of a call by its usage and the model that answered, at the prices of its day."""
    if row.prices is None or found.usage is None or found.usage.input_tokens is None:
        return None
    for model in (found.response_model, found.model):
        if model:
            cost = price(row.prices, model, found.usage, at=at)
            if cost is not None:
                return cost
    return None


def price(prices_id: str, model: str, usage: Usage, *, at: datetime) -> Cost | None:
    """The price of some tokens on a model of a provider; None where genai-prices does not know the model."""
    table = _table()
    counted = table.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        input_audio_tokens=usage.audio_input_tokens,
        output_audio_tokens=usage.audio_output_tokens,
    )
    try:
        found = table.calc_price(counted, model, provider_id=prices_id, genai_request_timestamp=at)
    except LookupError:
        return None
    except ValueError:
        # Counts that contradict each other (more cached than input): no honest figure exists.
        return None
    return Cost(amount=found.total_price, source=f"genai-prices {_version()}", as_of=_checked(found.model))


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


@cache
def _version() -> str:
    return metadata.version("genai-prices")


def _checked(model: Any) -> str | None:
    checked = getattr(model, "prices_checked", None)
    return checked.isoformat() if checked is not None else None
