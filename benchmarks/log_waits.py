"""One of the processes of `overhead.py` that call at once: prints what each call waited for the log, in milliseconds.

    python benchmarks/log_waits.py URL STORE CALLS

A call waits where it is opened and where it is closed: the time from handing a record to the log until that returns,
which includes making its rows. The stub server answers at once, so that the log is under far more load than models allow.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from contenders import Clients, prompt

import ell2a
from ell2a.log.observer import LoggedCall, LogObserver


def _timed(function: Callable[..., Any], waited: list[float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            waited.append((time.perf_counter() - began) * 1000)

    return timed


def main() -> None:
    """Call, and print the waits as JSON."""
    url, store, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
    clients = Clients(url)
    ell2a.init(store=store)

    def call(number: int) -> None:
        ell2a.call("openai/gpt-4o", prompt(number), client=clients.openai, wire="openai-chat", temperature=0.2)

    for number in range(20):
        call(number)
    waited: list[float] = []
    LogObserver.open = _timed(LogObserver.open, waited)  # type: ignore[method-assign]  # measured from outside
    LoggedCall.close = _timed(LoggedCall.close, waited)  # type: ignore[method-assign]
    for number in range(calls):
        call(number)
    print(json.dumps([opened + closed for opened, closed in zip(waited[::2], waited[1::2], strict=True)]))


if __name__ == "__main__":
    main()
