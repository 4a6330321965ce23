"""Blocks, native -> universal. What has no universal form, or not the shape that the wire promises, is opaque."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Block,
    Citation,
    DocumentBlock,
    ImageBlock,
    OpaqueBlock,
    TextBlock,
    ThinkingBlock,
    agent_call,
)
from ell2a.providers.anthropic_messages.native_extras import extras_of
from ell2a.providers.anthropic_messages.result_reading import read_server_result
from ell2a.providers.anthropic_messages.server_results import MCP_RESULT, SERVER_RESULTS
from ell2a.providers.anthropic_messages.tables import CITATION_KEYS, CITED_FIELDS, EXTRA, WIRE

_TEXT_TYPE = "text/plain"


class _Unreadable(Exception):
    """A block that has not the shape its type promises."""


def read_block(raw: Any) -> Block:
    """A block of the wire. Never raises."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is not None:
        try:
            return reader(raw)
        except (_Unreadable, ValidationError):
            pass
    return OpaqueBlock(wire=WIRE, kind=kind if isinstance(kind, str) else "unknown", raw=raw)


def read_blocks(content: Any) -> list[Block] | None:
    """The blocks of a `content`: a string is one block of text. None where it is neither string nor list."""
    if isinstance(content, str):
        return [TextBlock(text=content)]
    if isinstance(content, list):
        return [read_block(raw) for raw in content]
    return None


def _text(raw: dict[str, Any]) -> Block:
    citations = raw.get("citations")
    return TextBlock(
        text=_string(raw, "text"),
        citations=[_citation(c) for c in _list(citations)] if citations else [],
        native=extras_of(raw, {"type", "text", "citations"}),
    )


def _citation(raw: Any) -> Citation:
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise _Unreadable
    fields = CITED_FIELDS.get(raw["type"], {})
    native = {key: value for key, value in raw.items() if key in CITATION_KEYS}
    unknown = {key: value for key, value in raw.items() if key not in CITATION_KEYS and key not in fields}
    if unknown:
        native[EXTRA] = unknown
    return Citation(**{ours: raw.get(key) for key, ours in fields.items()}, native=native)


def _image(raw: dict[str, Any]) -> Block:
    return ImageBlock(**_source(raw), native=extras_of(raw, {"type", "source"}))


def _document(raw: dict[str, Any]) -> Block:
    marks = {"source_type": "content"} if isinstance(raw.get("source"), dict) and "content" in raw["source"] else {}
    return DocumentBlock(
        **_source(raw),
        title=raw.get("title"),
        context=raw.get("context"),
        citations_enabled=_enabled(raw.get("citations")),
        native=extras_of(raw, {"type", "source", "title", "context", "citations"}, **marks),
    )


def _enabled(citations: Any) -> bool | None:
    if citations is None:
        return None
    if not isinstance(citations, dict) or set(citations) != {"enabled"} or not isinstance(citations["enabled"], bool):
        raise _Unreadable
    return citations["enabled"]


def _source(raw: dict[str, Any]) -> dict[str, Any]:
    source = raw.get("source")
    kind = source.get("type") if isinstance(source, dict) else None
    reader = _SOURCES.get(kind) if isinstance(kind, str) else None
    if reader is None or source is None:
        raise _Unreadable
    keys, read = reader
    if set(source) != keys:
        raise _Unreadable
    return read(source, raw["type"])


def _from_base64(source: dict[str, Any], kind: str) -> dict[str, Any]:
    text = _string(source, "data")
    if kind == "document" and source["media_type"] != "application/pdf":
        raise _Unreadable
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _Unreadable from error
    if base64.b64encode(data).decode() != text:
        # Another spelling of the same bytes would not come back as it was.
        raise _Unreadable
    return {"data": data, "media_type": source["media_type"]}


def _from_text(source: dict[str, Any], kind: str) -> dict[str, Any]:
    if kind != "document" or source.get("media_type", _TEXT_TYPE) != _TEXT_TYPE:
        raise _Unreadable
    try:
        data = _string(source, "data" if source["type"] == "text" else "content").encode()
    except UnicodeEncodeError as error:
        raise _Unreadable from error
    return {"data": data, "media_type": _TEXT_TYPE}


def _from_url(source: dict[str, Any], kind: str) -> dict[str, Any]:
    del kind
    if _string(source, "url").startswith("data:"):
        raise _Unreadable
    return {"url": source["url"]}


def _from_file(source: dict[str, Any], kind: str) -> dict[str, Any]:
    del kind
    return {"file_id": _string(source, "file_id")}


_SOURCES: dict[str, tuple[set[str], Callable[[dict[str, Any], str], dict[str, Any]]]] = {
    "base64": ({"type", "media_type", "data"}, _from_base64),
    "text": ({"type", "media_type", "data"}, _from_text),
    "content": ({"type", "content"}, _from_text),
    "url": ({"type", "url"}, _from_url),
    "file": ({"type", "file_id"}, _from_file),
}
"""Kind of source -> its keys, all of them, and what they say."""


def _tool_use(raw: dict[str, Any]) -> Block:
    return _call(raw)


def _server_call(raw: dict[str, Any]) -> Block:
    return _call(raw, call_type=raw["type"])


def _call(raw: dict[str, Any], **marks: str) -> AgentCallBlock:
    id, name, arguments = _string(raw, "id"), _string(raw, "name"), raw.get("input", {})
    more: dict[str, Any] = {
        "native": extras_of(raw, {"type", "id", "name", "input"}, **marks),
        "executed_by_provider": bool(marks),
    }
    if isinstance(arguments, str):
        # Only a stream gives text here: arguments whose pieces made no JSON.
        return agent_call(id, name, arguments, **more)
    if not isinstance(arguments, dict):
        raise _Unreadable
    return AgentCallBlock(id=id, name=name, arguments=arguments, **more)


def _server_result(raw: dict[str, Any]) -> Block:
    block = read_server_result(raw, read_block)
    if block is None:
        raise _Unreadable
    return block


def _tool_result(raw: dict[str, Any]) -> Block:
    return _result(raw)


def _mcp_result(raw: dict[str, Any]) -> Block:
    return _result(raw, result_type=MCP_RESULT)


def _result(raw: dict[str, Any], **marks: str) -> Block:
    content = raw.get("content")
    blocks = [] if content is None else read_blocks(content)
    if blocks is None or not isinstance(raw.get("is_error", False), bool):
        raise _Unreadable
    return AgentResultBlock(
        call_id=_string(raw, "tool_use_id"),
        content=blocks,
        is_error=raw.get("is_error", False),
        native=extras_of(raw, {"type", "tool_use_id", "content", "is_error"}, **marks),
    )


def _thinking(raw: dict[str, Any]) -> Block:
    marks = {} if isinstance(raw.get("signature"), str) else {"unsigned": True}
    return ThinkingBlock(
        text=_string(raw, "thinking"),
        signature=raw.get("signature"),
        native=extras_of(raw, {"type", "thinking", "signature"}, **marks),
    )


def _redacted(raw: dict[str, Any]) -> Block:
    return ThinkingBlock(redacted=_string(raw, "data"), native=extras_of(raw, {"type", "data"}))


def _string(raw: dict[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str):
        raise _Unreadable
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Unreadable
    return value


_READERS: dict[str, Callable[[dict[str, Any]], Block]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "tool_use": _tool_use,
    "server_tool_use": _server_call,
    "mcp_tool_use": _server_call,
    "tool_result": _tool_result,
    MCP_RESULT: _mcp_result,
    **dict.fromkeys(SERVER_RESULTS, _server_result),
    "thinking": _thinking,
    "redacted_thinking": _redacted,
}
