"""A check on the command line: the report as it is written, the result that is kept, and the exit code."""

from __future__ import annotations

import json
import sys

from ell2a.errors import Ell2aError, UnknownProvider
from ell2a.providers import law_records, registry
from ell2a.providers.conformance.checking import CheckResult, LawResult, check
from ell2a.providers.conformance.finding import subject_at
from ell2a.providers.provider import Provider

HELD, BROKEN, NOTHING_TO_CHECK = 0, 1, 2
"""The exit codes."""


def run(name: str, *, wire: str | None = None, as_json: bool = False) -> int:
    """Hold the laws for what a name means, tell of each as soon as it is done, keep the result; gives the exit code.

    The report, or with `as_json` one JSON value, goes to the standard output; what is under way to the other.
    """
    try:
        subject = subject_at(name, wire=wire)
        provider = subject.instance
        if not as_json:
            print(f"{provider.name} on {provider.wire}: each law takes some seconds", file=sys.stderr)  # noqa: T201
        result = check(subject, progress=None if as_json else _tell)
    except (Ell2aError, ImportError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return NOTHING_TO_CHECK
    _keep(provider, result)
    told = json.dumps(result.as_json(), ensure_ascii=False, indent=2) if as_json else end_of(result)
    print(told)  # noqa: T201
    return HELD if result.held else BROKEN


def line_of(law: LawResult) -> str:
    """One law in a line, and what breaks it below."""
    word = "held  " if law.held else "BROKEN"
    cases = f"{law.cases:>6} cases" if law.cases else "            " if law.broken else "not declared"
    line = f"law {law.number}  {word}  {law.name:<25} {cases}  {law.seconds:6.1f} s"
    if law.broken is None:
        return line
    return "\n".join([line, "", *(f"    {words}" for words in str(law.broken).splitlines()), ""])


def end_of(result: CheckResult) -> str:
    """How many laws are kept, and where to read what the others ask for."""
    kept = sum(law.held for law in result.laws)
    line = (
        f"{result.provider} on {result.wire} ({result.sdk}): {kept} of {len(result.laws)} laws, {result.seconds:.1f} s"
    )
    broken = ", ".join(str(law.number) for law in result.laws if not law.held)
    if not broken:
        return line
    return f"{line}\nbroken: law {broken}. What each asks for: docs/new-provider.md, `What the laws ask`."


def _tell(law: LawResult) -> None:
    print(line_of(law), flush=True)  # noqa: T201


def _keep(provider: Provider, result: CheckResult) -> None:
    """Keep the result for the inspector, where it shows this very class under this name."""
    try:
        shown = registry.get(provider.name, provider.wire)
    except UnknownProvider:
        return
    ours, theirs = type(provider), type(shown)
    if (ours.__module__, ours.__qualname__) != (theirs.__module__, theirs.__qualname__):
        return
    try:
        law_records.keep(provider, result.as_json())
    except OSError as error:
        print(f"the result could not be kept for the studio: {error}", file=sys.stderr)  # noqa: T201
