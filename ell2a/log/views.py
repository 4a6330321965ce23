"""What reading the log gives: plain values for pages, the JSON API, the command line and replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ell2a.calls import CallStatus


@dataclass(frozen=True, slots=True)
class LmpSource:
    """A prompt function as it stood when it was called: one version of an LMP."""

    name: str
    """`module.qualname`, without `__main__.`."""
    module: str
    source: str
    """Its source text; empty where it cannot be read."""
    hash: str
    """SHA-256 of the source, 64 hex digits: the version's identity."""


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls are meant. All that is given must hold; `q` is the filter grammar, plain words included."""

    q: str = ""
    provider: str | None = None
    model: str | None = None
    status: CallStatus | None = None
    since: datetime | None = None
    """Started at this time or later."""
    until: datetime | None = None
    """Started before this time."""


@dataclass(frozen=True, slots=True)
class CallSummary:
    """One row of a list of calls."""

    id: str
    status: CallStatus
    provider: str
    wire: str
    endpoint: str | None
    model: str
    response_model: str | None
    lmp: str | None
    lmp_version: int | None
    """Counted from 1 in order of first appearance."""
    started_at: datetime
    duration_ms: float | None
    first_token_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    reasoning_tokens: int | None
    cost: Decimal | None
    currency: str | None
    question: str
    """The beginning of the last user message that is more than results of agents, one line."""
    answer: str
    """The beginning of the answer, or of the error's message, one line."""
    finish_reason: str | None
    """The unified one of the first choice."""
    error_class: str | None
    error_status: int | None
    stream: bool
    agents_declared: int
    agents_called: int
    """Calls of agents in the answer."""
    has_images: bool
    has_thinking: bool
    structured: bool
    replay_of: str | None
    replays: int
    """How many calls are replays of this one."""


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page of calls, newest first, and where the next begins."""

    items: Sequence[CallSummary]
    next: str | None
    """The cursor of the next page; None on the last."""


@dataclass(frozen=True, slots=True)
class CallDetail:
    """One call, whole. The mappings are the public JSON forms."""

    summary: CallSummary
    messages: Sequence[Mapping[str, Any]]
    """System message first; media hold `blob`, never `data`."""
    agents: Sequence[Mapping[str, Any]]
    agent_choice: Mapping[str, Any] | None
    response_format: Mapping[str, Any] | None
    api_params: Mapping[str, Any]
    response_messages: Sequence[Mapping[str, Any]]
    metadata: Mapping[str, Any]
    request: Mapping[str, Any]
    """Exactly what was sent."""
    response_raw: Any
    translation: Sequence[Mapping[str, Any]]
    error: Mapping[str, Any] | None
    place: str | None
    """File and line of the user's code that made the call."""
    replays: Sequence[CallSummary]
    chunks: Sequence[tuple[float, int]] = field(default_factory=tuple)
    """(milliseconds since the request left, bytes) of each event of a stream."""

    def as_json(self) -> dict[str, Any]:
        """The public JSON form of a whole call."""
        s = self.summary
        return {
            "id": s.id,
            "status": s.status,
            "provider": s.provider,
            "wire": s.wire,
            "model": s.model,
            "lmp": {"name": s.lmp, "version": s.lmp_version} if s.lmp else None,
            "messages": self.messages,
            "agents": self.agents,
            "agent_choice": self.agent_choice,
            "response_format": self.response_format,
            "stream": s.stream,
            "api_params": self.api_params,
            "response": {"messages": self.response_messages} if self.response_messages else None,
            "metadata": self.metadata,
            "request": self.request,
            "response_raw": self.response_raw,
            "translation": self.translation,
            "error": self.error,
            "place": self.place,
            "replay_of": s.replay_of,
            "replays": [r.id for r in self.replays],
        }


@dataclass(frozen=True, slots=True)
class Count:
    """A number of calls. `capped`: there are at least so many; counting stopped."""

    number: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet and how many calls have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bar of the histogram."""

    start: datetime
    ok: int
    error: int
    other: int


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Sums over the calls of one group."""

    key: str
    """The model, provider, LMP or day (ISO 8601)."""
    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    reasoning_tokens: int
    cost: Decimal | None
    """Of the calls whose cost is known; None where it is known of none."""
    cost_unknown: int
    """Calls whose cost is not known."""
    duration_ms_mean: float | None


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """The store as a whole."""

    url: str
    """Without a password."""
    size_bytes: int | None
    calls: Count


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of a picture, sound or document."""

    sha256: str
    media_type: str | None
    data: bytes
