"""What checking at definition costs: decorating a function with five scalar params, on each installed SDK.

    python benchmarks/definition.py [--times 2000]

Measured once the SDK is imported: the wall-clock time of one `@ell2a.simple(...)` over a function, beside a decorator
that does no more than wrap. The first definition also reads the SDK's annotations; it is told apart. And that a call
checks nothing again: how often the check of params runs in a hundred calls to a sandbox.
"""

from __future__ import annotations

import argparse
import functools
import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import ell2a
from ell2a.providers import param_check, registry
from ell2a.sandbox import Sandbox

Params = dict[str, Any]
Decorate = Callable[[Any], Any]

MODELS: dict[str, tuple[str, Params]] = {
    "openai": (
        "openai/gpt-4o",
        {"temperature": 0.2, "top_p": 0.9, "max_completion_tokens": 300, "seed": 7, "presence_penalty": 0.1},
    ),
    "anthropic": (
        "anthropic/claude-sonnet-4-5",
        {"temperature": 0.2, "top_k": 40, "max_tokens": 300, "service_tier": "auto", "inference_geo": "eu"},
    ),
}
"""SDK -> a model and five scalar params of its provider."""

LIMIT_MS = 2.0
CALLS = 100


def question(about: str) -> str:
    """You know harbours."""
    return f"Tell me of {about}."


def bare(_model: str, **_params: Any) -> Decorate:
    """A decorator that only wraps."""

    def decorate(function: Any) -> Any:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return wrapped

    return decorate


def milliseconds(decorator: Callable[..., Decorate], model: str, params: Params) -> float:
    """One decoration."""
    began = time.perf_counter_ns()
    decorator(model, **params)(question)
    return (time.perf_counter_ns() - began) / 1e6


def many(decorator: Callable[..., Decorate], model: str, params: Params, times: int) -> list[float]:
    """Many decorations, in order of time taken."""
    gc.collect()
    return sorted(milliseconds(decorator, model, params) for _ in range(times))


def checks_in_calls(wire: str) -> int:
    """How often params are checked in a hundred calls of one LMP."""
    real, counted = param_check.check, 0

    def counting(*given: Any, **named: Any) -> None:
        nonlocal counted
        counted += 1
        real(*given, **named)

    with Sandbox(activate=True):
        about = ell2a.simple("sandbox/sandbox-small", wire=wire, max_tokens=20, temperature=0.2)(question)
        param_check.check = counting
        try:
            for number in range(CALLS):
                about(f"pier {number}")
        finally:
            param_check.check = real
    return counted


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=2000, help="how many definitions the median is of")
    times = parser.parse_args().times
    ell2a.init(store="off")
    print(f"One definition with five scalar params, ms; median of {times} (wanted: under {LIMIT_MS:g})\n")
    print(f"{'SDK':20}{'first':>9}{'median':>9}{'95 %':>9}{'bare':>9}{'ratio':>8}   params checked in {CALLS} calls")
    for package, (model, params) in MODELS.items():
        provider = registry.get(package)
        if not provider_is_there(package):
            print(f"{package:20}not installed: {provider.sdk.install}")
            continue
        # The import of the SDK is no part of what is measured.
        provider.provider_call_function()
        first = milliseconds(ell2a.simple, model, params)
        ours = many(ell2a.simple, model, params, times)
        theirs = statistics.median(many(bare, model, params, times))
        median, late = statistics.median(ours), ours[int(times * 0.95)]
        name = provider.param_source().described_as.partition(",")[0]
        checks = checks_in_calls(provider.wire)
        print(f"{name:20}{first:9.3f}{median:9.4f}{late:9.4f}{theirs:9.4f}{median / theirs:8.0f}   {checks}")


def provider_is_there(package: str) -> bool:
    """Whether an SDK is installed."""
    from ell2a.providers.sdk import installed_version

    return installed_version(package) is not None


if __name__ == "__main__":
    main()
