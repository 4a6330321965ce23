"""A process that logs calls, for tests that start, and kill, real ones: `writing_process.py STORE ACTION NUMBER`."""

import asyncio
import os
import sys

sys.path.insert(0, os.environ["ELL2A_TEST_FOLDER"])

from log.samples import closing, logged, opening

from ell2a.log import CallLog
from ell2a.messages import assistant, system, user


def say(word: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def many(log: CallLog, number: int) -> None:
    """Whole calls, one after the other."""
    for n in range(number):
        say(logged(log, f"question {os.getpid()} {n}", f"answer {n}"))


def share(log: CallLog, number: int) -> None:
    """Calls whose conversations begin as those of every other process do."""
    for n in range(number):
        begin = [system("A prompt of all. " * 20), user(f"Shared question {n}"), assistant(f"Shared answer {n} " * 20)]
        say(logged(log, [*begin, user("and then?"), user(f"I am {os.getpid()}")], f"answer {n}"))


def hang(log: CallLog, number: int) -> None:
    """Whole calls, then an open one; wait to be killed."""
    many(log, number)
    leave(log, 0)
    say("open")
    sys.stdin.read()


def leave(log: CallLog, number: int) -> None:
    """An open call, and the end of the process."""
    del number
    made = opening("never answered")
    log.observer().open(made)
    say(made.call_id)


def fork(log: CallLog, number: int) -> None:
    """A call before a fork, and one in each process after it."""
    del number
    say(logged(log, "before"))
    child = os.fork()
    say(logged(log, "child" if child == 0 else "parent"))
    if child:
        os.waitpid(child, 0)


def at_once(log: CallLog, number: int) -> None:
    """Whole calls, all at the same time."""

    async def one(n: int) -> str:
        made = opening(f"question {n}")
        record = await log.observer().aopen(made)
        await asyncio.sleep(0)
        await record.aclose(closing(made))
        return made.call_id

    async def every() -> list[str]:
        return await asyncio.gather(*(one(n) for n in range(number)))

    say("\n".join(asyncio.run(every())))


ACTIONS = {"many": many, "share": share, "hang": hang, "exit": leave, "fork": fork, "async": at_once}

if __name__ == "__main__":
    ACTIONS[sys.argv[2]](CallLog.open(sys.argv[1]), int(sys.argv[3]))
