"""A process that ends with calls open, in the way that its argument names: `ending_process.py WAY`.

It tells on stdout, a line each: `open CALL_ID` of a stream that is under way, and `ready` when it is about to end, or
to be ended.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import ell2a
from ell2a.log import CallFilter

SILENT, LONG = "sandbox/sandbox-silent", "sandbox/sandbox-large"
kept: list[Any] = []
"""What outlives the function that made it."""


def say(*words: str) -> None:
    """Tell the test, at once."""
    os.write(1, (" ".join(words) + "\n").encode())


def wait_for_an_open_call() -> None:
    """Until the log has a call that waits for its answer."""
    log = ell2a.current_log()
    assert log is not None
    while not log.calls(CallFilter(status="pending")).items:
        time.sleep(0.02)


def in_a_call() -> None:
    """Wait, in a thread that does not hold the process up, for an answer that never comes."""
    threading.Thread(target=lambda: ell2a.call(SILENT, "anyone there?"), daemon=True).start()
    wait_for_an_open_call()


def half_read() -> Any:
    """A stream of which three pieces are read."""
    stream = ell2a.call(LONG, "Tell me of the sea", stream=True)
    for _ in range(3):
        next(stream)
    say("open", stream.call_id)
    return stream


def a_thread_in_a_call() -> None:
    """The main thread comes to its end."""
    in_a_call()


def a_stream_half_read() -> None:
    """It is still held by something."""
    kept.append(half_read())


def a_stream_that_a_thread_reads() -> None:
    """It is being read at the moment of the end."""
    stream = ell2a.call("sandbox/sandbox-slow", "Tell me of the sea", stream=True)
    say("open", stream.call_id)
    threading.Thread(target=lambda: list(stream), daemon=True).start()
    time.sleep(0.5)


def exit_inside_a_stream() -> None:
    """`sys.exit` between two pieces."""
    for _ in half_read():
        say("ready")
        sys.exit(0)


def an_exception_inside_a_stream() -> None:
    """Nobody catches it."""
    for _ in half_read():
        say("ready")
        raise ValueError("a bug of the user's")


def exit_at_once() -> None:
    """`os._exit`: nothing is run any more."""
    kept.append(half_read())
    say("ready")
    os._exit(3)


def a_task_that_is_cancelled() -> None:
    """A call and a stream, each in a task that is cancelled at the end of `asyncio.run`."""

    begun = asyncio.Event()

    async def read() -> None:
        stream = await ell2a.acall("sandbox/sandbox-slow", "Tell me of the sea", stream=True)
        say("open", stream.call_id)
        async for _ in stream:
            begun.set()

    async def main() -> None:
        tasks = [asyncio.create_task(read()), asyncio.create_task(ell2a.acall(SILENT, "anyone there?"))]
        await begun.wait()
        say("ready")
        del tasks

    asyncio.run(main())


def a_stream_of_a_loop_that_ended() -> None:
    """An asynchronous stream, half read, and its loop is over."""

    async def main() -> None:
        stream = await ell2a.acall(LONG, "Tell me of the sea", stream=True)
        await anext(aiter(stream))
        say("open", stream.call_id)
        kept.append(stream)

    asyncio.run(main())


def to_be_told_in_a_call() -> None:
    """It waits for an answer; a signal comes."""

    def tell() -> None:
        wait_for_an_open_call()
        say("ready")

    threading.Thread(target=tell, daemon=True).start()
    ell2a.call(SILENT, "anyone there?")


def to_be_told_in_a_stream() -> None:
    """It reads a stream; a signal comes."""
    stream = half_read()
    say("ready")
    for _ in stream:
        time.sleep(0.05)


WAYS: dict[str, Callable[[], None]] = {
    name: way
    for name, way in list(globals().items())
    if callable(way)
    and getattr(way, "__module__", "") == __name__
    and name not in {"say", "wait_for_an_open_call", "in_a_call", "half_read"}
}

if __name__ == "__main__":
    WAYS[sys.argv[1]]()
    say("ready")
