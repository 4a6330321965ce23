"""The attempts of one call: each request that the SDK sends for it, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ell2a.calls import Attempt


@dataclass(slots=True)
class _Try:
    began: float
    ended: float | None = None
    status: int | None = None
    request_id: str | None = None
    error: str | None = None


class Attempts:
    """Times are those of `time.perf_counter`; an attempt ends when the head of its answer is there."""

    def __init__(self) -> None:
        self._tries: list[_Try] = []

    def __len__(self) -> int:
        return len(self._tries)

    def begins(self) -> None:
        """A request is about to leave."""
        self._tries.append(_Try(time.perf_counter()))

    def broke(self, exception: BaseException) -> None:
        """It got no answer."""
        last = self._tries[-1]
        last.ended, last.error = time.perf_counter(), type(exception).__name__

    def answered(self, status: int, request_id: str | None) -> None:
        """It was answered, well or not."""
        last = self._tries[-1]
        last.ended, last.status, last.request_id = time.perf_counter(), status, request_id

    def as_metadata(self) -> list[Attempt]:
        """All of them, each with the wait before it."""
        found: list[Attempt] = []
        before: float | None = None
        for number, one in enumerate(self._tries, 1):
            attempt = Attempt(
                number=number,
                status=one.status,
                request_id=one.request_id,
                error=one.error,
                waited_ms=None if before is None else (one.began - before) * 1000,
                duration_ms=None if one.ended is None else (one.ended - one.began) * 1000,
            )
            found.append(attempt)
            before = one.ended
        return found
