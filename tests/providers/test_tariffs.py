"""Prices reckoned from what is kept of genai-prices' table: the package's own figures, to the last digit."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import genai_prices
import pytest
from genai_prices import data_snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ell2a.calls import Usage
from ell2a.providers import prices, tariffs

DAYS = (
    datetime(2024, 6, 1, 3, tzinfo=UTC),
    datetime(2026, 11, 1, 3, tzinfo=UTC),
    datetime(2026, 11, 1, 20, tzinfo=UTC),
)
TIERS = (None, "default", "priority", "flex", "batch")
USAGES = (
    {"input_tokens": 1234, "output_tokens": 567},
    {"input_tokens": 400_001, "output_tokens": 3},
    {"input_tokens": 5000, "output_tokens": 700, "cache_read_tokens": 1200, "cache_write_tokens": 300},
    {"input_tokens": 5000, "output_tokens": 700, "reasoning_tokens": 650, "audio_input_tokens": 40},
    {"input_tokens": 10, "output_tokens": 1, "cache_read_tokens": 100},
    {"input_tokens": 0, "output_tokens": 0},
)
count = st.none() | st.integers(0, 2_000_000)


def theirs(prices_id: str, model: str, usage: Usage, at: datetime, tier: str | None) -> Decimal | None:
    """What genai-prices itself says."""
    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(**prices._counts(usage)),
            model,
            provider_id=prices_id,
            genai_request_timestamp=at,
            price_context={"service_tier": tier} if tier else None,
        )
    except (LookupError, ValueError):
        return None
    return found.total_price


def ours(prices_id: str, model: str, usage: Usage, at: datetime, tier: str | None) -> Decimal | None:
    """What a call's metadata says."""
    cost = prices.price(prices_id, model, usage, at=at, tier=tier)
    return None if cost is None else cost.amount


def test_every_model_of_the_table_costs_the_same() -> None:
    """All models, seasons, tiers and shapes of usage: the second usage of a shape is reckoned here, and no digit differs."""
    table, reckoned = prices._tariffs(), 0
    for number, (provider, model) in enumerate(
        (p, m) for p in data_snapshot.get_snapshot().providers for m in p.models
    ):
        at, tier = DAYS[number % len(DAYS)], TIERS[number % len(TIERS)]
        for fields in USAGES:
            for scale in (1, 3):
                usage = Usage(**{name: value * scale for name, value in fields.items()})
                wanted = theirs(provider.id, model.id, usage, at, tier)
                assert ours(provider.id, model.id, usage, at, tier) == wanted, (provider.id, model.id, fields, tier)
        try:
            tariff, _ = table.find(provider.id, model.id, at=at, tier=tier)
        except LookupError:
            continue
        # Where the two disagree genai-prices is asked each time, which would hide a fault of ours.
        assert tariff is None or all(tariff.checked.values()), (provider.id, model.id)
        reckoned += tariff is not None
    assert reckoned > 500


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    model=st.sampled_from([("openai", "gpt-4o"), ("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro")]),
    fields=st.fixed_dictionaries(
        {"input_tokens": count, "output_tokens": count},
        optional={"cache_read_tokens": count, "cache_write_tokens": count, "reasoning_tokens": count},
    ),
    tier=st.sampled_from(TIERS),
)
def test_any_usage_costs_the_same(model: tuple[str, str], fields: dict[str, Any], tier: str | None) -> None:
    """Counts of any size, contradictions among them, with and without a tier's price."""
    usage = Usage(**fields)
    assert ours(*model, usage, DAYS[1], tier) == theirs(*model, usage, DAYS[1], tier)
    assert ours(*model, usage, DAYS[1], tier) == theirs(*model, usage, DAYS[1], tier)


def test_a_shape_that_is_reckoned_otherwise_is_left_to_genai_prices() -> None:
    """Where the first usage of a shape costs something else there, the package is asked each time."""
    tariff = tariffs.Tariff((), ())
    asked: list[int] = []

    def dearer() -> Decimal:
        asked.append(1)
        return Decimal(7)

    for _ in range(3):
        assert tariffs.total_of(tariff, {"input_tokens": 5}, dearer) == Decimal(7)
    assert len(asked) == 3


def test_another_table_is_taken_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that gives genai-prices a newer table gets the costs of that one."""
    before = ours("openai", "gpt-4o", Usage(input_tokens=1000, output_tokens=1), DAYS[1], None)
    assert before is not None
    monkeypatch.setattr(
        data_snapshot, "_custom_snapshot", data_snapshot.DataSnapshot(providers=[], from_auto_update=True)
    )
    assert ours("openai", "gpt-4o", Usage(input_tokens=1000, output_tokens=1), DAYS[1], None) is None
