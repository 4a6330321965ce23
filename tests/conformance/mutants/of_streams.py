"""Mutants of law 4: what becomes of streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.mutants.making import base_of, mutant

from ell2a.calls import Delta


class _Wrapped:
    """An accumulator that passes all on to the shipped one."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    @property
    def done(self) -> bool:
        return bool(self.inner.done)

    @property
    def error(self) -> Any:
        return self.inner.error

    def feed(self, event: Any) -> Iterable[Delta]:
        return list(self.inner.feed(event))

    def response(self) -> Any:
        return self.inner.response()


def _accumulating(wrapper: type[_Wrapped]) -> dict[str, Any]:
    return {"accumulator": lambda self: wrapper(base_of(self).accumulator(self))}


class _Loses(_Wrapped):
    pieces = 0

    def feed(self, event: Any) -> Iterable[Delta]:
        choices = event.get("choices") or []
        if choices and choices[0]["delta"].get("content"):
            self.pieces += 1
        return [] if self.pieces == 2 and choices and choices[0]["delta"].get("content") else super().feed(event)


class _CountsTwice(_Wrapped):
    def response(self) -> Any:
        whole = self.inner.response()
        usage = whole.get("usage")
        if not usage:
            return whole
        return {**whole, "usage": {**usage, "output_tokens": 2 * (usage.get("output_tokens") or 0)}}


class _AlwaysDone(_Wrapped):
    @property
    def done(self) -> bool:
        return True


class _NoError(_AlwaysDone):
    @property
    def error(self) -> Any:
        return None


class _Doubled(_Wrapped):
    def feed(self, event: Any) -> Iterable[Delta]:
        return [delta for delta in super().feed(event) for _ in range(2)]


class _AllIntoFirst(_Wrapped):
    def feed(self, event: Any) -> Iterable[Delta]:
        for choice in event.get("choices") or ():
            for call in choice["delta"].get("tool_calls") or ():
                if call["index"] > 0:
                    call["index"] = 0
                    call.pop("id", None)
                    call["function"].pop("name", None)
        return super().feed(event)


def _characters_by_piece(self: Any, pieces: Iterator[bytes], decoder: Any) -> Iterator[tuple[Any, int]]:
    readable = (piece.decode("utf-8", "replace").encode() for piece in pieces)
    yield from base_of(self)._events(self, readable, decoder)


mutant("stream-joins-wrongly", "openai", **_accumulating(_Loses))
mutant("stream-usage-twice", "anthropic", **_accumulating(_CountsTwice))
mutant("truncated-said-ok", "anthropic", **_accumulating(_AlwaysDone))
mutant("stream-error-ignored", "anthropic", **_accumulating(_NoError))
mutant("cut-characters", "openai", _events=_characters_by_piece)
mutant("delta-doubled", "anthropic", **_accumulating(_Doubled))
mutant("stream-arguments-mixed", "openai", **_accumulating(_AllIntoFirst))
