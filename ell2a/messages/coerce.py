"""`system`, `user` and `assistant`: messages out of whatever a program has at hand."""

from __future__ import annotations

import io
import mimetypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel

from ell2a.errors import NotAMessage
from ell2a.messages.blocks import (
    AudioBlock,
    Base,
    Block,
    DocumentBlock,
    ImageBlock,
    ParsedBlock,
    TextBlock,
    VideoBlock,
)
from ell2a.messages.message import Message, Role

_MEDIA: dict[str, type[ImageBlock | AudioBlock | VideoBlock]] = {
    "image": ImageBlock,
    "audio": AudioBlock,
    "video": VideoBlock,
}

_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"OggS", 0, "audio/ogg"),
    (b"fLaC", 0, "audio/flac"),
    (b"ftyp", 4, "video/mp4"),
)
"""(signature, offset, media type). Source: the file formats' own specifications."""


def system(content: Any) -> Message:
    """A system message. Takes what `user` takes."""
    return _message("system", content)


def user(content: Any) -> Message:
    """A user message from a string, a block, a path or bytes or PIL image, a pydantic object, or a list of these."""
    return _message("user", content)


def assistant(content: Any) -> Message:
    """An assistant message, for histories and examples. Takes what `user` takes."""
    return _message("assistant", content)


def image(source: Any, *, detail: str | None = None, title: str | None = None) -> ImageBlock:
    """A picture from a path, bytes, a URL (http, https, data) or a PIL image."""
    block = _media(source)
    if not isinstance(block, ImageBlock):
        raise NotAMessage(source, "it is not an image")
    return block.model_copy(update={"detail": detail, "title": title or block.title})


def document(source: Any, *, title: str | None = None) -> DocumentBlock:
    """A document from a path, bytes or a URL; a path gives its name as the title."""
    block = _media(source)
    if isinstance(block, DocumentBlock):
        return block.model_copy(update={"title": title or block.title})
    if block is None or isinstance(source, str):
        return DocumentBlock(url=_url(source), title=title)
    raise NotAMessage(source, f"it is {block.type}, not a document")


def messages_of(given: Any) -> list[Message]:
    """The messages that a program means: a string, a message, or a list of messages and strings."""
    if isinstance(given, Message):
        return [given]
    if isinstance(given, str):
        return [user(given)]
    if isinstance(given, Iterable) and not isinstance(given, (dict, bytes, BaseModel)):
        return [_one_message(m) for m in given]
    return [_one_message(given)]


def coerce(content: Any) -> list[Block]:
    """The blocks that a value stands for. Raises NotAMessage, which lists what is taken."""
    if isinstance(content, (list, tuple)):
        return [block for part in content for block in coerce(part)]
    if isinstance(content, Message):
        return list(content.content)
    if isinstance(content, Base):
        return [content]  # type: ignore[list-item]  # every Base subclass is a member of the union
    if isinstance(content, str):
        return [TextBlock(text=content)]
    if isinstance(content, BaseModel):
        value = content.model_dump(mode="json")
        return [ParsedBlock(value=value, schema_name=type(content).__name__).bind(content)]
    media = _media(content)
    if media is not None:
        return [media]
    raise NotAMessage(content)


def media_type_of(data: bytes) -> str | None:
    """The media type of some bytes, from their first ones; None where unknown."""
    for signature, offset, media_type in _MAGIC:
        if data[offset : offset + len(signature)] == signature:
            return media_type
    return None


def media_block(data: bytes, media_type: str | None = None, title: str | None = None) -> Block:
    """The block of the kind that the media type says: image, audio, video, or else a document."""
    known = media_type or media_type_of(data)
    if known is None:
        raise NotAMessage(
            data, "the kind of these bytes is unknown; give an ImageBlock or DocumentBlock with media_type"
        )
    kind = _MEDIA.get(known.split("/")[0], DocumentBlock)
    return kind(data=data, media_type=known, title=title)


def _message(role: Role, content: Any) -> Message:
    return Message(role=role, content=coerce(content))


def _one_message(given: Any) -> Message:
    if isinstance(given, dict) and given.get("role") in get_args(Role):
        content = given.get("content")
        if isinstance(content, str):
            return _message(given["role"], content)
        return Message.model_validate(given)
    return given if isinstance(given, Message) else user(given)


def _media(source: Any) -> Block | None:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return media_block(bytes(source))
    if isinstance(source, str):
        return ImageBlock(url=_url(source), media_type=mimetypes.guess_type(urlsplit(source).path)[0])
    if isinstance(source, os.PathLike):
        path = Path(source)
        data = path.read_bytes()
        media_type = media_type_of(data) or mimetypes.guess_type(path.name)[0]
        return media_block(data, media_type, None if (media_type or "").startswith("image/") else path.name)
    if _is_pil(source):
        buffer = io.BytesIO()
        lossy = source.format == "JPEG"
        source.save(buffer, format="JPEG" if lossy else "PNG")
        return ImageBlock(data=buffer.getvalue(), media_type="image/jpeg" if lossy else "image/png")
    return None


def _is_pil(source: Any) -> bool:
    # Pillow is optional: its classes are recognised without importing it.
    return any(c.__module__ == "PIL.Image" and c.__name__ == "Image" for c in type(source).__mro__)


def _url(source: str) -> str:
    if urlsplit(source).scheme not in ("http", "https", "data"):
        raise NotAMessage(source, "as an image or document a string is a URL; for a file give a pathlib.Path")
    return source
