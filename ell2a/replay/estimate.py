"""What a replay will probably cost: the original's logged tokens at the target's prices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from ell2a.calls import Cost, Usage
from ell2a.providers import prices
from ell2a.replay.params import Target


class EstimatedCost(BaseModel):
    """An estimate, and what it is reckoned from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cost: Cost
    input_tokens: int
    output_tokens: int
    reckoned_from: str
    """In words."""

    def as_json(self) -> dict[str, Any]:
        """The fields of a cost, with the tokens and the words beside them."""
        return {
            **self.cost.model_dump(mode="json"),
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "reckoned_from": self.reckoned_from,
        }


def estimated_cost(target: Target, usage: Mapping[str, Any] | None) -> EstimatedCost | None:
    """The cost of as many tokens as the original took, none of them cached; None where tokens or price are unknown.

    `usage` is the original's, in its public JSON form. The target counts tokens in its own way, so the figure
    is near, not exact.
    """
    asked, answered = (usage or {}).get("input_tokens"), (usage or {}).get("output_tokens")
    if target.provider.row.prices is None or asked is None or answered is None:
        return None
    counted = Usage(input_tokens=asked, output_tokens=answered)
    cost = prices.price(target.provider.row.prices, target.model, counted, at=datetime.now(UTC))
    if cost is None:
        return None
    words = (
        f"{asked:,} input and {answered:,} output tokens, as the original took by its own provider's count, none cached"
    )
    return EstimatedCost(cost=cost, input_tokens=asked, output_tokens=answered, reckoned_from=words)
