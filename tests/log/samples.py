"""Calls to log, made by hand: what a call path would tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ell2a.calls import (
    CallClosing,
    CallMetadata,
    CallOpening,
    CallStatus,
    Cost,
    Ell2aCall,
    Ell2aResponse,
    ErrorRecord,
    Sdk,
    Timing,
    TranslationItem,
    Usage,
    new_call_id,
)
from ell2a.log import CallLog
from ell2a.messages import AgentCallBlock, Block, FinishReason, Message, TextBlock, user


def opening(messages: Sequence[Message] | str = "hello", **more: Any) -> CallOpening:
    """A call about to leave; `more` are fields of Ell2aCall and of CallOpening."""
    said = [user(messages)] if isinstance(messages, str) else list(messages)
    parts = {name: more.pop(name) for name in list(more) if name in CallOpening.__dataclass_fields__}
    call = Ell2aCall(**{"model": "gpt-5", "provider": "openai", "wire": "openai-chat", "messages": said, **more})
    return CallOpening(
        **{
            "call_id": new_call_id(),
            "call": call,
            "request": {"model": call.model, "messages": [{"role": m.role, "content": m.text} for m in said]},
            "translation": [
                TranslationItem(path=f"messages.{i}.content.{j}", action="kept", to=f"messages.{i}.content")
                for i, m in enumerate(said)
                for j in range(len(m.content))
            ],
            "endpoint": "https://api.openai.com",
            "sdk": Sdk(name="openai", version="3.54.0"),
            "started_at": datetime.now(UTC),
            **parts,
        }
    )


def closing(
    made: CallOpening,
    answer: str | Sequence[Block] = "hi",
    *,
    status: CallStatus = "ok",
    usage: Usage | None = None,
    cost: str | None = None,
    error: ErrorRecord | None = None,
    **more: Any,
) -> CallClosing:
    """The end of a call; `more` are fields of CallClosing."""
    blocks = [TextBlock(text=answer)] if isinstance(answer, str) else list(answer)
    metadata = CallMetadata(
        provider=made.call.provider,
        wire=made.call.wire,
        model=made.call.model,
        response_model=f"{made.call.model}-2026",
        endpoint=made.endpoint,
        finish_reason=None if error else FinishReason(unified="stop", raw="stop"),
        usage=usage,
        cost=None if cost is None else Cost(amount=Decimal(cost), source="a test"),
        timing=Timing(started_at=made.started_at, duration_ms=more.pop("duration_ms", 12.5)),
        sdk=made.sdk,
    )
    response = Ell2aResponse(
        blocks,
        [b for b in blocks if isinstance(b, AgentCallBlock)],
        metadata=metadata,
        finish_reason=FinishReason(unified="stop", raw="stop"),
    )
    told = {
        "response": None if error else response,
        "response_raw": {"choices": [{"message": {"role": "assistant", "content": response.text}}]},
        **more,
    }
    return CallClosing(status="error" if error else status, metadata=metadata, error=error, **told)


def logged(log: CallLog, messages: Sequence[Message] | str = "hello", answer: Any = "hi", **more: Any) -> str:
    """Log a whole call and give its id. `more` are those of `opening`, `closing` and `CallLog.observer`."""
    of_observer = {name: more.pop(name) for name in ("lmp", "place", "replay_of") if name in more}
    of_closing = {name: more.pop(name) for name in _OF_CLOSING if name in more}
    made = opening(messages, **more)
    log.observer(**of_observer).open(made).close(closing(made, answer, **of_closing))
    return made.call_id


_OF_CLOSING = ("status", "usage", "cost", "error", "response_raw", "response", "chunks", "duration_ms")
