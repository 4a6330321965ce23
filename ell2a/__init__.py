"""ell2a: one strict contract for every language-model provider, and a log of every call.

import ell2a

@ell2a.simple("openai/gpt-4o-mini", temperature=0.2)
def haiku(about: str) -> str:
    "You write haiku."
    return f"Write one about {about}."

print(haiku("the sea"))
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

from ell2a import errors, learning
from ell2a.agents import Agent, agent
from ell2a.calling import acall, call
from ell2a.calls import (
    AgentChoice,
    AgentSpec,
    CallMetadata,
    Cost,
    Delta,
    Ell2aCall,
    Ell2aResponse,
    ResponseFormat,
    ServerAgent,
    UniversalParams,
    Usage,
)
from ell2a.errors import Ell2aError
from ell2a.handles import ModelHandle
from ell2a.lmp import complex, simple
from ell2a.messages import Message, assistant, document, image, system, user
from ell2a.providers import AsyncStream, Stream, register_provider
from ell2a.providers.clients import aclose, close
from ell2a.refreshing import refresh
from ell2a.settings import current_log, init

if TYPE_CHECKING:
    from ell2a import log, models, providers, replay, sandbox
    from ell2a.tracing import trace

__version__ = _version("ell2a")

_MODULES = ("log", "models", "providers", "replay", "sandbox")
"""Reached as `ell2a.replay` and the like, imported when first asked for."""
_FUNCTIONS = {"register_model": "ell2a.providers.registration", "trace": "ell2a.tracing"}
"""Name -> the module that it is imported from when first asked for."""

__all__ = [
    "Agent",
    "AgentChoice",
    "AgentSpec",
    "AsyncStream",
    "CallMetadata",
    "Cost",
    "Delta",
    "Ell2aCall",
    "Ell2aError",
    "Ell2aResponse",
    "Message",
    "ModelHandle",
    "ResponseFormat",
    "ServerAgent",
    "Stream",
    "UniversalParams",
    "Usage",
    "acall",
    "aclose",
    "agent",
    "assistant",
    "call",
    "close",
    "complex",
    "current_log",
    "document",
    "errors",
    "image",
    "init",
    "learning",
    "log",
    "models",
    "providers",
    "refresh",
    "register_model",
    "register_provider",
    "replay",
    "sandbox",
    "simple",
    "system",
    "trace",
    "user",
]


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return getattr(import_module(_FUNCTIONS[name]), name)
    if name in _MODULES:
        return import_module(f"ell2a.{name}")
    raise AttributeError(f"module 'ell2a' has no attribute {name!r}")
