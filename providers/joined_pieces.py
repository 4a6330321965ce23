"""Runs of pieces in a stream that has been read already, made into one event each: half of what reading it again costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

PieceOf = Callable[[Any], tuple[Any, str] | None]
"""An event -> what it is a piece of, and the piece; None for one that stands for itself."""
WithPiece = Callable[[Any, str], Any]
"""An event and another piece -> the event with that one."""


def joined(events: Iterable[Any], piece_of: PieceOf, with_piece: WithPiece) -> Iterator[Any]:
    """The events, with those after one another that are pieces of the same thing made one.

    What they amount to is the same. Only in a broken stream, whose pieces belong to nothing that was begun, are fewer
    events kept as unread: with all their words.
    """
    last: Any = None
    of: Any = None
    pieces: list[str] = []
    for event in events:
        found = piece_of(event)
        if found is not None and pieces and found[0] == of:
            pieces.append(found[1])
            continue
        if pieces:
            yield with_piece(last, "".join(pieces)) if len(pieces) > 1 else last
        if found is None:
            pieces = []
            yield event
        else:
            last, of, pieces = event, found[0], [found[1]]
    if pieces:
        yield with_piece(last, "".join(pieces)) if len(pieces) > 1 else last
