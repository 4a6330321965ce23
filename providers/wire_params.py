"""What a wire's table says of a param beyond the SDK's signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ell2a.providers.params import Range


@dataclass(frozen=True, slots=True)
class ParamNote:
    """One row of a wire's param table: only what the signature lacks."""

    type: Any = None
    """The type, where the installed SDK may have no argument for the param; it then goes to `extra_body`."""
    doc: str | None = None
    range: Range | None = None
    refused_for: Callable[[str], str | None] | None = None
    """Model -> why this model does not take the param, or None where it does."""
    neutral: Any = None
    """The value that is taken even so, since it asks for nothing: the default of the param, or an empty object or list for any that
    says nothing; None: no value."""
    source: str = ""
    """Where this row is known from."""
