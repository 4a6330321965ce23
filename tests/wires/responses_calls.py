"""The provider and the calls that the tests of the wire openai-responses share."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.messages import Message
from ell2a.providers import Provider, registry

WIRE = "openai-responses"


def responses() -> Provider:
    """OpenAI, on the wire."""
    return registry.get("openai", WIRE)


def call_of(*messages: Message, **more: Any) -> Ell2aCall:
    """A call on the wire."""
    return Ell2aCall(model="gpt-4.1", provider="openai", wire=WIRE, messages=list(messages), **more)


def answered(*items: Any, call: Ell2aCall | None = None, **more: Any) -> Ell2aResponse:
    """What an answer of these items becomes."""
    body = {"id": "resp_1", "object": "response", "model": "m", "status": "completed", "output": list(items), **more}
    return responses().translate_provider_to_ell2a(body, call or call_of())


def sent(call: Ell2aCall) -> dict[str, Any]:
    """The native request of a call."""
    return responses().translate_ell2a_to_provider(call)


def read(*items: Any, **more: Any) -> Ell2aCall:
    """The call of a request with these items."""
    return responses().translate_request_to_ell2a({"model": "m", "input": list(items), **more})
