"""From the JSON body of an answer to a universal response."""

from __future__ import annotations

from typing import Any

from ell2a.calls import CallMetadata, Ell2aCall, Ell2aResponse
from ell2a.messages import Block, OpaqueBlock
from ell2a.providers.openai_responses.native_keys import WIRE


def read_response(body: Any, call: Ell2aCall, provider: str) -> Ell2aResponse:
    """The response that an answer is."""
    items = body.get("output") if isinstance(body, dict) else None
    content: list[Block] = [OpaqueBlock(wire=WIRE, kind="item", raw=item) for item in items or ()]
    metadata = CallMetadata(provider=provider, wire=WIRE, model=call.model)
    return Ell2aResponse(content, [], metadata=metadata)
