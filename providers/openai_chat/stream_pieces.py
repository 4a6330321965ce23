"""Which chunks of a stream are pieces of one text, for `ell2a.providers.joined_pieces`."""

from __future__ import annotations

from typing import Any

from ell2a.providers.openai_chat.reasoning import PLAIN_FIELDS

_TEXTS = frozenset({"content", "refusal", *PLAIN_FIELDS})
_BESIDE = frozenset({"choices", "obfuscation"})


def piece_of(event: Any) -> tuple[Any, str] | None:
    """All that the chunk says beside its piece, and the piece."""
    choices = event.get("choices") if isinstance(event, dict) else None
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict) or "error" in event:
        return None
    choice = choices[0]
    delta = choice.get("delta")
    if not isinstance(delta, dict) or len(delta) != 1 or choice.get("finish_reason") is not None:
        return None
    ((name, piece),) = delta.items()
    if name not in _TEXTS or not isinstance(piece, str) or choice.get("logprobs") is not None:
        return None
    rest = {key: value for key, value in event.items() if key not in _BESIDE}
    of_choice = {key: value for key, value in choice.items() if key != "delta"}
    return (name, of_choice, rest), piece


def with_piece(event: Any, piece: str) -> Any:
    """The chunk with another piece."""
    choice = event["choices"][0]
    (name,) = choice["delta"]
    return {**event, "choices": [{**choice, "delta": {name: piece}}]}
