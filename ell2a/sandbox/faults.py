"""What the sandbox answers instead of an answer: a refusal of the request, told by each wire in its own shape."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "invalid",
    "authentication",
    "permission",
    "not_found",
    "too_large",
    "rate_limit",
    "overloaded",
    "server",
    "filtered",
]


class Fault(Exception):
    """A request that is not answered. Each wire has its status and type for every kind."""

    def __init__(
        self,
        kind: Kind,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        retry_after: float | None = None,
        try_again: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message
        self.param = param
        """The param at fault, where the wire has a field for it."""
        self.code = code
        """A more exact name, where the wire has a field for it."""
        self.retry_after = retry_after
        """Seconds, for the header `retry-after`."""
        self.try_again = try_again
        """For the header `x-should-retry`, which the SDKs obey; None leaves it to them."""
