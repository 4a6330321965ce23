"""How a call path tells others of a call: what the log, the printer and tests implement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from ell2a.calls.call import Ell2aCall
from ell2a.calls.delta import Delta
from ell2a.calls.metadata import CallMetadata, Sdk
from ell2a.calls.observation import Observed
from ell2a.calls.response import Ell2aResponse
from ell2a.calls.translation import TranslationItem

CallStatus = Literal["pending", "ok", "error", "interrupted", "partial"]
"""`partial`: a stream not read to its end. `interrupted`: the process ended before the answer came."""


@dataclass(frozen=True, slots=True)
class CallOpening:
    """What is known when the request is about to leave."""

    call_id: str
    call: Ell2aCall
    request: dict[str, Any]
    """The native request: the JSON body that goes out."""
    translation: Sequence[TranslationItem]
    endpoint: str | None
    """Scheme and host."""
    sdk: Sdk | None
    started_at: datetime


class Chunk(NamedTuple):
    """One event of a stream."""

    at_ms: float
    """Since the request left."""
    size: int
    """Bytes of its data."""


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """An error as it is kept and shown."""

    error_class: str
    message: str
    status: int | None = None
    request_id: str | None = None
    retry_after: float | None = None
    body: Any = None

    def as_json(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "class": self.error_class,
            "message": self.message,
            "status": self.status,
            "request_id": self.request_id,
            "retry_after": self.retry_after,
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class CallClosing:
    """What is known when the call is over."""

    status: CallStatus
    metadata: CallMetadata
    response: Ell2aResponse | None = None
    response_raw: Any = None
    """The native response: the JSON body that came in, or what a stream amounts to."""
    error: ErrorRecord | None = None
    chunks: Sequence[Chunk] = field(default_factory=tuple)
    observed: Sequence[Observed] = ()
    """What a refusal showed of the model."""


class CallRecord(Protocol):
    """One call being observed. `close` or `aclose` is called once, and returns when the call is safe."""

    def delta(self, delta: Delta) -> None: ...

    def close(self, closing: CallClosing) -> None: ...

    async def aclose(self, closing: CallClosing) -> None: ...


class CallObserver(Protocol):
    """Told of each call before its request leaves, and after. It never raises and never holds a call up."""

    def open(self, opening: CallOpening) -> CallRecord: ...

    async def aopen(self, opening: CallOpening) -> CallRecord: ...
