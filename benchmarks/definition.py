"""What checking at definition costs: decorating a function with five scalar params, on each wire, in fresh processes.

    python benchmarks/definition.py [--processes 10]

Each process imports ell2a and the SDK, which is told apart, and then decorates: the very first definition of the process;
one more with other values; and the same one many times over. Medians over the processes, in ms of wall-clock time, and of
processor time for the first, which a busy machine changes less. Beside them, measured in the same processes, what reading
the signature of the SDK's function takes by itself, and the ratio: how many times that the first definition costs. It is
the same on a slow machine and on a fast one. That a call checks nothing again is a test, `tests/lmp/test_checked_once.py`.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple


class Defined(NamedTuple):
    """What is defined on a wire."""

    function: str
    """The SDK's, as `module:Class`: importing it imports all that a call needs of the SDK."""
    model: str
    params: dict[str, Any]
    """Five scalars."""
    other: dict[str, Any]
    """Another value for one of them."""


WIRES = {
    "openai-chat": Defined(
        "openai.resources.chat.completions:Completions",
        "openai/gpt-4o",
        {"temperature": 0.2, "top_p": 0.9, "max_completion_tokens": 300, "seed": 7, "presence_penalty": 0.1},
        {"temperature": 0.3},
    ),
    "openai-responses": Defined(
        "openai.resources.responses:Responses",
        "openai/gpt-4o",
        {"temperature": 0.2, "top_p": 0.9, "max_output_tokens": 300, "store": False, "truncation": "auto"},
        {"temperature": 0.3},
    ),
    "anthropic-messages": Defined(
        "anthropic.resources.messages:Messages",
        "anthropic/claude-sonnet-4-5",
        {"temperature": 0.2, "top_k": 40, "max_tokens": 300, "service_tier": "auto", "inference_geo": "eu"},
        {"temperature": 0.3},
    ),
}

WANTED_MS = 2.0
MANY = 300
COLUMNS = ("import ell2a", "import SDK", "first", "first, cpu", "other values", "again", "signature")


def took(run: Callable[[], Any], clock: Callable[[], int] = time.perf_counter_ns) -> float:
    """The ms that something takes."""
    began = clock()
    run()
    return (clock() - began) / 1e6


def measured(wire: str) -> dict[str, float]:
    """The measures of this process, which is fresh: nothing of ell2a or of an SDK is imported."""
    given, found = WIRES[wire], {}
    found["import ell2a"] = took(lambda: import_module("ell2a"))
    ell2a = import_module("ell2a")
    ell2a.init(store="off")
    module, _, name = given.function.partition(":")
    found["import SDK"] = took(lambda: import_module(module))
    function = getattr(import_module(module), name).create

    def question(about: str) -> str:
        """You know harbours."""
        return f"Tell me of {about}."

    def define(**other: Any) -> None:
        ell2a.simple(given.model, wire=wire, **{**given.params, **other})(question)

    busy = time.process_time_ns()
    found["first"] = took(define)
    found["first, cpu"] = (time.process_time_ns() - busy) / 1e6
    found["other values"] = took(lambda: define(**given.other))
    found["again"] = statistics.median(took(define) for _ in range(MANY))
    found["signature"] = statistics.median(took(lambda: inspect.signature(function)) for _ in range(MANY))
    return found


def in_fresh_processes(wire: str, processes: int) -> dict[str, float]:
    """The medians of the measures of many processes. The files of byte code are there: the first one, not counted, writes them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = [
        json.loads(subprocess.check_output([sys.executable, __file__, "--measure", wire], env=environment))
        for _ in range(processes + 1)
    ][1:]
    return {name: statistics.median(one[name] for one in told) for name in COLUMNS}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=10, help="how many the medians are of")
    parser.add_argument("--measure", choices=WIRES, help="measure in this process, and print JSON")
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measured(given.measure)))
        return
    print(
        f"One definition with five scalar params, ms; medians of {given.processes} fresh processes"
        f" (wanted: under {WANTED_MS:g})\n"
    )
    print(f"{'wire':20}" + "".join(f"{name:>14}" for name in (*COLUMNS, "ratio")))
    for wire in WIRES:
        try:
            found = in_fresh_processes(wire, given.processes)
        except subprocess.CalledProcessError as error:
            print(f"{wire:20}could not be measured (exit code {error.returncode}); what is wrong stands above")
            continue
        cells = "".join(f"{found[name]:14.3f}" for name in COLUMNS)
        print(f"{wire:20}{cells}{found['first'] / found['signature']:14.0f}")


if __name__ == "__main__":
    main()
