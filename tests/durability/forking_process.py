"""A process that forks after its first call, in the way that its argument names; each process calls, and tells its ids.

A line on stdout is `WHO CALL_ID`.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import ell2a


def call(who: str) -> None:
    """Call twice, once as a stream."""
    os.write(1, f"{who} {ell2a.call('sandbox/sandbox-small', f'{who} asks').call_id}\n".encode())
    stream = ell2a.call("sandbox/sandbox-small", f"{who} asks for a stream", stream=True)
    for _ in stream:
        pass
    os.write(1, f"{who} {stream.call_id}\n".encode())


def fork() -> None:
    """`os.fork`, and both go on."""
    child = os.fork()
    call("parent" if child else "child")
    if child:
        assert os.waitpid(child, 0)[1] == 0


def fork_in_a_thread() -> None:
    """A thread forks while the main thread calls: in the child that thread is the only one."""

    def work() -> None:
        child = os.fork()
        if child == 0:
            call("child")
            # Another thread's stack is below: only this ends it without going through what is the parent's.
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0

    thread = threading.Thread(target=work)
    thread.start()
    call("parent")
    thread.join()


def by_multiprocessing(method: str) -> None:
    """Two processes of a pool, begun by a method of `multiprocessing`."""
    context: Any = multiprocessing.get_context(method)
    processes = [context.Process(target=call, args=(f"child{n}",)) for n in range(2)]
    for process in processes:
        process.start()
    call("parent")
    for process in processes:
        process.join()
        assert process.exitcode == 0


WAYS: dict[str, Callable[[], None]] = {
    "fork": fork,
    "fork_in_a_thread": fork_in_a_thread,
    "multiprocessing_fork": lambda: by_multiprocessing("fork"),
    "multiprocessing_forkserver": lambda: by_multiprocessing("forkserver"),
}

if __name__ == "__main__":
    call("before")
    WAYS[sys.argv[1]]()
