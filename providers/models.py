"""Models: which provider has which, and what users say of theirs."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ell2a.providers.capabilities import Fact


@dataclass(frozen=True)
class RegisteredModel:
    """A model as a user registered it. What it says wins over every other source."""

    name: str
    provider: str
    wire: str | None = None
    default_client: Any = None
    disallowed_params: Mapping[str, str] = field(default_factory=dict)
    """Name -> reason."""
    default_params: Mapping[str, Any] = field(default_factory=dict)
    capabilities: Mapping[str, Fact] = field(default_factory=dict)


_registered: dict[tuple[str, str], RegisteredModel] = {}
_lock = threading.Lock()


def register(model: RegisteredModel) -> None:
    """Take in a model; one registered before under the same provider and name is replaced."""
    with _lock:
        _registered[(model.provider, model.name)] = model


def registered(provider: str, name: str) -> RegisteredModel | None:
    """What a user said of a model."""
    return _registered.get((provider, name))


def registered_models() -> Iterable[RegisteredModel]:
    """All that users registered."""
    return tuple(_registered.values())
