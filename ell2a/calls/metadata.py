"""What is known of a call beside its messages: who answered, how long it took, what it used."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from ell2a.calls.usage import Cost, Usage
from ell2a.messages import FinishReason, JsonValue


class Timing(BaseModel):
    """When a call began and how long it took, in milliseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    started_at: datetime | None = None
    """UTC."""
    first_token_ms: float | None = None
    """To the first piece of content of a stream; None where the answer came whole."""
    duration_ms: float | None = None


class Attempt(BaseModel):
    """One try of a call: the SDKs try again by themselves on 408, 409, 429 and 5xx."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    """Counted from 1."""
    status: int | None = None
    request_id: str | None = None
    error: str | None = None
    waited_ms: float | None = None
    """The wait before this try."""
    duration_ms: float | None = None


class Sdk(BaseModel):
    """The package that made the call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str


class CallMetadata(BaseModel):
    """What is known of a call beside its messages."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    provider: str
    wire: str
    endpoint: str | None = None
    """Scheme and host only: a path or query may hold a secret."""
    model: str
    """As asked for."""
    response_model: str | None = None
    """As answered."""
    response_id: str | None = None
    finish_reason: FinishReason | None = None
    """The first choice's."""
    usage: Usage | None = None
    cost: Cost | None = None
    timing: Timing = Field(default_factory=Timing)
    attempts: list[Attempt] = Field(default_factory=list)
    sdk: Sdk | None = None
    other: dict[str, JsonValue] = Field(default_factory=dict)
    """Named facts of one wire: service tier, system fingerprint, faults found in translating."""
