"""The answers that a sandbox keeps, so that later requests can go on from them: those of the wire openai-responses."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

_KEPT = 1000


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """One answer, and what it was an answer to."""

    body: dict[str, Any]
    """As it was sent."""
    given: tuple[dict[str, Any], ...]
    """The items of its request, those of the answers before it included; each has an id."""

    @property
    def items(self) -> tuple[dict[str, Any], ...]:
        """The whole conversation, this answer at its end."""
        return (*self.given, *self.body["output"])


class StoredResponses:
    """The last thousand answers by id. Safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, StoredResponse] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, response: StoredResponse) -> None:
        """Keep an answer; the oldest goes where there are too many."""
        with self._lock:
            self._kept[response.body["id"]] = response
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def find(self, response_id: str) -> StoredResponse | None:
        """The answer of an id; None where none is kept."""
        with self._lock:
            return self._kept.get(response_id)

    def drop(self, response_id: str) -> bool:
        """Forget an answer. False where none was kept."""
        with self._lock:
            return self._kept.pop(response_id, None) is not None

    def item(self, item_id: str) -> dict[str, Any] | None:
        """An item of any kept answer or its request, by its own id."""
        with self._lock:
            kept = list(self._kept.values())
        return next((i for response in reversed(kept) for i in response.items if i.get("id") == item_id), None)
