"""Results that stand in the item of the call itself: of code, of file searches, of MCP servers, and made pictures."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from ell2a.messages import (
    AgentResultBlock,
    Block,
    Citation,
    ImageBlock,
    OpaqueBlock,
    TextBlock,
    compact_json,
    parse_json,
)
from ell2a.providers.openai_chat.media import read_base64, read_data_url
from ell2a.providers.openai_responses.call_kinds import CallKind
from ell2a.providers.openai_responses.native_keys import WIRE, carried, key_of, native_of, put_back

_PASSAGE = ("score", "attributes")


def read_own_result(item: dict[str, Any], kind: CallKind, call_id: str) -> AgentResultBlock | None:
    """The result in a call's item; None where there is none (yet), or none that can be read."""
    read = _READERS.get(kind.type)
    return read(item, call_id) if read else None


def write_own_result(block: AgentResultBlock, kind: CallKind) -> dict[str, Any] | str:
    """The fields of the call's item that hold its result, or why it has no place for that."""
    return _WRITERS[kind.type](block)


def _listed(item: dict[str, Any], field: str, call_id: str, read: Callable[[Any], Block]) -> AgentResultBlock | None:
    given = item.get(field)
    if not isinstance(given, list) or not given:
        return None
    return AgentResultBlock(call_id=call_id, content=[read(one) for one in given])


def _code(item: dict[str, Any], call_id: str) -> AgentResultBlock | None:
    return _listed(item, "outputs", call_id, _output)


def _output(raw: Any) -> Block:
    if isinstance(raw, dict) and raw.get("type") == "logs" and isinstance(raw.get("logs"), str):
        return TextBlock(text=raw["logs"], native=native_of(**carried(raw, (), ("type", "logs"))))
    if isinstance(raw, dict) and raw.get("type") == "image" and isinstance(raw.get("url"), str):
        native = native_of(**carried(raw, (), ("type", "url")))
        found = read_data_url(raw["url"])
        if found is not None:
            return ImageBlock(data=found[1], media_type=found[0], native=native)
        return ImageBlock(url=raw["url"], native=native)
    return _opaque(raw, "output")


def _passages(item: dict[str, Any], call_id: str) -> AgentResultBlock | None:
    return _listed(item, "results", call_id, _passage)


def _passage(raw: Any) -> Block:
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        return _opaque(raw, "passage")
    file_id, name = raw.get("file_id"), raw.get("filename")
    if not isinstance(file_id, str | None) or not isinstance(name, str | None):
        return _opaque(raw, "passage")
    source = [Citation(file_id=file_id, title=name)] if (file_id or name) is not None else []
    told = carried(raw, _PASSAGE, ("text", "file_id", "filename"))
    return TextBlock(text=raw["text"], citations=source, native=native_of(**told))


def _picture(item: dict[str, Any], call_id: str) -> AgentResultBlock | None:
    raw = item.get("result")
    data = read_base64(raw) if isinstance(raw, str) and raw else None
    if data is None:
        return None
    format = item.get("output_format")
    media_type = f"image/{format}" if isinstance(format, str) else None
    return AgentResultBlock(call_id=call_id, content=[ImageBlock(data=data, media_type=media_type)])


def _server(item: dict[str, Any], call_id: str) -> AgentResultBlock | None:
    output, error = item.get("output"), item.get("error")
    if isinstance(output, str) and error is None:
        return AgentResultBlock(call_id=call_id, content=[TextBlock(text=output)])
    if error is None or output is not None:
        return None
    text = error if isinstance(error, str) else compact_json(error)
    native = None if isinstance(error, str) else native_of(form="error")
    return AgentResultBlock(call_id=call_id, content=[TextBlock(text=text)], is_error=True, native=native)


def _opaque(raw: Any, kind: str) -> OpaqueBlock:
    said = raw.get("type") if isinstance(raw, dict) else None
    return OpaqueBlock(wire=WIRE, kind=str(said or kind), raw=raw, native=native_of(form="part"))


_READERS: dict[str, Callable[[dict[str, Any], str], AgentResultBlock | None]] = {
    "code_interpreter_call": _code,
    "file_search_call": _passages,
    "image_generation_call": _picture,
    "mcp_call": _server,
}


def _write_code(block: AgentResultBlock) -> dict[str, Any] | str:
    outputs = []
    for one in block.content:
        if isinstance(one, TextBlock):
            outputs.append(put_back({"type": "logs", "logs": one.text}, one.native, ()))
        elif isinstance(one, ImageBlock) and one.file_id is None:
            url = one.url if one.data is None else f"data:{one.media_type};base64,{b64encode(one.data).decode()}"
            outputs.append(put_back({"type": "image", "url": url}, one.native, ()))
        elif isinstance(one, OpaqueBlock) and one.wire == WIRE:
            outputs.append(one.raw)
        else:
            return f"the outputs of code are logs and images by URL, not {one.type}"
    return {"outputs": outputs}


def _write_passages(block: AgentResultBlock) -> dict[str, Any] | str:
    results = []
    for one in block.content:
        if isinstance(one, TextBlock):
            source = one.citations[0] if one.citations else Citation()
            told = {"file_id": source.file_id, "filename": source.title, "text": one.text}
            found = {name: value for name, value in told.items() if value is not None}
            results.append(put_back(found, one.native, _PASSAGE))
        elif isinstance(one, OpaqueBlock) and one.wire == WIRE:
            results.append(one.raw)
        else:
            return f"what a search of files found is text, not {one.type}"
    return {"results": results}


def _write_picture(block: AgentResultBlock) -> dict[str, Any] | str:
    only = block.content[0] if len(block.content) == 1 else None
    if not isinstance(only, ImageBlock) or only.data is None:
        return "a made picture is one image, as bytes"
    return {"result": b64encode(only.data).decode()}


def _write_server(block: AgentResultBlock) -> dict[str, Any] | str:
    if not all(isinstance(one, TextBlock) for one in block.content):
        return "what an MCP server answers is text here"
    if not block.is_error:
        return {"output": block.text}
    value, parses = parse_json(block.text)
    return {"error": value if parses and key_of(block.native, "form") == "error" else block.text}


_WRITERS: dict[str, Callable[[AgentResultBlock], dict[str, Any] | str]] = {
    "code_interpreter_call": _write_code,
    "file_search_call": _write_passages,
    "image_generation_call": _write_picture,
    "mcp_call": _write_server,
}
