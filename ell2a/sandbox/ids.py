"""The sandbox's ids: the wire's own prefix, then `sandbox`, then what makes each one different."""

from __future__ import annotations

import secrets


def new_id(prefix: str) -> str:
    """An id such as `call_sandbox1f0c...`: letters, digits, `_` and `-` only, as both wires ask."""
    return f"{prefix}sandbox{secrets.token_hex(8)}"
