"""The bodies of HTTP answers: read already, or teed while their reader takes them in."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Protocol

Piece = tuple[float, bytes]
"""When some bytes came, by `time.perf_counter`, and the bytes."""


@dataclass(frozen=True, slots=True)
class BodyForm:
    """How a body is written, by the head of its answer."""

    encoding: str
    """Of the bytes, such as `gzip`; empty for none."""
    content_type: str
    """Without its parameters, in lower case."""
    module: ModuleType
    """httpx or httpx2, whichever the answer is of: neither is imported for the other's sake."""

    @classmethod
    def of(cls, response: Any) -> BodyForm:
        """The form of an answer's body."""
        kind = next(kind for kind in type(response).__mro__ if kind.__name__ == "Response")
        return cls(
            encoding=response.headers.get("content-encoding", ""),
            content_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            module=sys.modules[kind.__module__.partition(".")[0]],
        )

    def decoded(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The pieces of a body without the encoding that they were sent in, as far as they can be decoded."""
        if not self.encoding:
            yield from pieces
            return
        arrived = 0.0

        def raw() -> Iterator[bytes]:
            nonlocal arrived
            for arrived, piece in pieces:  # noqa: B007  # the time is read beside, once the piece is decoded
                yield piece

        copy = self.module.Response(200, headers={"content-encoding": self.encoding}, content=raw())
        try:
            for piece in copy.iter_bytes():
                yield arrived, piece
        except self.module.DecodingError:
            # A body that was broken off; its reader is told so by the HTTP client.
            return


class BodyReader(Protocol):
    """Who is told of a body, once: when it ended, broke, or is not read on."""

    def body_over(self, tee: Tee, exception: BaseException | None) -> None: ...

    async def abody_over(self, tee: Tee, exception: BaseException | None) -> None: ...


class Tee:
    """An HTTP client's stream of bytes that keeps what its reader was given.

    Nothing that it knows knows it: an answer that is dropped is told at once, not when the collector comes.
    """

    def __init__(self, stream: Any, form: BodyForm, reader: BodyReader) -> None:
        self._stream, self._reader = stream, reader
        self._is_over = False
        self.form = form
        self._times: list[float] = []
        self._pieces: list[bytes] = []
        self.has_ended = False
        """The body came to its end."""
        self.stream_observer = getattr(stream, "stream_observer", None)
        """The anthropic SDK looks for it at each event."""

    def decoded(self) -> list[Piece]:
        """What its reader was given, without the encoding that it was sent in."""
        return list(self.form.decoded(zip(self._times, self._pieces, strict=True)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_stream" not in self.__dict__:
            raise AttributeError(name)
        # An SDK may have put something of its own on the stream.
        return getattr(self._stream, name)

    def __del__(self) -> None:
        if "_is_over" in self.__dict__:
            self.stop()

    def stop(self, exception: BaseException | None = None) -> None:
        """Tell that it is over, if nobody did yet."""
        if not self._is_over:
            self._is_over = True
            self._reader.body_over(self, exception)

    async def astop(self, exception: BaseException | None = None) -> None:
        """`stop`, awaited."""
        if not self._is_over:
            self._is_over = True
            await self._reader.abody_over(self, exception)


class _SyncTee(Tee):
    def __iter__(self) -> Iterator[bytes]:
        arrives, keep, now = self._times.append, self._pieces.append, time.perf_counter
        try:
            for piece in self._stream:
                arrives(now())
                keep(piece)
                yield piece
        except GeneratorExit:
            raise
        except BaseException as exception:
            self.stop(exception)
            raise
        self.has_ended = True
        self.stop()

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self.stop()


class _AsyncTee(Tee):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        arrives, keep, now = self._times.append, self._pieces.append, time.perf_counter
        try:
            async for piece in self._stream:
                arrives(now())
                keep(piece)
                yield piece
        except GeneratorExit:
            raise
        except BaseException as exception:
            await self.astop(exception)
            raise
        self.has_ended = True
        await self.astop()

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            await self.astop()


def tee(response: Any, reader: BodyReader, *, is_async: bool) -> Tee:
    """Put a tee before the body of an answer that is not read yet."""
    form = BodyForm.of(response)
    base = form.module.AsyncByteStream if is_async else form.module.SyncByteStream
    made: Tee = _tee_class(base, is_async)(response.stream, form, reader)
    response.stream = made
    return made


def content_of(response: Any) -> bytes | None:
    """The body of an answer that is read already, decoded; None for one that is not."""
    try:
        return bytes(response.content)
    except RuntimeError:
        return None


@cache
def _tee_class(base: type, is_async: bool) -> Any:
    return type("Tee", (_AsyncTee if is_async else _SyncTee, base), {})
