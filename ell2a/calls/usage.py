"""What a call used and what it cost, counted alike on every wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_serializer

from ell2a.messages import JsonValue


class Usage(BaseModel):
    """Tokens. Input INCLUDES cached ones, output INCLUDES reasoning; a number the provider did not give is None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    """Of the input, those read from a cache."""
    cache_write_tokens: int | None = None
    """Of the input, those written to a cache."""
    reasoning_tokens: int | None = None
    """Of the output, those spent on thinking."""
    audio_input_tokens: int | None = None
    audio_output_tokens: int | None = None
    server_agent_calls: dict[str, int] = Field(default_factory=dict)
    """Calls of the provider's own agents, by its name for the counter."""
    raw: dict[str, JsonValue] | None = None
    """What the provider sent."""

    @property
    def total_tokens(self) -> int | None:
        """Input and output together; None where either is unknown."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


class Cost(BaseModel):
    """What a call cost. Where that is unknown there is no Cost, never one of 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Decimal
    """Exact; a JSON number in the JSON form."""
    currency: str = "USD"
    source: str
    """Where the price is known from, such as `genai-prices 0.2.3` or the provider's own answer."""
    as_of: str | None = None
    """The day the price was checked, ISO 8601."""

    @field_serializer("amount", when_used="json")
    def _number(self, amount: Decimal) -> Any:
        return float(amount)
