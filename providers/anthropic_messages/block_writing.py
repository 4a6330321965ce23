"""Blocks, universal -> native. Pure: each function gives what a block becomes, and what of it the wire cannot carry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ell2a.providers.anthropic_messages import media_writing
from ell2a.providers.anthropic_messages.native_extras import put_extras
from ell2a.providers.anthropic_messages.tables import (
    CITATION_KEYS,
    CITED_FIELDS,
    EXTRA,
    ID_PATTERN,
    INVALID_ARGUMENTS,
    SERVER_CALLS,
    WIRE,
)
from ell2a.providers.anthropic_messages.written import Loss, Written, lost

from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Block,
    Citation,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
)

_RESULT_BLOCKS = ("text", "image", "document", "parsed", "refusal", "opaque")
"""What may stand in the result of an agent. Source: anthropic 2.12, `types.tool_result_block_param`."""


def write_block(block: Block) -> Written:
    """A block in the wire's form."""
    return _WRITERS[block.type](block)


def is_plain(block: Block) -> bool:
    """Whether a block is words and nothing else, which the wire also takes as a bare string."""
    return isinstance(block, TextBlock) and not block.citations and not block.native


def wire_id(id: str) -> tuple[str, str | None]:
    """An id of an agent call as the wire takes it, and why it differs. The same id always gives the same."""
    if re.fullmatch(ID_PATTERN, id):
        return id, None
    digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    clean = re.sub(r"[^a-zA-Z0-9_-]", "_", id)
    return f"{clean}_{digest}", f"the id {id!r} is made of what ids here are made of, {ID_PATTERN}"


def _text(block: TextBlock) -> Written:
    body: dict[str, Any] = {"type": "text", "text": block.text}
    losses = _put_citations(body, block.citations)
    return Written(body, losses=losses, foreign=put_extras(body, block.native))


def _parsed(block: ParsedBlock) -> Written:
    body: dict[str, Any] = {"type": "text", "text": block.json_text()}
    losses = _put_citations(body, block.citations)
    return Written(
        body, "a structured output goes back as its JSON text", losses=losses, foreign=put_extras(body, block.native)
    )


def _refusal(block: RefusalBlock) -> Written:
    body = {"type": "text", "text": block.text}
    return Written(body, "this wire has no block for a refusal: it is text", foreign=put_extras(body, block.native))


def _put_citations(body: dict[str, Any], citations: list[Citation]) -> tuple[Loss, ...]:
    losses = []
    ours = []
    for i, citation in enumerate(citations):
        written = _citation(citation)
        if written is None:
            reason = "a citation of another wire points into nothing that this one knows; leave it out"
            losses.append(Loss("citations of another wire", reason, f".citations.{i}"))
        else:
            ours.append(written)
    if ours:
        body["citations"] = ours
    return tuple(losses)


def _citation(citation: Citation) -> dict[str, Any] | None:
    native = citation.native or {}
    kind = native.get("type")
    if not isinstance(kind, str):
        return None
    fields = CITED_FIELDS.get(kind)
    body = {key: value for key, value in native.items() if key in CITATION_KEYS}
    body.update(native.get(EXTRA) or {})
    if fields is not None:
        body.update({key: getattr(citation, ours) for key, ours in fields.items()})
    return body


def _thinking(block: ThinkingBlock) -> Written:
    if block.redacted is not None:
        body = {"type": "redacted_thinking", "data": block.redacted}
    elif block.signature is not None:
        body = {"type": "thinking", "thinking": block.text, "signature": block.signature}
    elif (block.native or {}).get("unsigned"):
        body = {"type": "thinking", "thinking": block.text}
    else:
        return lost("reasoning without a signature", "it takes back only its own reasoning; leave the block out")
    return Written(body, foreign=put_extras(body, block.native))


def _agent_call(block: AgentCallBlock) -> Written:
    kind = "tool_use"
    if block.executed_by_provider:
        kind = (block.native or {}).get("call_type", "")
        if kind not in SERVER_CALLS:
            return lost(
                f"calls that another provider executed ({block.name})",
                "it has no result of that call; leave the block out",
            )
    id, why_id = wire_id(block.id)
    arguments, why_arguments = _arguments(block)
    body = {"type": kind, "id": id, "name": block.name, "input": arguments}
    reason = "; ".join(why for why in (why_id, why_arguments) if why) or None
    return Written(body, reason, foreign=put_extras(body, block.native))


def _arguments(block: AgentCallBlock) -> tuple[dict[str, Any], str | None]:
    if isinstance(block.arguments, dict):
        return block.arguments, None
    text = block.arguments_text()
    if text.strip() in ("", "null"):
        return {}, "no arguments are an empty object here"
    return {INVALID_ARGUMENTS: text}, f"arguments that are no JSON object stand as text under `{INVALID_ARGUMENTS}`"


def _agent_result(block: AgentResultBlock) -> Written:
    id, why = wire_id(block.call_id)
    body: dict[str, Any] = {"type": "tool_result", "tool_use_id": id}
    parts = [_within_result(inner, f".content.{i}") for i, inner in enumerate(block.content)]
    if len(block.content) == 1 and is_plain(block.content[0]):
        body["content"] = parts[0].body["text"]
    elif parts:
        body["content"] = [part.body for part in parts if not part.lost]
    if block.is_error:
        body["is_error"] = True
    reasons = [why, *(part.reason for part in parts)]
    return Written(
        body,
        "; ".join(reason for reason in reasons if reason) or None,
        losses=tuple(_inside(loss, i) for i, part in enumerate(parts) for loss in part.losses),
        foreign=put_extras(body, block.native) + tuple(end for part in parts for end in part.foreign),
    )


def _within_result(block: Block, end: str) -> Written:
    if block.type not in _RESULT_BLOCKS:
        return lost(f"{block.type} in the result of an agent", "leave it out, or say it in words")
    written = write_block(block)
    return replace(written, foreign=tuple(end + foreign for foreign in written.foreign))


def _inside(loss: Loss, index: int) -> Loss:
    return replace(loss, within=f".content.{index}{loss.within}")


def _opaque(block: OpaqueBlock) -> Written:
    if block.wire != WIRE:
        return lost(f"`{block.kind}` of {block.wire}", f"only {block.wire} knows such a block; leave it out")
    return Written(block.raw)


_WRITERS: dict[str, Callable[[Any], Written]] = {
    "text": _text,
    "parsed": _parsed,
    "refusal": _refusal,
    "thinking": _thinking,
    "agent_call": _agent_call,
    "agent_result": _agent_result,
    "opaque": _opaque,
    "image": media_writing.image,
    "document": media_writing.document,
    "audio": media_writing.audio,
    "video": media_writing.video,
}
