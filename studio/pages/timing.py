"""One call's time: where it went, its tries, and for a stream each chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from typing import Any, ClassVar

from ell2a.log.views import CallDetail
from ell2a.studio import formats
from ell2a.studio.charts import Rect
from ell2a.studio.pages.call_head import CallHead, call_head

WIDTH, HEIGHT = 1000, 64
MAX_BARS = 500


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of the call's time, in percent of the whole."""

    label: str
    x: float
    width: float
    series: int
    time: str


@dataclass(frozen=True, slots=True)
class Try:
    """One try of the call."""

    number: int
    status: int | None
    failed: bool
    took: str
    waited: str
    request_id: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class TimingPage:
    """Where the time went."""

    template: ClassVar[str] = "timing.html"
    section: ClassVar[str | None] = "calls"

    head: CallHead
    stages: Sequence[Stage]
    speed: str | None
    """Output tokens a second after the first."""
    tries: Sequence[Try]
    bars: Sequence[Rect]
    chunk_note: str
    gap: str | None
    axis: Sequence[str]

    @property
    def title(self) -> str:
        return f"Timing of {self.head.question}"


def timing_page(call: CallDetail) -> TimingPage:
    """The timing view of a call."""
    chunks = list(call.chunks)
    total = max(call.summary.duration_ms or 0, chunks[-1][0] if chunks else 0)
    return TimingPage(
        head=call_head(call, "timing"),
        stages=_stages(call, total),
        speed=_speed(call),
        tries=[_try(a) for a in call.metadata.get("attempts") or ()],
        bars=_bars(chunks, total),
        chunk_note=_chunk_note(chunks),
        gap=_longest_gap(chunks),
        axis=[formats.duration(total * i / 4) for i in range(5)] if chunks else [],
    )


def _stages(call: CallDetail, total: float) -> list[Stage]:
    first = call.summary.first_token_ms
    if not total:
        return []
    if first is None or first > total:
        return [Stage("whole answer", 0, 100, 1, formats.duration(total))]
    share = round(100 * first / total, 2)
    return [
        Stage("to the first token", 0, share, 6, formats.duration(first)),
        Stage("from there to the end", share, round(100 - share, 2), 1, formats.duration(total - first)),
    ]


def _speed(call: CallDetail) -> str | None:
    s = call.summary
    if not s.output_tokens or s.duration_ms is None:
        return None
    time = s.duration_ms - (s.first_token_ms or 0)
    return f"{1000 * s.output_tokens / time:,.0f} output tokens a second" if time > 1 else None


def _try(attempt: dict[str, Any]) -> Try:
    status = attempt.get("status")
    return Try(
        number=attempt["number"],
        status=status,
        failed=bool(attempt.get("error")) or (status is not None and status >= HTTPStatus.BAD_REQUEST),
        took=formats.duration(attempt["duration_ms"]) if attempt.get("duration_ms") is not None else "",
        waited=formats.duration(attempt["waited_ms"]) if attempt.get("waited_ms") is not None else "",
        request_id=attempt.get("request_id"),
        error=attempt.get("error"),
    )


def _bars(chunks: Sequence[tuple[float, int]], total: float) -> list[Rect]:
    if not chunks or not total:
        return []
    largest = max(size for _, size in chunks) or 1
    found = []
    for at, size in chunks[:: max(1, len(chunks) // MAX_BARS)]:
        tall = max(HEIGHT * size / largest, 2)
        found.append(Rect(round(at / total * (WIDTH - 4), 1), round(HEIGHT - tall, 1), 2.5, round(tall, 1), "1"))
    return found


def _chunk_note(chunks: Sequence[tuple[float, int]]) -> str:
    if not chunks:
        return "The answer came whole: there are no chunks."
    bytes_ = formats.size(sum(size for _, size in chunks))
    return f"{formats.plural(len(chunks), 'chunk')} over {formats.duration(chunks[-1][0])}, {bytes_}"


def _longest_gap(chunks: Sequence[tuple[float, int]]) -> str | None:
    gaps = [b[0] - a[0] for a, b in pairwise(chunks)]
    return formats.duration(max(gaps)) if gaps else None
