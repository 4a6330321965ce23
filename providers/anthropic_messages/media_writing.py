"""Images and documents, universal -> native; audio and video, which the wire has not."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import unquote_to_bytes

from ell2a.messages import AudioBlock, DocumentBlock, ImageBlock, MediaBlock, VideoBlock, media_type_of
from ell2a.providers.anthropic_messages.native_extras import put_extras
from ell2a.providers.anthropic_messages.tables import IMAGE_TYPES
from ell2a.providers.anthropic_messages.written import Written, lost

_PDF = "application/pdf"
_PLAIN = "text/plain"
_TEXT_TYPES = ("application/json", "application/xml", "application/yaml", "application/javascript", "application/sql")
"""Media types that are text though their name does not begin with `text/`. Source: the IANA registry."""


def image(block: ImageBlock) -> Written:
    """An image block: base64, URL or file."""
    source, reason = _outside_source(block), None
    if source is None:
        data, media_type, reason = _bytes(block)
        if data is None:
            return lost("an image without its bytes", "give the bytes, a URL or a file id")
        if media_type not in IMAGE_TYPES:
            return lost(f"images of the type {media_type or 'unknown'}", f"it takes {', '.join(IMAGE_TYPES)}")
        source = {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}
    body: dict[str, Any] = {"type": "image", "source": source}
    return Written(put_extras(body, block.native), _and_labels(reason, block, ("title", "detail")))


def document(block: DocumentBlock) -> Written:
    """A document block: a PDF, a text, a URL or a file, with title, context and whether to cite."""
    source, reason = _outside_source(block), None
    if source is None:
        found = _inside_source(block)
        if isinstance(found, Written):
            return found
        source, reason = found
    body: dict[str, Any] = {"type": "document", "source": source}
    if block.title is not None:
        body["title"] = block.title
    if block.context is not None:
        body["context"] = block.context
    if block.citations_enabled is not None:
        body["citations"] = {"enabled": block.citations_enabled}
    return Written(put_extras(body, block.native), _and_labels(reason, block, ("detail",)))


def audio(block: AudioBlock) -> Written:
    """The wire has no audio; a transcript can be written as text."""
    said = " Its transcript can go as text." if block.transcript else ""
    return lost("audio_input", f"leave the audio out, or say it in words.{said}")


def video(block: VideoBlock) -> Written:
    """The wire has no video."""
    del block
    return lost("video_input", "leave the video out, or give pictures of it")


def _and_labels(reason: str | None, block: MediaBlock, names: tuple[str, ...]) -> str | None:
    """A reason, and that some labels of the block do not go out."""
    given = [name for name in names if getattr(block, name) is not None]
    if not given:
        return reason
    left = f"its {' and '.join(given)} have no place in a request on this wire"
    return f"{reason}; {left}" if reason else left


def _outside_source(block: MediaBlock) -> dict[str, Any] | None:
    if block.file_id is not None:
        return {"type": "file", "file_id": block.file_id}
    if block.url is not None and not block.url.startswith("data:"):
        return {"type": "url", "url": block.url}
    return None


def _inside_source(block: DocumentBlock) -> tuple[dict[str, Any], str | None] | Written:
    data, media_type, reason = _bytes(block)
    if data is None:
        return lost("a document without its bytes", "give the bytes, a URL or a file id")
    if media_type == _PDF:
        return {"type": "base64", "media_type": _PDF, "data": base64.b64encode(data).decode()}, reason
    if media_type is None or not (media_type.startswith("text/") or media_type in _TEXT_TYPES):
        return lost(f"documents of the type {media_type or 'unknown'}", "it takes PDF and text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return lost("text that is no UTF-8", "give it as UTF-8")
    if (block.native or {}).get("source_type") == "content":
        return {"type": "content", "content": text}, reason
    if media_type != _PLAIN:
        reason = f"{media_type} goes as {_PLAIN}, the only kind of text here"
    return {"type": "text", "media_type": _PLAIN, "data": text}, reason


def _bytes(block: MediaBlock) -> tuple[bytes | None, str | None, str | None]:
    """The bytes, their media type, and why they stand elsewhere than in `data`."""
    if block.data is not None:
        return block.data, block.media_type or media_type_of(block.data), None
    if block.url is None:
        return None, block.media_type, None
    head, _, body = block.url.removeprefix("data:").partition(",")
    try:
        data = base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        return None, block.media_type, None
    said = head.partition(";")[0] or None
    return data, block.media_type or said or media_type_of(data), "the wire takes no data: URL, only what is in it"
