"""How the demo's acts are performed: some at once, the others one after the other, several side by side."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ell2a.errors import Ell2aError

Act = Callable[[], Any]
"""One thing that the demo does: one or several calls."""
_WORKERS = 4


def play(acts: Sequence[Act], *, at_once: int, seconds: float) -> int:
    """Perform the acts, the first `at_once` of them at once; gives how many failed that were not meant to."""
    pause = seconds / max(len(acts) - at_once, 1)
    with ThreadPoolExecutor(_WORKERS) as pool:
        performed = []
        for number, act in enumerate(acts):
            performed.append(pool.submit(_perform, number, act))
            if number >= at_once:
                time.sleep(pause)
    return sum(not went_well.result() for went_well in performed)


def end_with_input() -> None:
    """End this process when its input ends: the demo holds the other end of the pipe."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def _perform(number: int, act: Act) -> bool:
    try:
        act()
    except (Ell2aError, AssertionError) as error:
        sys.stderr.write(f"demo: act {number} failed: {type(error).__name__}: {error}\n")
        return False
    return True
