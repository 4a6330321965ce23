"""From the parts of a content, of a message or of a result, to blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ell2a.messages import AudioBlock, Block, DocumentBlock, ImageBlock, OpaqueBlock, RefusalBlock, TextBlock
from ell2a.providers.openai_chat.media import default_filename, read_base64, read_data_url, sound_type
from ell2a.providers.openai_responses.citations import read_annotation
from ell2a.providers.openai_responses.native_keys import WIRE, carried, native_of

PLAIN: dict[str, tuple[str, ...]] = {
    "system": ("input_text", "input_image", "input_file"),
    "user": ("input_text", "input_image", "input_file", "input_audio"),
    "assistant": ("output_text", "refusal"),
    "result": ("input_text", "input_image", "input_file"),
}
"""Role of a content -> the parts that it has by the wire's own types. Another part where it stands is noted by its
`form`. Source: openai 3.54.0, openai.types.responses.response_input_item_param"""

AUTO = "auto"

CARRIED = ("logprobs", "prompt_cache_breakpoint")
"""Fields of a part that `native` holds as they are."""


def read_content(content: Any, role: str) -> list[Block] | None:
    """The blocks of a content; None where it is neither text nor a list."""
    if isinstance(content, str):
        return [TextBlock(text=content)]
    return [read_part(part, role) for part in content] if isinstance(content, list) else None


def read_part(part: Any, role: str) -> Block:
    """The block of a part; an opaque one where the part is not of a documented shape."""
    kind = part.get("type") if isinstance(part, dict) else None
    read = _READERS.get(kind) if isinstance(kind, str) else None
    block = read(part, None if kind in PLAIN[role] else kind) if read else None
    return block or OpaqueBlock(wire=WIRE, kind=str(kind or "part"), raw=part, native=native_of(form="part"))


def _text(part: dict[str, Any], form: str | None) -> Block | None:
    if not isinstance(part.get("text"), str):
        return None
    given = part.get("annotations") or []
    citations = [read_annotation(annotation) for annotation in given] if isinstance(given, list) else []
    known = [citation for citation in citations if citation is not None]
    strange = not isinstance(given, list) or len(known) != len(given)
    return TextBlock(
        text=part["text"],
        citations=[] if strange else known,
        native=_native(part, ("text",) if strange else ("text", "annotations"), form),
    )


def _refusal(part: dict[str, Any], form: str | None) -> Block | None:
    if not isinstance(part.get("refusal"), str):
        return None
    return RefusalBlock(text=part["refusal"], native=_native(part, ("refusal",), form))


def _image(part: dict[str, Any], form: str | None) -> Block | None:
    url, file_id, detail = (part.get(name) for name in ("image_url", "file_id", "detail"))
    if not isinstance(detail, str | None):
        return None
    native = _native(part, ("image_url", "file_id", "detail"), form)
    # The wire's own word for no wish.
    detail = None if detail == AUTO else detail
    if isinstance(url, str) and file_id is None:
        found = read_data_url(url)
        if found is not None:
            return ImageBlock(data=found[1], media_type=found[0], detail=detail, native=native)
        return ImageBlock(url=url, detail=detail, native=native)
    if isinstance(file_id, str) and url is None:
        return ImageBlock(file_id=file_id, detail=detail, native=native)
    return None


def _file(part: dict[str, Any], form: str | None) -> Block | None:
    title, detail = part.get("filename"), part.get("detail")
    if not isinstance(title, str | None) or not isinstance(detail, str | None):
        return None
    sources = {name: part[name] for name in ("file_data", "file_url", "file_id") if part.get(name) is not None}
    name, source = next(iter(sources.items()), ("", None))
    if len(sources) != 1 or not isinstance(source, str):
        return None
    native = _native(part, ("file_data", "file_url", "file_id", "filename", "detail"), form)
    if name == "file_id":
        return DocumentBlock(file_id=source, title=title, detail=detail, native=native)
    if name == "file_url":
        return DocumentBlock(url=source, title=title, detail=detail, native=native)
    found = read_data_url(source)
    if found is None:
        # Bytes in another spelling than ours stay in it: as the address that they are on this wire.
        native = {**(native or {}), "form": "file_data"}
        return DocumentBlock(url=source, title=title, detail=detail, native=native) if source else None
    if title is None:
        native = {**(native or {}), "filename": "absent"}
    title = None if title == default_filename(found[0]) else title
    return DocumentBlock(data=found[1], media_type=found[0], title=title, detail=detail, native=native)


def _audio(part: dict[str, Any], form: str | None) -> Block | None:
    inner = part.get("input_audio")
    if not isinstance(inner, dict) or inner.keys() != {"data", "format"}:
        return None
    data = read_base64(inner["data"]) if isinstance(inner["data"], str) else None
    if data is None or not isinstance(inner["format"], str):
        return None
    return AudioBlock(data=data, media_type=sound_type(inner["format"]), native=_native(part, ("input_audio",), form))


_READERS: dict[str, Callable[[dict[str, Any], str | None], Block | None]] = {
    "input_text": _text,
    "output_text": _text,
    "text": _text,
    "refusal": _refusal,
    "input_image": _image,
    "input_file": _file,
    "input_audio": _audio,
}


def _native(part: dict[str, Any], known: tuple[str, ...], form: str | None) -> dict[str, Any] | None:
    told = carried(part, CARRIED, ("type", *known))
    # No log probabilities are an empty list.
    return native_of(form=form, **{**told, "logprobs": told["logprobs"] or None})
