"""Which events of a stream are pieces of one block, for `ell2a.providers.joined_pieces`."""

from __future__ import annotations

from typing import Any

_KEYS = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
"""Type of a delta -> where its piece stands."""
_EVENT = {"type", "index", "delta"}


def piece_of(event: Any) -> tuple[Any, str] | None:
    """The block and kind of delta, and the piece."""
    if not isinstance(event, dict) or event.get("type") != "content_block_delta" or event.keys() != _EVENT:
        return None
    delta = event["delta"]
    kind = delta.get("type") if isinstance(delta, dict) else None
    key = _KEYS.get(kind) if isinstance(kind, str) else None
    if key is None or delta.keys() != {"type", key} or type(event["index"]) is not int:
        return None
    piece = delta[key]
    return ((kind, event["index"]), piece) if isinstance(piece, str) else None


def with_piece(event: Any, piece: str) -> Any:
    """The event with another piece."""
    kind = event["delta"]["type"]
    return {**event, "delta": {"type": kind, _KEYS[kind]: piece}}
