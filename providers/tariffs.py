"""The prices of a model by kind of token, taken out of genai-prices' table once, and a usage reckoned by them.

genai-prices finds the model, checks the table and sorts its units anew at each `calc_price`, which takes longer than the
rest of a call's translation. What it would find is the same for each call of a model at the same tier, in the same
season of its prices, so it is kept; what is left of a call is the arithmetic of `calc_price`, on the same Decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

_LIKE_GROQ_WHISPER = "audio_seconds"
"""A unit whose counts genai-prices rounds up for some models: those are left to it."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """One priced kind of what is used."""

    usage_key: str
    price: Any
    """Dollars for `per` of them: a Decimal, or genai-prices' TieredPrices."""
    per: int
    within: tuple[int, ...]
    """The places, among the units in order of `Tariff.leaves`, of those that are counted in this one too."""

    def dollars(self, count: int, input_tokens: int) -> Decimal:
        """The price of so many, of a call with so much input: where that passes a tier, the tier's price is that of all."""
        price = self.price
        if not isinstance(price, Decimal):
            price = next((t.price for t in reversed(price.tiers) if input_tokens > t.start), price.base)
        return Decimal(price * count / self.per)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one model costs, at one tier and in one season of its prices."""

    leaves: tuple[_Unit, ...]
    """The units, the most special first: what is left of one has no more special price."""
    order: tuple[int, ...]
    """Their places in the order in which genai-prices adds them up."""
    checked: dict[frozenset[str], bool] = field(default_factory=dict)
    """Which counts a usage has -> whether such a usage was found to cost here what it costs at genai-prices."""

    def total(self, counts: Mapping[str, int | None]) -> Decimal | None:
        """The dollars for some counts, by genai-prices' words for them; None where they contradict each other."""
        left: list[int] = []
        for unit in self.leaves:
            own = (counts.get(unit.usage_key) or 0) - sum([left[place] for place in unit.within])
            if own < 0:
                return None
            left.append(own)
        input_tokens = counts.get("input_tokens") or 0
        total = Decimal(0)
        for place in self.order:
            total += self.leaves[place].dollars(left[place], input_tokens)
        return total


def total_of(tariff: Tariff, counts: Mapping[str, int | None], theirs: Callable[[], Decimal | None]) -> Decimal | None:
    """The dollars for some counts; None where no honest figure exists.

    `theirs` asks genai-prices. It is asked for the first usage of each shape, and for all of a shape for which it gave
    another figure than the tariff: which counts must stand beside which is its own matter.
    """
    shape = frozenset(name for name, count in counts.items() if count)
    agrees = tariff.checked.get(shape)
    if agrees:
        return tariff.total(counts)
    found = theirs()
    if agrees is None and found is not None:
        tariff.checked[shape] = found == tariff.total(counts)
    return found


class Tariffs:
    """The tariffs of one snapshot of genai-prices' table."""

    def __init__(self, snapshot: Any) -> None:
        self.snapshot = snapshot
        self._models: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._known: dict[tuple[Any, ...], Tariff | None] = {}

    def find(self, prices_id: str, model: str, *, at: datetime, tier: str | None) -> tuple[Tariff | None, Any]:
        """The tariff, None where the model's prices are left to genai-prices, and its ModelInfo. Raises LookupError."""
        named = (prices_id, model)
        if named not in self._models:
            self._models[named] = self.snapshot.find_provider_model(model, None, prices_id, None)
        provider, info = self._models[named]
        season = tuple([constraint.active(at) for constraint in _constraints(info)])
        key = (named, tier, season)
        if key not in self._known:
            context = {"service_tier": tier} if tier and any(info is one for one in provider.models) else None
            self._known[key] = _tariff(info.get_prices(at, context))
        return self._known[key], info


@cache
def _units() -> Any:
    from genai_prices.data_units import unit_data
    from genai_prices.units import UnitRegistry

    return UnitRegistry(unit_data)


def _constraints(info: Any) -> list[Any]:
    prices = info.prices if isinstance(info.prices, list) else []
    conditions = [price.constraint for price in [*prices, *(info.price_variants or ())]]
    return [constraint for constraint in conditions if constraint is not None]


def _tariff(prices: Any) -> Tariff | None:
    """The tariff of a ModelPrice; None for one that does not price by counts of tokens alone."""
    registry = _units()
    priced = [(name, price) for name, price in vars(prices).items() if price is not None and not name.startswith("_")]
    try:
        units = [registry.unit_for_price_key(name) for name, _ in priced]
    except KeyError:
        return None
    if any(unit.usage_key == "requests" or _LIKE_GROQ_WHISPER in unit.usage_key for unit in units):
        return None
    by_depth = sorted(range(len(units)), key=lambda at: (-len(units[at].dimensions), units[at].usage_key))
    leaves: list[_Unit] = []
    for at in by_depth:
        unit = units[at]
        special = [
            place
            for place, other in enumerate(by_depth[: len(leaves)])
            if unit.dimensions.items() <= units[other].dimensions.items()
        ]
        leaves.append(_Unit(unit.usage_key, priced[at][1], unit.per, tuple(special)))
    return Tariff(tuple(leaves), tuple(by_depth.index(at) for at in range(len(units))))
