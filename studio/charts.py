"""Charts as geometry: numbers for SVG attributes. Colours are the style sheet's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar, in percent of its length."""

    x: float
    width: float
    series: int


@dataclass(frozen=True, slots=True)
class Rect:
    """One rectangle of a plot."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    """`ok`, `bad` or the number of a series."""


def segments(parts: Sequence[tuple[float, int]]) -> list[Segment]:
    """(size, series) -> the parts of one bar; empty where all are 0."""
    total = sum(size for size, _ in parts)
    found, x = [], 0.0
    for size, series in parts:
        if size and total:
            width = 100 * size / total
            found.append(Segment(round(x, 2), round(width, 2), series))
            x += width
    return found


def columns(
    stacks: Sequence[Sequence[tuple[float, str]]], *, width: float, height: float, top: float | None = None
) -> list[Rect]:
    """Stacked columns: one stack a column, (size, kind) from the bottom up. `top` is the value at full height."""
    if not stacks:
        return []
    top = top or max((sum(size for size, _ in stack) for stack in stacks), default=0) or 1
    step = width / len(stacks)
    gap = min(step * 0.14, 4)
    found = []
    for index, stack in enumerate(stacks):
        y = height
        for size, kind in stack:
            if size:
                # A single failure among thousands is still to be seen.
                tall = max(height * size / top, 1.5)
                y -= tall
                found.append(Rect(round(index * step, 2), round(y, 2), round(step - gap, 2), round(tall, 2), kind))
    return found


def round_up(value: float) -> float:
    """The next round number at or above: 1, 2, 2.5, 4, 5 or 8 times a power of ten, so that a quarter of it is round too."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 10.0 ** -_leading_zeros(value)
    return next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= value)


def _leading_zeros(value: float) -> int:
    count = 0
    while value < 1:
        value *= 10
        count += 1
    return count
