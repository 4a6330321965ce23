"""What stands above every view of one call: where it is, what was asked, the strip of facts, the tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ell2a.log.views import CallDetail, CallSummary
from ell2a.studio import formats


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of the strip: label, value, small print."""

    label: str
    value: str
    note: str
    moment: datetime | None = None
    """The value is this time of day, to be shown in the reader's zone."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the call."""

    label: str
    url: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class CallHead:
    """What stands above every view of one call."""

    id: str
    url: str
    question: str
    status: str
    status_note: str
    lmp: str | None
    lmp_version: int | None
    lmp_url: str | None
    place: str | None
    replay_of: str | None
    facts: Sequence[Fact]
    tabs: Sequence[Tab]
    is_open: bool
    """The call is under way: the page asks again."""
    compare_url: str | None
    """The original and its replays, side by side."""


def call_url(call_id: str, view: str = "") -> str:
    """The address of a call, or of one view of it."""
    return f"/calls/{quote(call_id)}{f'/{view}' if view else ''}"


def compare_url(ids: Sequence[str]) -> str:
    """The address where calls stand side by side."""
    return f"/calls/compare?{'&'.join(f'id={quote(i)}' for i in ids)}"


def call_head(call: CallDetail, view: str) -> CallHead:
    """The head of one view of a call."""
    s = call.summary
    family = [s.replay_of or s.id, *(() if s.replay_of else [r.id for r in call.replays]), s.id]
    family = list(dict.fromkeys(family))[:6]
    return CallHead(
        id=s.id,
        url=call_url(s.id),
        question=formats.one_line(s.question, 140) or "Call without words",
        status=s.status,
        status_note=_status_note(call),
        lmp=s.lmp,
        lmp_version=s.lmp_version,
        lmp_url=f"/calls?q={quote(f'lmp:{s.lmp}')}" if s.lmp else None,
        place=call.place,
        replay_of=s.replay_of,
        facts=_facts(call),
        tabs=_tabs(call, view),
        is_open=s.status == "pending",
        compare_url=compare_url(family) if len(family) > 1 else None,
    )


def _status_note(call: CallDetail) -> str:
    s = call.summary
    if s.status == "error":
        tries = len(call.metadata.get("attempts") or ())
        said = [str(s.error_status)] if s.error_status else [s.error_class or ""]
        return ", ".join([*said, *([f"after {tries} tries"] if tries > 1 else [])])
    notes = {
        "pending": "under way",
        "interrupted": "its process ended before the answer came",
        "partial": "the stream was not read to its end",
    }
    if s.status in notes:
        return notes[s.status]
    reason: dict[str, Any] = call.metadata.get("finish_reason") or {}
    words = [str(reason.get("unified") or s.finish_reason or "no finish reason"), str(reason.get("raw") or "")]
    return ", ".join(dict.fromkeys(w for w in words if w))


def _facts(call: CallDetail) -> list[Fact]:
    s = call.summary
    answered = s.response_model
    return [
        Fact("Model", s.model, f"answered by {answered}" if answered and answered != s.model else ""),
        Fact("Provider", s.provider, s.wire),
        Fact("Started", formats.clock(s.started_at), formats.day(s.started_at), s.started_at),
        Fact("Latency", formats.duration(s.duration_ms) if s.duration_ms is not None else "none", _first_token(s)),
        Fact("Tokens", tokens(s), _cached(s)),
        Fact("Cost", formats.money(s.cost, s.currency), _price(call)),
    ]


def tokens(s: CallSummary) -> str:
    """`4,212 → 412`, or a word where the provider told none."""
    if s.input_tokens is None and s.output_tokens is None:
        return "none told"
    told = ["?" if n is None else formats.number(n) for n in (s.input_tokens, s.output_tokens)]
    return " → ".join(told)


def _first_token(s: CallSummary) -> str:
    if s.first_token_ms is not None:
        return f"first token {formats.duration(s.first_token_ms)}"
    return "streamed" if s.stream else "not streamed"


def _cached(s: CallSummary) -> str:
    cached = formats.share(s.cache_read_tokens, s.input_tokens)
    return f"{cached} of input cached" if s.cache_read_tokens and cached else ""


def _price(call: CallDetail) -> str:
    cost: dict[str, Any] = call.metadata.get("cost") or {}
    if not cost:
        return "no price is known"
    return f"{cost.get('source')}, {cost['as_of']}" if cost.get("as_of") else str(cost.get("source") or "")


def _tabs(call: CallDetail, view: str) -> list[Tab]:
    s = call.summary
    counts = {
        "params": str(len(call.api_params) or ""),
        "timing": f"{len(call.chunks)} chunks" if call.chunks else "",
        "replays": str(len(call.replays) or ""),
    }
    names = [("", "Conversation"), ("wire", "Wire"), ("params", "Params"), ("timing", "Timing"), ("replays", "Replays")]
    return [Tab(label, call_url(s.id, name), counts.get(name, ""), name == view) for name, label in names]
