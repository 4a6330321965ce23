"""Blocks, universal -> native. Pure: each function gives what a block becomes, and what of it the wire cannot carry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

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
from ell2a.providers.anthropic_messages import media_writing
from ell2a.providers.anthropic_messages.native_extras import put_extras
from ell2a.providers.anthropic_messages.result_writing import is_server_result, server_type, write_server_result
from ell2a.providers.anthropic_messages.server_results import MCP_RESULT
from ell2a.providers.anthropic_messages.tables import (
    CITATION_KEYS,
    CITED_FIELDS,
    EXTRA,
    ID_PATTERN,
    INVALID_ARGUMENTS,
    NATIVE_KEYS,
    SERVER_CALLS,
    WIRE,
)
from ell2a.providers.anthropic_messages.written import Written, lost

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
    return f"{clean}_{digest}", f"an id here matches {ID_PATTERN}, which {id!r} does not"


def _text(block: TextBlock) -> Written:
    return _words(block, block.text)


def _parsed(block: ParsedBlock) -> Written:
    return _words(block, block.json_text(), "a structured output goes back as its JSON text")


def _refusal(block: RefusalBlock) -> Written:
    body = {"type": "text", "text": block.text}
    return Written(put_extras(body, block.native), "this wire has no block for a refusal: it is text")


def _words(block: TextBlock | ParsedBlock, text: str, reason: str | None = None) -> Written:
    body: dict[str, Any] = {"type": "text", "text": text}
    citations = [_citation(citation) for citation in block.citations]
    ours = [citation for citation in citations if citation is not None]
    if ours:
        body["citations"] = ours
    if len(ours) < len(citations):
        # They point into sources that this wire has not been given.
        left = "its citations of another wire have no place in a request on this one"
        reason = f"{reason}; {left}" if reason else left
    return Written(put_extras(body, block.native), reason)


def _citation(citation: Citation) -> dict[str, Any] | None:
    native = citation.native or {}
    kind = native.get("type")
    if not isinstance(kind, str):
        return None
    fields = CITED_FIELDS.get(kind)
    body = {key: value for key, value in native.items() if key in CITATION_KEYS}
    body.update(native.get(EXTRA) or {})
    if fields is not None:
        told = {key: getattr(citation, ours) for key, ours in fields.items()}
        # Answers name the file, null where it is none; requests need not.
        body.update({key: value for key, value in told.items() if key != "file_id" or value is not None})
    return body


def _thinking(block: ThinkingBlock) -> Written:
    own = NATIVE_KEYS.keys() >= (block.native or {}).keys()
    if not own:
        # Other wires sign and encrypt too, and this one refuses what it did not sign.
        return lost("the reasoning of another wire", "it takes back only its own; leave the block out")
    if block.redacted is not None:
        body = {"type": "redacted_thinking", "data": block.redacted}
    elif block.signature is not None:
        body = {"type": "thinking", "thinking": block.text, "signature": block.signature}
    elif (block.native or {}).get("unsigned"):
        body = {"type": "thinking", "thinking": block.text}
    else:
        return lost("reasoning without a signature", "it takes back only what it signed; leave the block out")
    return Written(put_extras(body, block.native))


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
    return Written(put_extras(body, block.native), reason)


def _arguments(block: AgentCallBlock) -> tuple[dict[str, Any], str | None]:
    if isinstance(block.arguments, dict):
        return block.arguments, None
    text = block.arguments_text()
    if text.strip() in ("", "null"):
        return {}, "no arguments are an empty object here"
    return {INVALID_ARGUMENTS: text}, f"arguments that are no JSON object stand as text under `{INVALID_ARGUMENTS}`"


def _agent_result(block: AgentResultBlock) -> Written:
    id, why = wire_id(block.call_id)
    ran = server_type(block)
    if ran is not None and ran != MCP_RESULT:
        return write_server_result(block, id)
    body: dict[str, Any] = {"type": ran or "tool_result", "tool_use_id": id}
    parts = [_within_result(inner) for inner in block.content]
    if ran is None and len(block.content) == 1 and is_plain(block.content[0]):
        body["content"] = parts[0].body["text"]
    elif parts:
        body["content"] = [part.body for part in parts if not part.lost]
    if block.is_error:
        body["is_error"] = True
    reasons = [why, *(part.reason for part in parts)]
    return Written(
        put_extras(body, block.native),
        "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or None,
        inner={index: part.loss for index, part in enumerate(parts) if part.loss is not None},
    )


def _within_result(block: Block) -> Written:
    if block.type in _RESULT_BLOCKS or is_server_result(block):
        return write_block(block)
    return lost(f"{block.type} in the result of an agent", "leave it out, or say it in words")


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
