"""Typed handles of the providers: `from ell2a.models import openai, anthropic`.

Every provider has one, under its own name with `-` and `.` written `_`; those of rows that a user adds too.
"""

from __future__ import annotations

from ell2a.handles import ModelHandle, ProviderHandle
from ell2a.providers import registry

openai = ProviderHandle("openai")
anthropic = ProviderHandle("anthropic")

__all__ = ["ModelHandle", "ProviderHandle", "anthropic", "openai"]


def __getattr__(name: str) -> ProviderHandle:
    for known in registry.names():
        if known.replace("-", "_").replace(".", "_") == name:
            return ProviderHandle(known)
    raise AttributeError(f"no provider is called {name!r}. Known: {', '.join(registry.names())}.")


def __dir__() -> list[str]:
    return sorted({*__all__, *(n.replace("-", "_").replace(".", "_") for n in registry.names())})
