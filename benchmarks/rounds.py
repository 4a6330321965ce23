"""Measuring several ways of doing one thing fairly: in turns, in one process, each beside the first of its group.

Another process on the machine slows all of a round alike, so the ratios within a round hold where times do not.
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Contender:
    """One way of making a call. The first of a group is what the others are compared with."""

    group: str
    name: str
    call: Callable[[int], Any]
    """Makes the call of a number: its prompt is another one for each."""
    goal: float | None = None
    """The most CPU that is wanted, in terms of the group's first."""


@dataclass(frozen=True)
class Measured:
    """The medians of one contender."""

    group: str
    name: str
    cpu_ms: float
    wall_ms: float
    cpu_ratio: float
    """Median over the rounds of its CPU by that of the group's first in the same round."""
    wall_ratio: float
    goal: float | None = None

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return asdict(self)


def measure(contenders: Sequence[Contender], *, rounds: int, calls: int) -> list[Measured]:
    """Run all in turns, `calls` calls each, `rounds` times. CPU is that of the whole process, all its threads."""
    numbers = iter(range(10**9))
    for one in contenders:
        # What is made once (connections, tables, caches) is no part of a call.
        for _ in range(max(20, calls // 2)):
            one.call(next(numbers))
    taken: dict[int, list[tuple[float, float]]] = {at: [] for at in range(len(contenders))}
    for number in range(rounds):
        print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        # Whoever comes first in a round has no advantage over many rounds.
        order = list(range(len(contenders)))
        for at in order if number % 2 == 0 else reversed(order):
            taken[at].append(_one(contenders[at].call, numbers, calls))
    print(file=sys.stderr)
    firsts = {one.group: at for at, one in reversed(list(enumerate(contenders)))}
    return [_medians(one, taken[at], taken[firsts[one.group]]) for at, one in enumerate(contenders)]


def _one(call: Callable[[int], Any], numbers: Iterator[int], calls: int) -> tuple[float, float]:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        call(next(numbers))
    return (time.process_time() - cpu) * 1000 / calls, (time.perf_counter() - wall) * 1000 / calls


def _medians(one: Contender, own: list[tuple[float, float]], first: list[tuple[float, float]]) -> Measured:
    ratios = [(mine[0] / theirs[0], mine[1] / theirs[1]) for mine, theirs in zip(own, first, strict=True)]
    return Measured(
        one.group,
        one.name,
        *(statistics.median(taken[kind] for taken in own) for kind in (0, 1)),
        *(statistics.median(ratio[kind] for ratio in ratios) for kind in (0, 1)),
        one.goal,
    )


@contextmanager
def stub_server() -> Iterator[str]:
    """The stub server in a process of its own; gives its base URL, without a path."""
    script = Path(__file__).with_name("stub_server.py")
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
