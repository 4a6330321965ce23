"""From the parts of a message's content to blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ell2a.messages import (
    AudioBlock,
    Block,
    DocumentBlock,
    ImageBlock,
    OpaqueBlock,
    RefusalBlock,
    TextBlock,
    VideoBlock,
)
from ell2a.providers.openai_chat.media import default_filename, read_base64, read_data_url, sound_type
from ell2a.providers.openai_chat.native_keys import WIRE, native_of, unlisted

_EVERY_PART = ("type", "cache_control")

TAKEN: dict[str, tuple[str, ...]] = {
    "system": ("text",),
    "user": ("text", "image_url", "input_audio", "file"),
    "assistant": ("text",),
    "tool": ("text",),
}
"""Role -> the parts it takes by the wire's own types. Another part where it stands is noted by its `form`.
Source: openai 3.54.0, openai.types.chat.*_message_param"""


def read_content(content: Any, role: str) -> tuple[list[Block], str | None] | None:
    """The blocks of a content and its `content` spelling for `native`; None where it is neither text nor a list."""
    if isinstance(content, str):
        return [TextBlock(text=content)], None
    if not isinstance(content, list):
        return None
    blocks = [read_part(part, role) for part in content]
    plain = len(blocks) == 1 and isinstance(blocks[0], TextBlock) and blocks[0].native is None
    return blocks, "parts" if plain or not blocks else None


def read_part(part: Any, role: str) -> Block:
    """The block of a part; an opaque one where the part is not of a documented shape."""
    kind = part.get("type") if isinstance(part, dict) else None
    read = _READERS.get(kind) if isinstance(kind, str) else None
    form = None if kind in TAKEN[role] else "part"
    block = read(part, form) if read else None
    return block or OpaqueBlock(wire=WIRE, kind=str(kind or "part"), raw=part, native=native_of(form="part"))


def _text(part: dict[str, Any], form: str | None) -> Block | None:
    if not isinstance(part.get("text"), str):
        return None
    return TextBlock(text=part["text"], native=_native(part, "text", form=form))


def _refusal(part: dict[str, Any], form: str | None) -> Block | None:
    if not isinstance(part.get("refusal"), str):
        return None
    return RefusalBlock(text=part["refusal"], native=_native(part, "refusal", form=form))


def _image(part: dict[str, Any], form: str | None) -> Block | None:
    inner = part.get("image_url")
    if not isinstance(inner, dict) or not isinstance(inner.get("url"), str):
        return None
    detail = inner.get("detail")
    if not isinstance(detail, str | None):
        return None
    native = _native(part, "image_url", inner, ("url", "detail"), form=form)
    found = read_data_url(inner["url"])
    if found is None:
        return ImageBlock(url=inner["url"], detail=detail, native=native)
    return ImageBlock(data=found[1], media_type=found[0], detail=detail, native=native)


def _video(part: dict[str, Any], _: str | None) -> Block | None:
    inner = part.get("video_url")
    if not isinstance(inner, dict) or not isinstance(inner.get("url"), str):
        return None
    # No role takes a video by the wire's own types; services that do take it in any.
    native = _native(part, "video_url", inner, ("url",))
    found = read_data_url(inner["url"])
    if found is None:
        return VideoBlock(url=inner["url"], native=native)
    return VideoBlock(data=found[1], media_type=found[0], native=native)


def _audio(part: dict[str, Any], form: str | None) -> Block | None:
    inner = part.get("input_audio")
    if (
        not isinstance(inner, dict)
        or not isinstance(inner.get("data"), str)
        or not isinstance(inner.get("format"), str)
    ):
        return None
    data = read_base64(inner["data"])
    if data is None:
        return None
    native = _native(part, "input_audio", inner, ("data", "format"), form=form)
    return AudioBlock(data=data, media_type=sound_type(inner["format"]), native=native)


def _file(part: dict[str, Any], form: str | None) -> Block | None:
    inner = part.get("file")
    if not isinstance(inner, dict) or not all(isinstance(v, str | None) for v in inner.values()):
        return None
    file_id, source, title = inner.get("file_id"), inner.get("file_data"), inner.get("filename")
    known = ("file_id", "file_data", "filename")
    if file_id is not None and source is None:
        return DocumentBlock(file_id=file_id, title=title, native=_native(part, "file", inner, known, form=form))
    if source is None or file_id is not None:
        return None
    found = read_data_url(source)
    if found is not None:
        name = "absent" if title is None else None
        title = None if title == default_filename(found[0]) else title
        native = _native(part, "file", inner, known, form=form, filename=name)
        return DocumentBlock(data=found[1], media_type=found[0], title=title, native=native)
    # Some services take a URL here; the form says that this request had one.
    native = _native(part, "file", inner, known, form="url")
    return DocumentBlock(url=source, title=title, native=native) if "://" in source else None


_READERS: dict[str, Callable[[dict[str, Any], str | None], Block | None]] = {
    "text": _text,
    "refusal": _refusal,
    "image_url": _image,
    "video_url": _video,
    "input_audio": _audio,
    "file": _file,
}


def _native(
    part: dict[str, Any],
    field: str,
    inner: dict[str, Any] | None = None,
    inner_known: tuple[str, ...] = (),
    **more: Any,
) -> dict[str, Any] | None:
    rest = unlisted(part, (*_EVERY_PART, field)) or {}
    deeper = unlisted(inner, inner_known) if inner is not None else None
    if deeper:
        rest[field] = deeper
    return native_of(cache_control=part.get("cache_control"), openai_chat_extra=rest or None, **more)
