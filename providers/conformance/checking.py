"""All laws of one provider, with a result that a page or a program can read."""

from __future__ import annotations

import inspect
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ell2a.errors import UnsupportedCapability
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.laws import LAWS, Law
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.sdk import installed_version


@dataclass(frozen=True, slots=True)
class LawResult:
    """How one law fared."""

    number: int
    name: str
    cases: int
    """How many were tried; 0 where the law is broken, or nothing of the kind is declared."""
    seconds: float
    broken: LawBroken | None = None

    @property
    def held(self) -> bool:
        """Whether the provider keeps it."""
        return self.broken is None

    def as_json(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "law": self.number,
            "name": self.name,
            "held": self.held,
            "cases": self.cases,
            "seconds": round(self.seconds, 2),
            "broken": None if self.broken is None else self.broken.as_json(),
        }


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How a provider fared."""

    provider: str
    wire: str
    sdk: str
    """Its package and version."""
    laws: tuple[LawResult, ...] = field(default=())

    @property
    def held(self) -> bool:
        """Whether it keeps every law."""
        return all(law.held for law in self.laws)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return sum(law.seconds for law in self.laws)

    def as_json(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "provider": self.provider,
            "wire": self.wire,
            "sdk": self.sdk,
            "held": self.held,
            "seconds": round(self.seconds, 2),
            "laws": [law.as_json() for law in self.laws],
        }


def check(subject: Subject, *, progress: Callable[[LawResult], None] | None = None) -> CheckResult:
    """Hold every law and tell of each, broken ones too. Raises ContractError where there is no provider to check."""
    provider = subject.instance
    results = tuple(_told(_results(subject), progress))
    package = provider.sdk.package
    sdk = f"{package} {installed_version(package) or '(not installed)'}"
    return CheckResult(provider.name, provider.wire, sdk, results)


def held(law: Law, subject: Subject) -> int:
    """The number of cases that a law was held for. Raises LawBroken, for whatever else a provider raises too."""
    try:
        return law.hold(subject)
    except LawBroken:
        raise
    except Exception as error:
        refused = isinstance(error, UnsupportedCapability)
        raise LawBroken(
            law.number,
            _place_of(error, subject),
            expected=Words("no refusal of what is carried elsewhere" if refused else "no exception"),
            came=Words(f"{type(error).__name__}: {error}"),
            mend="refuse by what a block is, not by what stands beside it"
            if refused
            else "mend this line: what the provider cannot carry raises UnsupportedCapability, nothing else raises in a legal call",
        ) from error


def _place_of(error: Exception, subject: Subject) -> str:
    """The deepest line of the author's own that the exception went through; the last of all where there is none."""
    own = {Path(file).parent for file in (_file_of(type(subject)), _file_of(type(subject.instance))) if file}
    frames = traceback.extract_tb(error.__traceback__)
    place = next((frame for frame in reversed(frames) if Path(frame.filename).parent in own), frames[-1])
    path = Path(place.filename)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{shown}:{place.lineno}, in {place.name}"


def _file_of(kind: type) -> str | None:
    try:
        return inspect.getfile(kind)
    except (TypeError, OSError):
        return None


def _results(subject: Subject) -> Iterator[LawResult]:
    for law in LAWS:
        started, broken, cases = time.perf_counter(), None, 0
        try:
            cases = held(law, subject)
        except LawBroken as error:
            broken = error
        yield LawResult(law.number, law.name, cases, time.perf_counter() - started, broken)


def _told(results: Iterator[LawResult], progress: Callable[[LawResult], None] | None) -> Iterator[LawResult]:
    for result in results:
        if progress is not None:
            progress(result)
        yield result
