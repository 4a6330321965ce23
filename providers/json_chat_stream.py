"""A stream whose events are answers with a piece of the message each, joined into the answer that would have come whole."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ell2a.calls import Delta
from ell2a.providers.answer_places import AnswerPlaces, put_at, value_at, without
from ell2a.providers.message_fields import MessageField


class JsonChatStream:
    """The accumulator of such a wire. What later events say of a leaf beside the message stands over what earlier ones did."""

    def __init__(
        self,
        places: AnswerPlaces,
        fields: Sequence[MessageField],
        *,
        is_last: Callable[[dict[str, Any]], bool],
        is_error: Callable[[Any], bool],
    ) -> None:
        self.done = False
        self.error: Any = None
        self._places, self._is_last, self._is_error = places, is_last, is_error
        self._fields = {field.key: field for field in fields}
        self._whole: dict[str, Any] = {}
        self._message: dict[str, Any] = {}

    def feed(self, event: Any) -> Iterator[Delta]:
        """Take in one event; give the deltas in it."""
        if not isinstance(event, dict):
            return
        if self._is_error(event):
            self.error = event
            return
        self.done = self.done or self._is_last(event)
        place = self._places.piece or self._places.message
        piece = value_at(event, place)
        self._whole = _laid_over(self._whole, without(event, {place}))
        for key, value in piece.items() if isinstance(piece, dict) else ():
            field = self._fields.get(key)
            # A piece of what is no field of the message, such as its role, comes once.
            self._message[key] = (
                value if field is None or key not in self._message else field.joined(self._message[key], value)
            )
            yield from field.deltas(value) if field else ()

    def response(self) -> dict[str, Any]:
        """The answer so far."""
        whole = copy.deepcopy(self._whole)
        if whole or self._message:
            put_at(whole, self._places.message, copy.deepcopy(self._message))
        return whole


def _laid_over(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{key: _laid_over(one.get(key), value) for key, value in other.items()}}
    if isinstance(one, list) and isinstance(other, list):
        both = [_laid_over(a, b) for a, b in zip(one, other, strict=False)]
        return both + (one[len(both) :] or other[len(both) :])
    return one if other is None else other
