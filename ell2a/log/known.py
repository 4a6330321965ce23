"""What a writing process knows to be in its store already."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

_MOST_KNOWN = 50_000
"""Content ids remembered as written: 16 bytes each, some 5 MB in all."""


class Known:
    """The content ids that are known to be in the store, the latest kept."""

    def __init__(self) -> None:
        self._ids: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    def add(self, ids: Sequence[bytes]) -> None:
        """They are committed now. Called by whoever has the turn to write."""
        for id in ids:
            self._ids[id] = None
        while len(self._ids) > _MOST_KNOWN:
            self._ids.popitem(last=False)

    def forget(self) -> None:
        """Rows were deleted: nothing is known to be there."""
        self._ids = OrderedDict()
