"""Bytes in the wire's own forms: data URLs, and the names it has for kinds of sound."""

from __future__ import annotations

import binascii
import mimetypes
import re
from base64 import b64decode, b64encode

from ell2a.messages import MediaBlock, media_type_of

_DATA_URL = re.compile(r"data:([^;,\s]+/[^;,\s]+);base64,(.*)", re.DOTALL)

_SOUNDS = {"wav": "audio/wav", "mp3": "audio/mpeg"}
"""`format` of input_audio -> media type. Others are read as `audio/FORMAT`.
Source: https://platform.openai.com/docs/api-reference/chat/create, input_audio"""

_FORMATS = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
}

_FALLBACK = {"image": "image/png", "audio": "audio/wav", "video": "video/mp4", "document": "application/pdf"}
"""Block type -> the media type to say where neither the block nor its bytes tell."""


def read_base64(text: str) -> bytes | None:
    """The bytes, or None where writing them again would not give the same text."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if b64encode(data).decode() == text else None


def read_data_url(url: str) -> tuple[str, bytes] | None:
    """(media type, bytes) of a data URL, or None where it is none or has another spelling than we write."""
    found = _DATA_URL.fullmatch(url)
    data = read_base64(found[2]) if found else None
    return (found[1], data) if found and data is not None else None


def data_url(block: MediaBlock, kind: str) -> str:
    """The bytes of a block as a data URL."""
    data = block.data or b""
    media_type = block.media_type or media_type_of(data) or _FALLBACK[kind]
    return f"data:{media_type};base64,{b64encode(data).decode()}"


def sound_type(format: str) -> str:
    """The media type of a `format`."""
    return _SOUNDS.get(format, f"audio/{format}")


def sound_format(media_type: str) -> str:
    """The `format` of a media type."""
    return _FORMATS.get(media_type, media_type.removeprefix("audio/"))


def default_filename(media_type: str | None) -> str:
    """The name that a document without a title is sent under: the wire wants one beside the bytes."""
    return f"document{mimetypes.guess_extension(media_type or '') or ''}"
