"""Prompt caching as the providers count it: the beginning of a request that was seen before is read from the cache."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from ell2a.sandbox import tokens
from ell2a.sandbox.conversation import Conversation

SHORTEST = 64
"""Beginnings shorter than this many tokens are not cached: smaller than the providers' own 1,024, to be met in tests."""
_KEPT = 10_000


class PrefixCache:
    """Remembers which beginnings of conversations were seen. Safe to use from several threads."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def look_up(self, conversation: Conversation) -> tuple[int, int, int]:
        """Tokens of the whole request, of its cached beginning, and of what is newly written to the cache.

        With `automatic` caching every turn ends a beginning and writing costs nothing; with `marked`
        caching only the marked turns do, and what they add is told as written.
        """
        total = tokens.of_agents(conversation.agents)
        digest = hashlib.sha256(f"{conversation.caching}\0{conversation.model}\0{conversation.agents!r}".encode())
        ends: list[tuple[bytes, int]] = []
        for turn in conversation.turns:
            total += tokens.of_turn(turn)
            digest.update(repr((turn.role, turn.parts)).encode())
            if (conversation.caching == "automatic" or turn.cache_mark) and total >= SHORTEST:
                ends.append((digest.digest(), total))
        with self._lock:
            read = max((size for key, size in ends if key in self._seen), default=0)
            for key, _ in ends:
                self._seen[key] = None
                self._seen.move_to_end(key)
            while len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
        longest = ends[-1][1] if ends else 0
        return total, read, longest - read if conversation.caching == "marked" else 0
