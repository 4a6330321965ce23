"""Results of agents that the service ran itself, native -> universal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from ell2a.messages import AgentResultBlock, Block, DocumentBlock, OpaqueBlock, TextBlock
from ell2a.providers.anthropic_messages.equivalences import canonical
from ell2a.providers.anthropic_messages.native_extras import extras_of
from ell2a.providers.anthropic_messages.result_writing import write_server_result
from ell2a.providers.anthropic_messages.server_results import ENTRY_KEYS, SERVER_RESULTS, Form, ServerResult
from ell2a.providers.anthropic_messages.tables import INNER_EXTRA, WIRE

ReadBlock = Callable[[Any], Block]


def read_server_result(raw: dict[str, Any], read_block: ReadBlock) -> AgentResultBlock | None:
    """The result in a block whose type has a row; None where it is not of the documented shape."""
    kind, id, content = SERVER_RESULTS[raw["type"]], raw.get("tool_use_id"), raw.get("content")
    if not isinstance(id, str):
        return None
    marks: dict[str, Any] = {"result_type": kind.type}
    failed = False
    if isinstance(content, list) and kind.entries is not None:
        blocks: list[Block] | None = [_entry(one, kind.entries) for one in content]
    else:
        form = kind.form(content.get("type")) if isinstance(content, dict) else None
        if form is None or not isinstance(content, dict):
            return None
        blocks = _blocks(content, form, read_block)
        marks.update(_marks(content, form, kind))
        failed = form.error or (form.exit_code and content.get("return_code") not in (0, None))
    if blocks is None:
        return None
    native = extras_of(raw, {"type", "tool_use_id", "content"}, **marks)
    block = AgentResultBlock(call_id=id, content=blocks, is_error=failed, native=native)
    # What would not come back as it was (a null where a word stands, an empty list of lines) is opaque.
    return block if _same(write_server_result(block, id).body, raw) else None


def _same(one: Any, other: Any) -> bool:
    turns = ({"messages": [{"role": "assistant", "content": [block]}]} for block in (one, other))
    first, second = map(canonical, turns)
    return first == second


def _marks(content: dict[str, Any], form: Form, kind: ServerResult) -> dict[str, Any]:
    fields = (
        *form.texts,
        form.lines,
        form.listed,
        form.document,
        "content" if form.files else None,
        "type",
        *form.told,
    )
    unknown = {key: value for key, value in content.items() if key not in fields}
    return {
        **({} if form is kind.forms[0] else {"result_form": form.type}),
        **{key: content[key] for key in form.told if key in content},
        **({INNER_EXTRA: unknown} if unknown else {}),
    }


def _blocks(content: dict[str, Any], form: Form, read_block: ReadBlock) -> list[Block] | None:
    blocks: list[Block] = []
    for field in form.texts:
        text = content.get(field)
        if not isinstance(text, str) and not (field in form.optional and field not in content):
            return None
        if text:
            blocks.append(TextBlock(text=text, native={"field": field} if field != form.texts[0] else None))
    lines = content.get(form.lines or "")
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        blocks.append(TextBlock(text="\n".join(lines)))
    if form.files is not None:
        files = content.get("content")
        if not isinstance(files, list):
            return None
        blocks += [_file(one, form.files) for one in files]
    listed = content.get(form.listed or "")
    blocks += [_opaque(one, str(form.listed)) for one in listed] if isinstance(listed, list) else []
    if form.document is not None:
        blocks.append(read_block(content.get(form.document)))
    return blocks


def _file(raw: Any, type: str) -> Block:
    if isinstance(raw, dict) and raw.get("type") == type and isinstance(raw.get("file_id"), str):
        return DocumentBlock(file_id=raw["file_id"], native=extras_of(raw, {"type", "file_id"}))
    return _opaque(raw, type)


def _entry(raw: Any, type: str) -> Block:
    if isinstance(raw, dict) and raw.get("type") == type and isinstance(raw.get("title"), str):
        told = {key: raw[key] for key in ENTRY_KEYS if key in raw}
        extras = extras_of(raw, {"type", "url", "title", *ENTRY_KEYS}, **told)
        try:
            return DocumentBlock(url=raw.get("url"), title=raw["title"], native=extras)
        except ValidationError:
            pass
    return _opaque(raw, type)


def _opaque(raw: Any, kind: str) -> OpaqueBlock:
    said = raw.get("type") if isinstance(raw, dict) else None
    return OpaqueBlock(wire=WIRE, kind=said if isinstance(said, str) else kind, raw=raw)
