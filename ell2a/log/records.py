"""The two things that are written of a call, as plain values: its opening, and its closing.

Their JSON form is what a redaction hook is given, and a line of the spool.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from ell2a.calls import (
    CallClosing,
    CallMetadata,
    CallOpening,
    CallStatus,
    Chunk,
    Ell2aCall,
    ErrorRecord,
    Observed,
    Sdk,
    TranslationItem,
)
from ell2a.log.content import json_bytes
from ell2a.log.views import LmpSource
from ell2a.messages import Message

# Bytes are base64 in JSON only: pydantic takes a string for its UTF-8 elsewhere, so messages are read as JSON text.
_MESSAGES = TypeAdapter(list[Message])
_CALL = TypeAdapter(Ell2aCall)
_TRANSLATION = TypeAdapter(list[TranslationItem])


@dataclass(frozen=True, slots=True)
class OpeningRecord:
    """What is written before a request leaves."""

    call_id: str
    writer_id: str
    call: Ell2aCall
    request: dict[str, Any]
    translation: Sequence[TranslationItem]
    started_at: datetime
    endpoint: str | None = None
    sdk: Sdk | None = None
    lmp: LmpSource | None = None
    place: str | None = None
    replay_of: str | None = None

    @classmethod
    def of(
        cls, opening: CallOpening, writer_id: str, lmp: LmpSource | None, place: str | None, replay_of: str | None
    ) -> OpeningRecord:
        """From what the call path tells, and what is known of who called."""
        return cls(
            call_id=opening.call_id,
            writer_id=writer_id,
            call=opening.call,
            request=opening.request,
            translation=opening.translation,
            started_at=opening.started_at,
            endpoint=opening.endpoint,
            sdk=opening.sdk,
            lmp=lmp,
            place=place,
            replay_of=replay_of,
        )

    def as_json(self) -> dict[str, Any]:
        """The JSON form: bytes of media are base64 in the messages."""
        return {
            "record": "opening",
            "call_id": self.call_id,
            "writer_id": self.writer_id,
            "call": self.call.model_dump(mode="json"),
            "request": self.request,
            "translation": [item.model_dump(mode="json") for item in self.translation],
            "started_at": self.started_at.isoformat(),
            "endpoint": self.endpoint,
            "sdk": self.sdk.model_dump(mode="json") if self.sdk else None,
            "lmp": asdict(self.lmp) if self.lmp else None,
            "place": self.place,
            "replay_of": self.replay_of,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> OpeningRecord:
        """The record of a JSON form."""
        return cls(
            call_id=value["call_id"],
            writer_id=value["writer_id"],
            call=_read(_CALL, value["call"]),
            request=value["request"],
            translation=_TRANSLATION.validate_python(value["translation"]),
            started_at=datetime.fromisoformat(value["started_at"]),
            endpoint=value["endpoint"],
            sdk=Sdk.model_validate(value["sdk"]) if value["sdk"] else None,
            lmp=LmpSource(**value["lmp"]) if value["lmp"] else None,
            place=value["place"],
            replay_of=value["replay_of"],
        )


@dataclass(frozen=True, slots=True)
class ClosingRecord:
    """What is written when a call is over."""

    call_id: str
    status: CallStatus
    metadata: CallMetadata
    messages: Sequence[Message] = ()
    response: Any = None
    """The native response."""
    error: ErrorRecord | None = None
    chunks: Sequence[Chunk] = field(default_factory=tuple)
    observed: Sequence[Observed] = ()
    """What a refusal showed of the model."""

    @classmethod
    def of(cls, call_id: str, closing: CallClosing) -> ClosingRecord:
        """From what the call path tells."""
        return cls(
            call_id=call_id,
            status=closing.status,
            metadata=closing.metadata,
            messages=closing.response.messages if closing.response else (),
            response=closing.response_raw,
            error=closing.error,
            chunks=closing.chunks,
            observed=closing.observed,
        )

    def as_json(self) -> dict[str, Any]:
        """The JSON form. The cost stands beside the metadata as text too, since a JSON number is not exact."""
        cost = self.metadata.cost
        return {
            "record": "closing",
            "call_id": self.call_id,
            "status": self.status,
            "metadata": self.metadata.model_dump(mode="json"),
            "cost_amount": str(cost.amount) if cost else None,
            "messages": _MESSAGES.dump_python(list(self.messages), mode="json"),
            "response": self.response,
            "error": self.error.as_json() if self.error else None,
            "chunks": [[c.at_ms, c.size] for c in self.chunks],
            "observed": [asdict(seen) for seen in self.observed],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ClosingRecord:
        """The record of a JSON form."""
        metadata = value["metadata"]
        if metadata["cost"] is not None:
            metadata = {**metadata, "cost": {**metadata["cost"], "amount": value["cost_amount"]}}
        error = value["error"]
        messages: list[Message] = _read(_MESSAGES, value["messages"])
        return cls(
            call_id=value["call_id"],
            status=value["status"],
            metadata=CallMetadata.model_validate(metadata),
            messages=messages,
            response=value["response"],
            error=ErrorRecord(error["class"], **{k: v for k, v in error.items() if k != "class"}) if error else None,
            chunks=[Chunk(at_ms, size) for at_ms, size in value["chunks"]],
            # A record that an older release put aside has none.
            observed=[Observed(**seen) for seen in value.get("observed", ())],
        )


Record = OpeningRecord | ClosingRecord

Read = TypeVar("Read")


def _read(adapter: TypeAdapter[Read], value: Any) -> Read:
    """What a JSON form is of; bytes are base64 in it."""
    try:
        return adapter.validate_json(json_bytes(value))
    except ValidationError:
        # Half a surrogate pair, which providers do send, is no JSON to pydantic.
        return adapter.validate_python(_with_bytes(value))


def _with_bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_bytes(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    # Media blocks alone have both.
    held = isinstance(value.get("data"), str) and value.get("blob") is not None
    made = {name: _with_bytes(inner) for name, inner in value.items()}
    return {**made, "data": base64.urlsafe_b64decode(value["data"])} if held else made


def record_from_json(value: dict[str, Any]) -> Record:
    """The opening or closing of a JSON form."""
    kind = OpeningRecord if value["record"] == "opening" else ClosingRecord
    return kind.from_json(value)


def redacted(record: Record, redactor: Any) -> dict[str, Any]:
    """The JSON form of a record with no known secret in it."""
    return dict(redactor.value(record.as_json()))
