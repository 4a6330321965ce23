"""From blocks to the parts of a message's content."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ell2a.messages import (
    AudioBlock,
    Block,
    DocumentBlock,
    ImageBlock,
    JsonValue,
    MediaBlock,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    VideoBlock,
)
from ell2a.providers.openai_chat.citations import citations_of, write_annotation
from ell2a.providers.openai_chat.media import data_url, default_filename, sound_format
from ell2a.providers.openai_chat.native_keys import FOREIGN, NATIVE_KEYS, WIRE, key_of, put_unlisted
from ell2a.providers.openai_chat.part_reading import TAKEN
from ell2a.providers.report import Report
from ell2a.providers.rows import Quirks

_NO_PLACE: dict[str, tuple[str, ...]] = {
    "image": ("title",),
    "audio": ("title", "detail", "transcript"),
    "video": ("title", "detail"),
    "document": ("detail", "context", "citations_enabled"),
}
"""Block type -> its fields that no part of this wire has a place for."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a block stands in the call and goes in the request."""

    role: str
    """The role of the native message: `system`, `user`, `assistant` or `tool`."""
    path: str
    """Its path in the call."""
    place: str
    """Its place in the native request."""
    moved: str | None = None
    """Why it stands elsewhere among its neighbours than in the call."""


def write_part(block: Block, spot: Spot, report: Report, quirks: Quirks) -> list[Any]:
    """The part of a block, with an item in the report; none where the wire cannot carry the block there."""
    role = spot.role
    report_native(block.native, spot.path, report)
    if isinstance(block, OpaqueBlock) and block.wire == WIRE:
        report.kept(spot.path, spot.place)
        return [block.raw]
    write = _WRITERS.get(block.type)
    written = write(block, quirks) if write else f"a message of the {role} cannot hold a block of type {block.type}"
    if isinstance(written, dict) and not _taken(block, written, role, quirks):
        written = f"a message of the {role} takes no part of type {written['type']}"
    if isinstance(written, str):
        report.lost(spot.path, written, capability=f"{block.type} blocks in {role} messages")
        return []
    say_sent(block, spot, report)
    marker = key_of(block.native, "cache_control")
    if marker is not None:
        written["cache_control"] = marker
    return [put_unlisted(written, block.native)]


def plain(parts: list[Any], spelling: JsonValue) -> Any:
    """The content that parts make: a string where one part is nothing but text, unless `parts` are asked for."""
    if spelling == "parts":
        return parts
    if not parts:
        return ""
    only = parts[0]
    if len(parts) == 1 and isinstance(only, dict) and only == {"type": "text", "text": str(only.get("text"))}:
        return only["text"]
    return parts


def report_native(native: Mapping[str, Any] | None, path: str, report: Report) -> None:
    """Say what becomes of the `native` keys of a part: those of another wire mean nothing here."""
    for key in native or ():
        at = f"{path}.native.{key}"
        if key in NATIVE_KEYS:
            report.kept(at)
        elif report.replay:
            report.lost(at, FOREIGN, capability="extras of another wire")
        else:
            report.converted(at, None, FOREIGN)


def _taken(block: Block, written: dict[str, Any], role: str, quirks: Quirks) -> bool:
    if written["type"] in TAKEN[role] or isinstance(block, VideoBlock):
        return True
    return key_of(block.native, "form") == "part" or (role == "tool" and bool(quirks.get("tool_media")))


def say_sent(block: Block, spot: Spot, report: Report) -> None:
    """The report's item for a block that goes out."""
    reasons = [] if spot.moved is None else [spot.moved]
    if isinstance(block, ParsedBlock):
        reasons.insert(0, "as its JSON text")
    left = _without_place(block, spot.role)
    if left:
        reasons.insert(0, f"its {' and '.join(left)} have no place in a request on this wire")
    if len(reasons) == 1 and spot.moved is not None:
        report.moved(spot.path, spot.place, spot.moved)
    elif reasons:
        report.converted(spot.path, spot.place, "; ".join(reasons))
    else:
        report.kept(spot.path, spot.place)


def _without_place(block: Block, role: str) -> list[str]:
    left = [name for name in _NO_PLACE.get(block.type, ()) if getattr(block, name)]
    citations = citations_of(block)
    # An assistant's message has `annotations`, for those that name a URL.
    if citations and (role != "assistant" or any(write_annotation(c) is None for c in citations)):
        left.append("citations")
    return left


def _text(block: TextBlock, _: Quirks) -> dict[str, Any] | str:
    return {"type": "text", "text": block.text}


def _parsed(block: ParsedBlock, _: Quirks) -> dict[str, Any] | str:
    return {"type": "text", "text": block.json_text()}


def _refusal(block: RefusalBlock, _: Quirks) -> dict[str, Any] | str:
    return {"type": "refusal", "refusal": block.text}


def _image(block: ImageBlock, _: Quirks) -> dict[str, Any] | str:
    url = _url(block, "image")
    if url is None:
        return "an image goes as bytes or by URL on this wire, not by file id"
    inner = {"url": url}
    if block.detail is not None:
        inner["detail"] = block.detail
    return {"type": "image_url", "image_url": inner}


def _video(block: VideoBlock, _: Quirks) -> dict[str, Any] | str:
    url = _url(block, "video")
    if url is None:
        return "a video goes as bytes or by URL on this wire, not by file id"
    return {"type": "video_url", "video_url": {"url": url}}


def _audio(block: AudioBlock, _: Quirks) -> dict[str, Any] | str:
    if block.data is None:
        return "sound goes as bytes on this wire, not by URL or file id"
    inner = {"data": b64encode(block.data).decode(), "format": sound_format(block.media_type or "audio/wav")}
    return {"type": "input_audio", "input_audio": inner}


def _document(block: DocumentBlock, quirks: Quirks) -> dict[str, Any] | str:
    inner: dict[str, Any] = {}
    if block.file_id is not None:
        inner["file_id"] = block.file_id
    elif block.data is not None:
        inner["file_data"] = data_url(block, "document")
    elif block.url is not None and (quirks.get("document_urls") or key_of(block.native, "form") == "url"):
        inner["file_data"] = block.url
    else:
        return "a document goes as bytes or by file id on this wire, not by URL"
    if block.title is not None:
        inner["filename"] = block.title
    elif block.data is not None and key_of(block.native, "filename") != "absent":
        inner["filename"] = default_filename(block.media_type)
    return {"type": "file", "file": inner}


def _opaque(block: OpaqueBlock, _: Quirks) -> dict[str, Any] | str:
    return f"only the wire {block.wire} has blocks of the kind {block.kind}"


_WRITERS: dict[str, Callable[[Any, Quirks], dict[str, Any] | str]] = {
    "text": _text,
    "parsed": _parsed,
    "refusal": _refusal,
    "image": _image,
    "video": _video,
    "audio": _audio,
    "document": _document,
    "opaque": _opaque,
}
"""Block type -> its part, or why the wire cannot carry it."""


def _url(block: MediaBlock, kind: str) -> str | None:
    if block.data is not None:
        return data_url(block, kind)
    return block.url
