"""From blocks to the parts of a content."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from ell2a.messages import (
    AudioBlock,
    Block,
    DocumentBlock,
    ImageBlock,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
)
from ell2a.providers.openai_chat.media import data_url, default_filename, sound_format
from ell2a.providers.openai_responses.citations import write_annotation
from ell2a.providers.openai_responses.native_keys import WIRE, key_of, put_back, report_native
from ell2a.providers.openai_responses.part_reading import AUTO, CARRIED, PLAIN
from ell2a.providers.report import Report

_NO_PLACE: dict[str, tuple[str, ...]] = {
    "image": ("title",),
    "audio": ("title", "detail", "transcript"),
    "document": ("context", "citations_enabled"),
}
"""Block type -> its fields that no part of this wire has a place for."""

_TEXTS = ("input_text", "output_text", "text")


def write_part(block: Block, role: str, path: str, place: str, report: Report, *, why: str | None = None) -> Any | None:
    """The part of a block, with an item in the report; None where a content of this role cannot hold it.

    `why` tells of what was changed about the block before.
    """
    report_native(block.native, path, report)
    if isinstance(block, OpaqueBlock) and block.wire == WIRE and key_of(block.native, "form") == "part":
        report.kept(path, place)
        return block.raw
    write = _WRITERS.get(block.type)
    written = write(block, role) if write else f"a content of the {role} cannot hold a block of type {block.type}"
    if isinstance(written, dict) and not _taken(block, written["type"], role):
        written = f"a content of the {role} takes no part of type {written['type']}"
    if isinstance(written, str):
        report.lost(path, written, capability=f"{block.type} blocks in {role} messages")
        return None
    _say(block, role, path, place, report, why=why)
    return put_back(written, block.native, CARRIED)


def _taken(block: Block, kind: str, role: str) -> bool:
    return kind in PLAIN[role] or key_of(block.native, "form") == kind


def _say(block: Block, role: str, path: str, place: str, report: Report, *, why: str | None) -> None:
    reasons = ["as its JSON text"] if isinstance(block, ParsedBlock) else []
    reasons += [why] if why else []
    left = [name for name in _NO_PLACE.get(block.type, ()) if getattr(block, name)]
    citations = block.citations if isinstance(block, TextBlock | ParsedBlock) else []
    if citations and (role != "assistant" or any(write_annotation(c) is None for c in citations)):
        left.append("citations")
    if left:
        reasons.insert(0, f"its {' and '.join(left)} have no place in a request on this wire")
    if reasons:
        report.converted(path, place, "; ".join(reasons))
    else:
        report.kept(path, place)


def _text(block: TextBlock, role: str) -> dict[str, Any] | str:
    return _words(block, block.text, role)


def _parsed(block: ParsedBlock, role: str) -> dict[str, Any] | str:
    return _words(block, block.json_text(), role)


def _words(block: TextBlock | ParsedBlock, text: str, role: str) -> dict[str, Any]:
    form = key_of(block.native, "form")
    kind = form if form in _TEXTS else "output_text" if role == "assistant" else "input_text"
    part: dict[str, Any] = {"type": kind, "text": text}
    if kind == "output_text":
        # The wire's own type of an earlier answer has the list even where it is empty.
        part["annotations"] = [a for a in map(write_annotation, block.citations) if a is not None]
    return part


def _refusal(block: RefusalBlock, _: str) -> dict[str, Any] | str:
    return {"type": "refusal", "refusal": block.text}


def _image(block: ImageBlock, _: str) -> dict[str, Any] | str:
    part: dict[str, Any] = {"type": "input_image"}
    if block.file_id is not None:
        part["file_id"] = block.file_id
    else:
        part["image_url"] = block.url if block.data is None else data_url(block, "image")
    # The wire's own type wants it said.
    part["detail"] = block.detail or AUTO
    return part


def _audio(block: AudioBlock, _: str) -> dict[str, Any] | str:
    if block.data is None:
        return "sound goes as bytes on this wire, not by URL or file id"
    inner = {"data": b64encode(block.data).decode(), "format": sound_format(block.media_type or "audio/wav")}
    return {"type": "input_audio", "input_audio": inner}


def _document(block: DocumentBlock, _: str) -> dict[str, Any] | str:
    part: dict[str, Any] = {"type": "input_file"}
    if block.file_id is not None:
        part["file_id"] = block.file_id
    elif block.url is not None:
        part["file_data" if key_of(block.native, "form") == "file_data" else "file_url"] = block.url
    else:
        part["file_data"] = data_url(block, "document")
    if block.title is not None:
        part["filename"] = block.title
    elif block.data is not None and key_of(block.native, "filename") != "absent":
        part["filename"] = default_filename(block.media_type)
    if block.detail is not None:
        part["detail"] = block.detail
    return part


def _opaque(block: OpaqueBlock, _: str) -> dict[str, Any] | str:
    return f"only the wire {block.wire} has blocks of the kind {block.kind}"


_WRITERS: dict[str, Callable[[Any, str], dict[str, Any] | str]] = {
    "text": _text,
    "parsed": _parsed,
    "refusal": _refusal,
    "image": _image,
    "audio": _audio,
    "document": _document,
    "opaque": _opaque,
}
"""Block type -> its part, or why the wire cannot carry it."""
