"""What calls cost: genai-prices' own figures, and none where it has none."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import genai_prices
import pytest

from ell2a.calls import CallMetadata, Usage
from ell2a.providers import row
from ell2a.providers.prices import cost_of, price

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def metadata(**more: object) -> CallMetadata:
    """The metadata of a call to gpt-4o."""
    usage = Usage(input_tokens=1000, output_tokens=100, cache_read_tokens=200)
    return CallMetadata.model_validate(
        {"provider": "openai", "wire": "openai-chat", "model": "gpt-4o", "usage": usage, **more}
    )


def test_a_known_model_costs_what_genai_prices_says() -> None:
    """The amount is exact, with the package and the day the price was looked up."""
    cost = cost_of(row("openai"), metadata(), at=NOW)
    theirs = genai_prices.calc_price(
        genai_prices.Usage(input_tokens=1000, output_tokens=100, cache_read_tokens=200),
        "gpt-4o",
        provider_id="openai",
        genai_request_timestamp=NOW,
    )
    assert cost is not None
    assert cost.amount == theirs.total_price
    assert cost.source == f"genai-prices {genai_prices.__version__}"
    assert cost.as_of is not None
    assert cost.as_of.startswith("20")


def test_cached_tokens_are_cheaper() -> None:
    """Of the input, what was read from a cache is priced as such: it is part of the input, not beside it."""
    plain = price("openai", "gpt-4o", Usage(input_tokens=1000, output_tokens=0), at=NOW)
    cached = price("openai", "gpt-4o", Usage(input_tokens=1000, output_tokens=0, cache_read_tokens=1000), at=NOW)
    assert plain is not None
    assert cached is not None
    assert Decimal(0) < cached.amount < plain.amount


def test_a_cache_kept_longer_costs_more_to_write() -> None:
    """Anthropic's hour-long cache writes are priced apart from those of five minutes."""
    usage = {"input_tokens": 1000, "output_tokens": 10, "cache_write_tokens": 500}
    amounts = []
    for short, long in ((500, 0), (0, 500)):
        raw = {"cache_creation": {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long}}
        cost = price("anthropic", "claude-sonnet-4-5", Usage(**usage, raw=raw), at=NOW)
        assert cost is not None
        amounts.append(cost.amount)
    assert amounts[0] < amounts[1]


def test_searches_of_the_provider_are_paid() -> None:
    """The provider's own web searches are part of the cost."""
    usage = Usage(input_tokens=1000, output_tokens=10)
    searched = usage.model_copy(update={"server_agent_calls": {"web_search_requests": 3}})
    plain = price("anthropic", "claude-sonnet-4-5", usage, at=NOW)
    with_searches = price("anthropic", "claude-sonnet-4-5", searched, at=NOW)
    assert plain is not None
    assert with_searches is not None
    assert with_searches.amount - plain.amount == Decimal("0.03")


def test_the_tier_that_served_the_call_sets_the_price() -> None:
    """A call served with priority costs more; a tier that has no price of its own costs the usual."""
    usual = cost_of(row("openai"), metadata(), at=NOW)
    quick = cost_of(row("openai"), metadata(other={"service_tier": "priority"}), at=NOW)
    other = cost_of(row("openai"), metadata(other={"service_tier": "unheard-of"}), at=NOW)
    assert usual is not None
    assert quick is not None
    assert quick.amount > usual.amount
    assert other == usual


@pytest.mark.parametrize(
    "more",
    [
        {"model": "no-such-model"},
        {"usage": None},
        {"usage": Usage(output_tokens=5)},
        {"usage": Usage(input_tokens=10, cache_read_tokens=100)},
    ],
    ids=["unknown model", "no usage", "no input", "contradiction"],
)
def test_what_is_not_known_costs_none(more: dict[str, object]) -> None:
    """An unknown model, missing counts, and counts that contradict each other have no cost: never 0, never an error."""
    assert cost_of(row("openai"), metadata(**more), at=NOW) is None


def test_a_provider_without_prices_costs_none() -> None:
    """A model on one's own machine has no price."""
    assert cost_of(row("ollama"), metadata(), at=NOW) is None


def test_the_model_that_was_asked_for_is_tried_where_the_answer_names_another() -> None:
    """Where the answer names a model that has no price, the one asked for stands."""
    assert cost_of(row("openai"), metadata(response_model="gpt-4o-internal-7"), at=NOW) == cost_of(
        row("openai"), metadata(), at=NOW
    )


def test_the_table_is_loaded_in_the_background() -> None:
    """It is not imported with ell2a; a fork in the middle of loading waits, so that the child can load it."""
    program = (
        "import os, sys; from ell2a.providers import prices; assert 'genai_prices' not in sys.modules;"
        "prices.warm_up(); prices.warm_up(); assert len(prices._loading) == 1; pid = os.fork();"
        "import genai_prices; (os._exit(0) if pid == 0 else sys.exit(os.waitpid(pid, 0)[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], timeout=60, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
