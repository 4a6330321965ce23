"""What a provider's refusal shows of a model: one param or capability that it does not take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ell2a.messages import JsonValue

ObservedKind = Literal["param", "capability"]


@dataclass(frozen=True, slots=True)
class Observed:
    """One thing that an answer said the model does not do, or how far it does it."""

    kind: ObservedKind
    name: str
    """A native param, such as `max_tokens` or `output_config.effort`; or a field of ProviderCapabilities."""
    words: str
    """The provider's own, cut to a few hundred characters."""
    value: JsonValue = None
    """Of a param: the one value that is refused, where others are taken; None: it is not taken at all.
    Of a capability: the limit that was told; None: it is not there."""
