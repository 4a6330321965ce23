"""What a call costs beside the bare SDK's, and how long it waits for the log.

    python benchmarks/overhead.py [--quick] [--rounds 60] [--calls 20] [--no-waits] [--json FILE]

Every way of making a call talks to the stub server, which runs in a process of its own; they take turns, and the ratios
are medians over the rounds of CPU time by that of the bare SDK in the same round. CPU time is that of the whole process,
the log's own thread included. Then four processes call at once in closed loops, and the waits for the log are told.
The store is a new SQLite file in the system's folder for temporary files.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from contenders import Clients, awaited, calls, streams, unlogged
from rounds import Measured, measure, stub_server

import ell2a

PROCESSES = 4
WAIT_GOAL_MS = 5.0
_PACKAGES = ("openai", "anthropic", "httpx2", "pydantic", "sqlalchemy")


def main() -> None:
    """Measure, and print one table."""
    asked = _arguments()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="ell2a-overhead-") as made, stub_server() as url:
        folder = Path(made)
        measured = _measured(url, folder, rounds=asked.rounds, calls_each=asked.calls)
        waits = [] if asked.no_waits else _waits(url, folder, calls_each=asked.calls * 25)
    _print(measured)
    if waits:
        _print_waits(waits)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    print(
        f"\n{platform.processor() or platform.machine()}, {_cores()} cores; Python {platform.python_version()},",
        end=" ",
    )
    print(f"SQLite {sqlite3.sqlite_version}, {versions}; {time.perf_counter() - began:.0f} s")
    if asked.json:
        found = {"calls": [one.as_json() for one in measured], "waits_ms": _summary(waits) if waits else None}
        asked.json.write_text(json.dumps(found, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60, help="how many rounds the medians are of")
    parser.add_argument("--calls", type=int, default=20, help="calls of each way in a round")
    parser.add_argument("--quick", action="store_true", help="15 rounds of 10 calls")
    parser.add_argument("--no-waits", action="store_true", help="leave out the four processes")
    parser.add_argument("--json", type=Path, help="write the numbers there too")
    asked = parser.parse_args()
    if asked.quick:
        asked.rounds, asked.calls = 15, 10
    return asked


def _cores() -> int:
    return os.cpu_count() or 1


def _measured(url: str, folder: Path, *, rounds: int, calls_each: int) -> list[Measured]:
    """All groups, one after the other: what is compared is in one group."""
    # The stub is then the provider itself for ell2a, which knows its prices: a call's cost is reckoned too.
    os.environ |= {"OPENAI_BASE_URL": f"{url}/v1", "ANTHROPIC_BASE_URL": url}
    clients = Clients(url)
    ell2a.init(store="off")
    off = measure(unlogged(clients), rounds=rounds, calls=calls_each)
    ell2a.init(store=folder / "log.db")
    whole = measure(calls(clients, folder), rounds=rounds, calls=calls_each)
    streamed = measure(streams(clients), rounds=rounds, calls=max(5, calls_each // 3))
    with asyncio.Runner() as runner:
        later = measure(awaited(clients, runner.get_loop()), rounds=rounds, calls=max(5, calls_each // 2))
    ell2a.init(store="off")
    own = [one for one in whole if one.name == "ell2a.call" and one.group == off[1].group]
    place = whole.index(own[0])
    return [*whole[:place], off[1], *whole[place:], *streamed, *later]


def _waits(url: str, folder: Path, *, calls_each: int) -> list[float]:
    """What each call of four processes waited for the log, in milliseconds, in order of length."""
    script = Path(__file__).with_name("log_waits.py")
    command = [sys.executable, str(script), url, str(folder / "shared.db"), str(calls_each)]
    ell2a.init(store=folder / "shared.db")
    ell2a.init(store="off")
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
    return sorted(wait for process in started for wait in json.loads(process.communicate()[0]))


def _summary(waits: Sequence[float]) -> dict[str, Any]:
    return {
        "calls": len(waits),
        **{name: waits[int(len(waits) * share)] for name, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999))},
        "max": waits[-1],
    }


def _print(measured: Sequence[Measured]) -> None:
    print(f"{'':28}{'':36}{'CPU ms':>8}{'ratio':>8}{'goal':>7}{'wall ms':>9}{'ratio':>8}")
    group = ""
    for one in measured:
        shown, group = ("" if one.group == group else one.group), one.group
        goal = f"{one.goal:.2f}" if one.goal else ""
        print(
            f"{shown:28}{one.name:36}{one.cpu_ms:8.2f}{one.cpu_ratio:8.2f}{goal:>7}{one.wall_ms:9.2f}{one.wall_ratio:8.2f}"
        )


def _print_waits(waits: Sequence[float]) -> None:
    found = _summary(waits)
    print(f"\nWaiting for the log, {PROCESSES} processes in closed loops, ms a call (opening and closing together):")
    print(
        f"  median {found['p50']:.2f}, 99 % {found['p99']:.2f} (goal {WAIT_GOAL_MS:g}), 99.9 % {found['p999']:.2f},"
        f" longest {found['max']:.2f}, of {found['calls']} calls"
    )


if __name__ == "__main__":
    main()
