"""The params of an SDK's call function: what each takes, where it goes, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Route = Literal["argument", "extra_body"]
ParamKind = Literal["param", "owned", "option"]
"""`param`: the provider's own, free to use. `owned`: ell2a sets it itself. `option`: of the SDK's request
(timeout, extra headers), not of the model."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a param takes, both ends included; None is open."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the value lies in the range."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        low = "" if self.low is None else f"{self.low:g}"
        high = "" if self.high is None else f"{self.high:g}"
        return f"{low} to {high}" if low and high else (f"at least {low}" if low else f"at most {high}")


@dataclass(frozen=True, slots=True)
class Param:
    """One param of a provider's call function."""

    name: str
    type: str
    """As text, without the SDK's marks for "not given": `float | None`, `"low" | "high"`."""
    default: str | None
    """As text; None where there is none."""
    required: bool
    doc: str | None
    range: Range | None
    route: Route
    """`extra_body`: the wire takes it, the installed SDK has no argument for it."""
    kind: ParamKind
    why_not: str | None
    """Why ell2a owns it and what to write instead, or why this model does not take it; None where it is allowed."""
    deprecated: str | None
    universal: str | None
    """The field of UniversalParams that means the same."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each fact is from: `{"type": "openai 3.54.0 signature", "range": "https://..."}`."""

    @property
    def allowed(self) -> bool:
        """Whether it may be written in a definition."""
        return self.why_not is None


@dataclass(frozen=True, slots=True)
class ParamSource:
    """Where the params of a wire come from."""

    kind: Literal["signature", "pydantic", "nested", "botocore", "unreadable"]
    function: Any
    """The SDK's function or class; None with `unreadable`."""
    described_as: str
    """Such as `openai 3.54.0, Completions.create`."""
