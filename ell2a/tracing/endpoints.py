"""Which requests of an SDK are calls of a model, and on which wire."""

from __future__ import annotations

from collections.abc import Mapping

ENDPOINTS: Mapping[str, Mapping[str, str]] = {
    "openai": {"/chat/completions": "openai-chat", "/responses": "openai-responses"},
    "anthropic": {"/v1/messages": "anthropic-messages"},
}
"""Package -> path, as its SDK's resources name it -> wire. Everything else that the SDK sends is passed on untouched.

The clients for Azure, Bedrock and Vertex turn these paths into their services' own later on.
"""


def sdk_package(client_class: type) -> str | None:
    """The SDK that a client's class, or one that it is derived from, is of; None where calls of it cannot be traced."""
    roots = (kind.__module__.partition(".")[0] for kind in client_class.__mro__)
    return next((root for root in roots if root in ENDPOINTS), None)


def wire_of(package: str, method: str, url: str) -> str | None:
    """The wire of a request, by the path that the SDK's resource gave; None for one that calls no model."""
    if method.lower() != "post":
        return None
    return ENDPOINTS[package].get(url.partition("?")[0])
