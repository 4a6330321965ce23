"""Values held against what the SDK's own annotations say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.providers.params import Param, ParamSource


def check(target: str, source: ParamSource, params: Mapping[str, Param], given: Mapping[str, Any]) -> None:
    """Raises InvalidParams with every fault at once."""
    raise NotImplementedError
