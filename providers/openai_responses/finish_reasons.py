"""Why an answer ended: its status, what was incomplete, and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.messages import AgentCallBlock, Block, FinishKind, FinishReason, RefusalBlock

_STATUS: Mapping[str, FinishKind] = {
    "completed": "stop",
    "complete": "stop",
    "incomplete": "other",
    "failed": "error",
    "cancelled": "other",
    "queued": "other",
    "in_progress": "other",
}
"""Source: openai 3.54.0, types.responses.response_status; `complete` is Bedrock's. An answer made in the background that is
queued or in progress has not ended at all."""

_INCOMPLETE: Mapping[str, FinishKind] = {
    "max_output_tokens": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
}
"""`incomplete_details.reason` -> ours."""


def finish_reason_of(body: Mapping[str, Any], content: list[Block]) -> FinishReason | None:
    """The reason; None where the answer has no status. `raw` is the status, the wire's only word for every answer."""
    status = body.get("status")
    if not isinstance(status, str):
        return None
    kind = _STATUS.get(status, "other")
    details = body.get("incomplete_details")
    if status == "incomplete" and isinstance(details, dict) and isinstance(details.get("reason"), str):
        kind = _INCOMPLETE.get(details["reason"], "other")
    elif kind == "stop":
        kind = _of_content(content)
    return FinishReason(unified=kind, raw=status)


def _of_content(content: list[Block]) -> FinishKind:
    if any(isinstance(block, AgentCallBlock) and not block.executed_by_provider for block in content):
        return "agent_calls"
    return "refusal" if any(isinstance(block, RefusalBlock) for block in content) else "stop"
