"""From the JSON body of a request to a universal call: for traced clients and imports."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.messages import user
from ell2a.providers.openai_responses.native_keys import WIRE


def read_request(native: dict[str, Any], provider: str) -> Ell2aCall:
    """The call that a request amounts to."""
    given = native.get("input")
    params = {name: value for name, value in native.items() if name not in ("model", "input", "stream")}
    return Ell2aCall(
        model=native["model"],
        provider=provider,
        wire=WIRE,
        messages=[user(given)] if isinstance(given, str) else [],
        stream=native.get("stream") is True,
        api_params=params,
    )
