"""What is told to the log of a replay: the plan's account instead of the translator's, and what was found in the answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from ell2a.calls import (
    CallClosing,
    CallObserver,
    CallOpening,
    CallRecord,
    Delta,
    Ell2aResponse,
    ResponseFormat,
    TranslationItem,
)
from ell2a.replay.in_words import check_json


class ReplayObserver:
    """Stands before the log in the replay of a call.

    The log keeps the plan's items as the call's translation. An answer whose JSON was asked for in words is checked
    before it is logged, so that the log and the program see the same; where the replay stops at an agent,
    `metadata.other["replay"]` says so.
    """

    def __init__(
        self,
        inner: CallObserver,
        items: Sequence[TranslationItem],
        wanted: ResponseFormat | None,
        stop_of: Callable[[Ell2aResponse], dict[str, Any] | None],
    ) -> None:
        self._inner, self._items, self._wanted, self._stop_of = inner, items, wanted, stop_of

    def open(self, opening: CallOpening) -> CallRecord:
        """Open the record, with the plan's account."""
        return self._record(self._inner.open(self._told(opening)))

    async def aopen(self, opening: CallOpening) -> CallRecord:
        """Open the record, with the plan's account."""
        return self._record(await self._inner.aopen(self._told(opening)))

    def _told(self, opening: CallOpening) -> CallOpening:
        return dataclasses.replace(opening, translation=self._items)

    def _record(self, inner: CallRecord) -> _ReplayRecord:
        return _ReplayRecord(inner, self._completed)

    def _completed(self, closing: CallClosing) -> CallClosing:
        """The closing with what a replay adds to the response. The response is the very one that the program gets."""
        response = closing.response
        if response is None or closing.status != "ok":
            return closing
        if self._wanted is not None:
            check_json(response, self._wanted)
        stop = self._stop_of(response)
        if stop is not None:
            other = {**response.metadata.other, "replay": stop}
            response.metadata = response.metadata.model_copy(update={"other": other})
        return dataclasses.replace(closing, metadata=response.metadata)


class _ReplayRecord:
    def __init__(self, inner: CallRecord, completed: Callable[[CallClosing], CallClosing]) -> None:
        self._inner, self._completed = inner, completed

    def delta(self, delta: Delta) -> None:
        self._inner.delta(delta)

    def close(self, closing: CallClosing) -> None:
        self._inner.close(self._completed(closing))

    async def aclose(self, closing: CallClosing) -> None:
        await self._inner.aclose(self._completed(closing))
