"""The log as a call path's observer: it is told of a call before its request leaves, and after."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from ell2a.calls import CallClosing, CallOpening, Delta
from ell2a.log.aside import AsideWriter
from ell2a.log.records import ClosingRecord, OpeningRecord, Record
from ell2a.log.ticket import WRITTEN, Ticket
from ell2a.log.views import LmpSource
from ell2a.log.writer import PATIENCE_S, Writer


class LogObserver:
    """Logs calls. Whatever goes wrong in the log, it neither raises nor holds a call up longer than `PATIENCE_S`."""

    def __init__(
        self,
        writer: Callable[[], Writer | AsideWriter],
        *,
        lmp: LmpSource | None,
        place: str | None,
        replay_of: str | None,
    ) -> None:
        self._writer, self._lmp, self._place, self._replay_of = writer, lmp, place, replay_of

    def open(self, opening: CallOpening) -> LoggedCall:
        """Log a call as pending. It is committed, or put aside, when this returns."""
        writer = self._writer()
        ticket = _submit(writer, lambda: self._record(opening, writer), _HELD_S)
        _wait(writer, ticket)
        return LoggedCall(self._writer, opening.call_id, is_kept=ticket is not None)

    async def aopen(self, opening: CallOpening) -> LoggedCall:
        """`open`, while the event loop goes on."""
        writer = self._writer()
        ticket = _submit(writer, lambda: self._record(opening, writer))
        await _await(writer, ticket)
        return LoggedCall(self._writer, opening.call_id, is_kept=ticket is not None)

    def _record(self, opening: CallOpening, writer: Writer | AsideWriter) -> OpeningRecord:
        return OpeningRecord.of(opening, writer.id, self._lmp, self._place, self._replay_of)


class LoggedCall:
    """One call that is being logged."""

    def __init__(self, writer: Callable[[], Writer | AsideWriter], call_id: str, *, is_kept: bool) -> None:
        self._writer, self._call_id, self._is_kept = writer, call_id, is_kept

    def delta(self, delta: Delta) -> None:
        """Pieces of a stream are not kept one by one: the answer is, and the time and size of each chunk."""

    def close(self, closing: CallClosing) -> None:
        """Log what became of the call. It is committed, or put aside, when this returns."""
        if self._is_kept:
            writer = self._writer()
            _wait(writer, _submit(writer, lambda: ClosingRecord.of(self._call_id, closing), _HELD_S))

    async def aclose(self, closing: CallClosing) -> None:
        """`close`, while the event loop goes on."""
        if self._is_kept:
            writer = self._writer()
            await _await(writer, _submit(writer, lambda: ClosingRecord.of(self._call_id, closing)))


_HELD_S = 0.05
"""How long a caller tries to write by itself while another process writes; then the writer's thread goes on with it. An
event loop is not held at all."""


def _submit(writer: Writer | AsideWriter, make: Callable[[], Record], patience_s: float = 0.0) -> Ticket | None:
    try:
        return writer.submit(make(), patience_s=patience_s)
    except Exception as exception:
        # A value that cannot be kept, a user's redaction hook that fails: what it should have hidden is not written.
        writer.warn(f"{type(exception).__name__}: {exception}; the record is not kept")
        return None


def _wait(writer: Writer | AsideWriter, ticket: Ticket | None) -> None:
    if ticket is None or ticket is WRITTEN or writer.is_writing_here:
        return
    if not ticket.wait(PATIENCE_S):
        writer.give_up(ticket)
    _tell(writer, ticket)


async def _await(writer: Writer | AsideWriter, ticket: Ticket | None) -> None:
    if ticket is None or ticket is WRITTEN:
        return
    if not ticket.wait(0):
        await _finished(writer, ticket)
    _tell(writer, ticket)


async def _finished(writer: Writer | AsideWriter, ticket: Ticket) -> None:
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not settled.done():
            settled.set_result(None)

    ticket.then(lambda: _soon(loop, wake))
    done, _ = await asyncio.wait([settled], timeout=PATIENCE_S)
    if not done:
        await asyncio.to_thread(writer.give_up, ticket)


def _tell(writer: Writer | AsideWriter, ticket: Ticket) -> None:
    if ticket.trouble is not None:
        writer.warn(ticket.trouble)


def _soon(loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
    # The loop may have ended while the writer wrote.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(wake)
