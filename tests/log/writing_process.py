"""A process that logs calls, for tests that start, and kill, real ones: `writing_process.py STORE ACTION [NUMBER]`."""

import asyncio
import os
import sys

sys.path.insert(0, os.environ["ELL2A_TEST_FOLDER"])

from log.samples import closing, logged, opening

from ell2a.log import CallLog


def main() -> None:
    store, action, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    log = CallLog.open(store)
    if action == "many":
        for n in range(number):
            print(logged(log, f"question {os.getpid()} {n}", f"answer {n}"), flush=True)
    elif action == "hang":
        for n in range(number):
            print(logged(log, f"question {n}"), flush=True)
        made = opening("never answered")
        log.observer().open(made)
        print(made.call_id, flush=True)
        print("open", flush=True)
        sys.stdin.read()
    elif action == "fork":
        print(logged(log, "before"), flush=True)
        child = os.fork()
        print(logged(log, "child" if child == 0 else "parent"), flush=True)
        if child:
            os.waitpid(child, 0)
    elif action == "exit":
        made = opening("open at the end")
        log.observer().open(made)
        print(made.call_id, flush=True)
    elif action == "async":

        async def one(n: int) -> str:
            made = opening(f"question {n}")
            record = await log.observer().aopen(made)
            await asyncio.sleep(0)
            await record.aclose(closing(made))
            return made.call_id

        async def all_of_them() -> None:
            print("\n".join(await asyncio.gather(*(one(n) for n in range(number)))), flush=True)

        asyncio.run(all_of_them())


if __name__ == "__main__":
    main()
