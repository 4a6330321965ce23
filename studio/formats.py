"""Numbers, sums, times and sizes as they are written on pages. Unknown is said, never shown as 0."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_STEPS = ((1_000_000_000, " G"), (1_000_000, " M"), (10_000, "k"))
_BYTES = (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))


def number(value: float | None) -> str:
    """`4,212`, or `unknown`."""
    return "unknown" if value is None else f"{value:,.0f}"


def short_number(value: float | None) -> str:
    """`88.1 M`, `16k`, `4,212`."""
    if value is None:
        return "unknown"
    for size, name in _STEPS:
        if value >= size:
            whole = size if name != "k" else 1_000
            return f"{value / whole:.4g}{name}"
    return number(value)


def money(amount: Decimal | float | None, currency: str | None = "USD") -> str:
    """`$0.00914`, `$101.32`; `unknown` where there is no price, which is not the same as free."""
    if amount is None:
        return "unknown"
    value = Decimal(str(amount))
    sign = _SIGNS.get(currency or "USD", f"{currency} ")
    size = abs(value)
    if size == 0:
        return f"{sign}0"
    if size < Decimal("0.0001"):
        return f"{sign}{value:.12f}".rstrip("0")
    places = 5 if size < Decimal("0.01") else 4 if size < 1 else 2
    return f"{sign}{value:,.{places}f}"


def duration(milliseconds: float | None) -> str:
    """`812 ms`, `3.41 s`, `2 min 5 s`."""
    if milliseconds is None:
        return "unknown"
    if 0 < milliseconds < 1:
        return f"{milliseconds:.2f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.2f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def size(count: int | None) -> str:
    """`271 bytes`, `14.8 KB`."""
    if count is None:
        return "unknown"
    for name, unit in _BYTES:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} bytes" if count != 1 else "1 byte"


def share(part: float | None, whole: float | None) -> str | None:
    """`85%`, or None where either is unknown or there is nothing to share."""
    if part is None or not whole:
        return None
    percent = 100 * part / whole
    return f"{percent:.0f}%" if percent >= 1 or percent == 0 else f"{percent:.1f}%"


def change(value: float | Decimal | None, base: float | Decimal | None) -> str | None:
    """`+69%` or `−19%` against a base; None where either is unknown, the base is 0, or nothing changed."""
    if value is None or not base:
        return None
    percent = round(100 * (float(value) - float(base)) / float(base))
    if percent == 0:
        return None
    return f"+{percent}%" if percent > 0 else f"−{-percent}%"


def utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """`2026-11-22T14:21:07.214Z`."""
    return utc(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(moment: datetime) -> str:
    """`14:21:07`, in UTC."""
    return utc(moment).strftime("%H:%M:%S")


def day(moment: datetime) -> str:
    """`Sun 22 Nov 2026`, in UTC."""
    return utc(moment).strftime("%a %-d %b %Y")


def short_day(moment: datetime) -> str:
    """`22 Nov`, in UTC."""
    return utc(moment).strftime("%-d %b")


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 call`, `3 calls`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listing(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def one_line(value: Any, length: int = 160) -> str:
    """A value as one line of text, cut with an ellipsis."""
    text = " ".join(str(value).split())
    return text if len(text) <= length else text[: length - 1] + "…"
