"""A process that forks callers on command: `calling_process.py`, with the store and the sandbox in its environment.

A line `KIND` on stdin forks a process that calls without end, one way of calling a kind. It tells on stdout, a line
each: `started PID`, then `returned CALL_ID TEXT` after each call that has returned. It is there to be killed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count

import anthropic
import openai

import ell2a
import ell2a.log.call_log
import ell2a.providers.prices
from ell2a.providers import registry

SDKS = (anthropic, openai)
"""Imported before the first fork, which then costs nothing."""
MODELS = ("sandbox/sandbox-small", "sandbox/sandbox-large")


def say(*words: str) -> None:
    """Tell the test, in one write: lines of several processes never mix."""
    os.write(1, (" ".join(words) + "\n").encode())


def returned(call_id: str | None, text: str) -> None:
    """This call's value is with its caller."""
    say("returned", str(call_id), text.encode().hex())


def prompts() -> Iterator[tuple[str, str]]:
    """A model and a prompt that no other process sends, without end."""
    for number in count():
        yield MODELS[number % 2], f"Prompt {number} of process {os.getpid()}."


def sync() -> None:
    """One call after the other."""
    for model, prompt in prompts():
        answer = ell2a.call(model, prompt)
        returned(answer.call_id, answer.text)


def stream() -> None:
    """One stream after the other, each read to its end."""
    for model, prompt in prompts():
        answer = ell2a.call(model, prompt, stream=True)
        for _ in answer:
            pass
        returned(answer.call_id, answer.text)


def threads() -> None:
    """Three threads that call at the same time."""
    wanted = prompts()
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                model, prompt = next(wanted)
            answer = ell2a.call(model, prompt)
            returned(answer.call_id, answer.text)

    for _ in range(2):
        threading.Thread(target=work, daemon=True).start()
    work()


def asynchronous() -> None:
    """Four tasks on one event loop."""
    wanted = prompts()

    async def work() -> None:
        for model, prompt in wanted:
            answer = await ell2a.acall(model, prompt)
            returned(answer.call_id, answer.text)

    async def together() -> None:
        await asyncio.gather(*(work() for _ in range(4)))

    asyncio.run(together())


KINDS: dict[str, Callable[[], None]] = {
    "sync": sync,
    "stream": stream,
    "threads": threads,
    "async": asynchronous,
}


def main() -> None:
    """Fork what stdin asks for, until it ends."""
    for model in MODELS:
        registry.resolve(model)[0].define(model.partition("/")[2])
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say("started", str(os.getpid()))
            KINDS[line.strip()]()


if __name__ == "__main__":
    main()
