"""The params of an SDK's call function: what each takes, where it goes, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from ell2a.providers.learned import Observation

Route = Literal["argument", "extra_body"]
ParamKind = Literal["param", "owned", "option"]
"""`param`: the provider's own, free to use. `owned`: ell2a sets it itself. `option`: of the SDK's request
(timeout, extra headers), not of the model."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a param takes, or how many entries a list; both ends included, None is open."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the value lies in the range."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        low = "" if self.low is None else f"{self.low:g}"
        high = "" if self.high is None else f"{self.high:g}"
        return f"{low} to {high}" if low and high else (f"at least {low}" if low else f"at most {high}")


class ParamText(NamedTuple):
    """What is written of a param for people to read."""

    doc: str | None = None
    deprecated: str | None = None
    """What to use instead, in the source's words; None where it is not deprecated."""


@dataclass(frozen=True, slots=True)
class Param:
    """One param of a provider's call function."""

    name: str
    type: str
    """As text, without the SDK's marks for "not given": `float | None`, `"low" | "high"`."""
    default: str | None
    """As text; None where there is none."""
    required: bool
    range: Range | None
    route: Route
    """`extra_body`: the wire takes it, the installed SDK has no argument for it."""
    kind: ParamKind
    why_not: str | None
    """Why ell2a owns it and what to write instead, or why this model does not take it; None where it is allowed."""
    universal: str | None
    """The field of UniversalParams that means the same."""
    neutral: Any = None
    """The value that this model takes all the same, where it refuses every other: it asks for nothing. None: no value."""
    annotation: Any = field(default=Any, repr=False, compare=False)
    """The type as values are checked against it, the SDK's marks for "not given" taken off."""
    read_text: Callable[[], ParamText] = field(default=ParamText, repr=False, compare=False)
    """Reads `doc` and `deprecated` when they are asked for: a definition never needs them."""
    type_fault: str | None = None
    """Why its type cannot be read, so that every value of JSON is taken; None where it can."""
    observed: Observation | None = None
    """A refused call that showed that this model does not take it, or one value of it; it is allowed all the same."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each fact is from: `{"type": "openai 3.54.0, Completions.create", "range": "https://..."}`."""

    @property
    def allowed(self) -> bool:
        """Whether it may be written in a definition."""
        return self.why_not is None

    @property
    def doc(self) -> str | None:
        """What it does, from the SDK's own docs."""
        return self.read_text().doc

    @property
    def deprecated(self) -> str | None:
        """Why not to use it any more; None where it is not deprecated."""
        return self.read_text().deprecated

    def as_json(self) -> dict[str, Any]:
        """The public JSON form, for pages, the JSON API and the command line."""
        return {
            "name": self.name,
            "type": self.type,
            "default": self.default,
            "required": self.required,
            "doc": self.doc,
            "deprecated": self.deprecated,
            "range": None if self.range is None else {"low": self.range.low, "high": self.range.high},
            "route": self.route,
            "kind": self.kind,
            "allowed": self.allowed,
            "why_not": self.why_not,
            "neutral": self.neutral,
            "universal": self.universal,
            "observed": None if self.observed is None else self.observed.as_json(),
            "sources": dict(self.sources),
        }


@dataclass(frozen=True, slots=True)
class ParamSource:
    """Where the params of a wire come from."""

    kind: Literal["signature", "pydantic", "nested", "botocore", "unreadable"]
    function: Any
    """The SDK's function or class; None with `unreadable`."""
    described_as: str
    """Such as `openai 3.54.0, Completions.create`."""
    fault: str | None = None
    """Why the names of the params can't be read; None where they can. Of a type, the param itself says it."""
