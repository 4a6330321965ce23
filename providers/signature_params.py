"""Params read from the signature of an SDK's function."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ell2a.providers.params import Param, ParamSource
from ell2a.providers.rows import ProviderRow
from ell2a.providers.sdk import SdkNeed, installed_version
from ell2a.providers.universal import UniversalRule
from ell2a.providers.wire_params import ParamNote


def source_of(sdk: SdkNeed, function: Any) -> ParamSource:
    """The source that a function's signature is."""
    return ParamSource(
        "signature", function, f"{sdk.package} {installed_version(sdk.package)}, {function.__qualname__}"
    )


@lru_cache(maxsize=64)
def argument_names(function: Any) -> frozenset[str]:
    """The names of a function's arguments, `self` and `extra_body` aside."""
    return frozenset(inspect.signature(inspect.unwrap(function)).parameters) - {"self", "extra_body"}


def params_of(
    source: ParamSource,
    *,
    owned: Mapping[str, str],
    notes: Mapping[str, ParamNote],
    universal: Mapping[str, UniversalRule],
    row: ProviderRow,
    model: str | None,
) -> Mapping[str, Param]:
    """Every param of a function, with what the wire's table adds."""
    raise NotImplementedError
