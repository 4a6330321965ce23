"""Which events of a stream are pieces of one part of an item, for `ell2a.providers.joined_pieces`."""

from __future__ import annotations

from typing import Any

_KINDS = frozenset(
    {
        "response.output_text.delta",
        "response.refusal.delta",
        "response.reasoning_text.delta",
        "response.reasoning_summary_text.delta",
        "response.function_call_arguments.delta",
    }
)
_PLACE = ("item_id", "output_index", "content_index", "summary_index")
_KNOWN = frozenset({"type", "delta", "logprobs", "obfuscation", "sequence_number", *_PLACE})


def piece_of(event: Any) -> tuple[Any, str] | None:
    """The kind of event and the part that it is of, and the piece."""
    if not isinstance(event, dict) or event.get("type") not in _KINDS or event.get("logprobs"):
        return None
    piece = event.get("delta")
    if not isinstance(piece, str) or not event.keys() <= _KNOWN:
        return None
    return (event["type"], *map(event.get, _PLACE)), piece


def with_piece(event: Any, piece: str) -> Any:
    """The event with another piece."""
    return {**event, "delta": piece}
