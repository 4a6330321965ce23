"""What tracing costs, the log's own write aside and with it.

    python benchmarks/tracing.py [--rounds 15] [--calls 60]

The bare client, the traced one whose records go nowhere, and the traced one that logs take turns beside the stub server.
Ratios are medians over the rounds of the whole process's CPU time by that of the bare client in the same round.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contenders import Clients, chat, message
from rounds import Contender, measure, stub_server

import ell2a
from ell2a.providers.call_path import UNOBSERVED
from ell2a.tracing import clients as tracing


class Nowhere:
    """A log that keeps nothing: what is left is the tracing itself."""

    def observer(self, **_: Any) -> Any:
        return UNOBSERVED


def _into(log: Any, call: Callable[[int], Any]) -> Callable[[int], Any]:
    def made(number: int) -> Any:
        tracing.current_log = lambda: log
        return call(number)

    return made


def _read(stream: Any) -> None:
    for _ in stream:
        pass


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ell2a-tracing-") as folder, stub_server() as url:
        ell2a.init(store=Path(folder) / "log.db")
        bare, log = Clients(url), ell2a.current_log()
        openai, anthropic = ell2a.trace(bare.openai), ell2a.trace(bare.anthropic)
        usage = {"stream": True, "stream_options": {"include_usage": True}}
        ways: dict[str, tuple[Callable[[Any, int], Any], Any, Any]] = {
            "openai chat": (lambda c, n: c.chat.completions.create(**chat(n)), bare.openai, openai),
            "openai chat, stream": (
                lambda c, n: _read(c.chat.completions.create(**chat(n), **usage)),
                bare.openai,
                openai,
            ),
            "anthropic messages": (lambda c, n: c.messages.create(**message(n)), bare.anthropic, anthropic),
            "anthropic messages, stream": (
                lambda c, n: _read(c.messages.create(**message(n), stream=True)),
                bare.anthropic,
                anthropic,
            ),
        }
        print(f"{'':28}{'':24}{'CPU ms':>8}{'ratio':>8}{'goal':>7}")
        for group, (way, plain, traced) in ways.items():
            streamed = group.endswith("stream")
            found = measure(
                [
                    Contender(group, "bare", lambda n, way=way, plain=plain: way(plain, n)),
                    Contender(
                        group, "traced, into nowhere", _into(Nowhere(), lambda n, way=way, t=traced: way(t, n)), 1.1
                    ),
                    Contender(
                        group,
                        "traced and logged",
                        _into(log, lambda n, way=way, t=traced: way(t, n)),
                        1.2 if streamed else 1.35,
                    ),
                ],
                rounds=asked.rounds,
                calls=max(10, asked.calls // 3) if streamed else asked.calls,
            )
            for one in found:
                print(f"{group:28}{one.name:24}{one.cpu_ms:8.2f}{one.cpu_ratio:8.2f}{one.goal or '':>7}", flush=True)
        ell2a.init(store="off")


if __name__ == "__main__":
    main()
