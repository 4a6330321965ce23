"""Results of agents that the service ran itself, universal -> native: back into the block that they came in."""

from __future__ import annotations

from typing import Any

from ell2a.messages import AgentResultBlock, Block, DocumentBlock, OpaqueBlock, TextBlock
from ell2a.providers.anthropic_messages import media_writing
from ell2a.providers.anthropic_messages.native_extras import put_extras
from ell2a.providers.anthropic_messages.server_results import ENTRY_KEYS, MCP_RESULT, SERVER_RESULTS, Form, ServerResult
from ell2a.providers.anthropic_messages.tables import INNER_EXTRA, WIRE
from ell2a.providers.anthropic_messages.written import Written, lost


class _NoPlace(Exception):
    """A part that the block of the wire cannot hold; the words say which."""


def is_server_result(block: Block) -> bool:
    """Whether a block is the result of an agent that this wire's service ran."""
    return isinstance(block, AgentResultBlock) and server_type(block) is not None


def server_type(block: AgentResultBlock) -> str | None:
    """The wire's block that a result came in, where its service ran the agent."""
    said = (block.native or {}).get("result_type")
    return said if isinstance(said, str) and (said in SERVER_RESULTS or said == MCP_RESULT) else None


def write_server_result(block: AgentResultBlock, id: str) -> Written:
    """The block of the wire for a result whose `result_type` has a row."""
    kind = SERVER_RESULTS[str(server_type(block))]
    try:
        content = _content(block, kind)
    except _NoPlace as why:
        return lost(str(why), f"`{kind.type}` has no place for it; leave it out")
    return Written(put_extras({"type": kind.type, "tool_use_id": id, "content": content}, block.native))


def _content(block: AgentResultBlock, kind: ServerResult) -> Any:
    if kind.entries is not None and not block.is_error:
        return [_entry(inner, kind.entries) for inner in block.content]
    native = block.native or {}
    form = _form(block, kind)
    body: dict[str, Any] = {"type": form.type, **{key: native[key] for key in form.told if key in native}}
    if form.exit_code:
        body["return_code"] = _return_code(body.get("return_code"), failed=block.is_error)
    body.update({field: "" for field in form.texts if field not in form.optional})
    body.update({field: [] for field in (form.listed, "content" if form.files else None) if field is not None})
    for inner in block.content:
        _put(body, form, inner)
    for key, value in (native.get(INNER_EXTRA) or {}).items():
        body.setdefault(key, value)
    return body


def _form(block: AgentResultBlock, kind: ServerResult) -> Form:
    """The form that it came in, unless it says by now that it failed, or that it did not."""
    came = kind.form((block.native or {}).get("result_form")) or kind.forms[0]
    if came.exit_code or came.error == block.is_error:
        return came
    return kind.forms[-1] if block.is_error else kind.forms[0]


def _return_code(came: Any, *, failed: bool) -> Any:
    return came if came is not None and (came != 0) == failed else int(failed)


def _put(body: dict[str, Any], form: Form, block: Block) -> None:
    """Put a block of the result into the field that is for it."""
    if isinstance(block, TextBlock) and (form.texts or form.lines) and not block.citations:
        if form.lines is not None:
            body[form.lines] = [*body.get(form.lines, []), *block.text.split("\n")]
            return
        said = (block.native or {}).get("field")
        field = said if said in form.texts else form.texts[0]
        body[field] = body.get(field, "") + block.text
    elif isinstance(block, DocumentBlock) and block.file_id is not None and form.files is not None:
        body["content"].append(put_extras({"type": form.files, "file_id": block.file_id}, block.native))
    elif isinstance(block, DocumentBlock) and form.document is not None and form.document not in body:
        written = media_writing.document(block)
        if written.loss is not None:
            raise _NoPlace(written.loss.capability)
        body[form.document] = written.body
    elif isinstance(block, OpaqueBlock) and block.wire == WIRE and (form.listed is not None or form.files is not None):
        body[form.listed or "content"].append(block.raw)
    else:
        raise _NoPlace(f"{block.type} in the result of an agent that the service ran (`{form.type}`)")


def _entry(block: Block, type: str) -> Any:
    if isinstance(block, OpaqueBlock) and block.wire == WIRE:
        return block.raw
    if not isinstance(block, DocumentBlock) or block.url is None:
        raise _NoPlace(f"{block.type} among the pages that a search found")
    native = block.native or {}
    told = {key: native[key] for key in ENTRY_KEYS if key in native}
    return put_extras({"type": type, "url": block.url, "title": block.title or "", **told}, native)
