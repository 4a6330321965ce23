"""Citations: the `annotations` of an assistant's message."""

from __future__ import annotations

from typing import Any

from ell2a.messages import Block, Citation, OpaqueBlock, ParsedBlock, TextBlock
from ell2a.providers.openai_chat.native_keys import WIRE, native_of, put_unlisted, unlisted

FIELD = "annotations"
_KIND = "url_citation"
_PLACES = {"url": "url", "title": "title", "content": "cited_text", "start_index": "start", "end_index": "end"}
"""Field of a url_citation -> field of Citation. `content`, the words of the source, is OpenRouter's.
`end_index` is one past the last character in real answers, though the reference says "the last"."""


def read_annotations(given: Any, blocks: list[Block]) -> set[str]:
    """Put the citations on the text among the blocks; an annotation of another kind becomes a block.

    Gives the field where it is accounted for: positions are counted in the whole text, so the first text bears all.
    """
    if not isinstance(given, list):
        return set()
    citations = [_citation(annotation) for annotation in given]
    at = next((i for i, block in enumerate(blocks) if isinstance(block, TextBlock)), None)
    for annotation, citation in zip(given, citations, strict=True):
        if citation is None or at is None:
            kind = annotation.get("type") if isinstance(annotation, dict) else None
            native = native_of(form=FIELD)
            blocks.append(OpaqueBlock(wire=WIRE, kind=str(kind or "annotation"), raw=annotation, native=native))
    if at is not None and any(citations):
        blocks[at] = blocks[at].model_copy(update={"citations": [c for c in citations if c is not None]})
    return {FIELD}


def write_annotation(citation: Citation) -> dict[str, Any] | None:
    """The annotation of a citation; None where it names no URL, as those of documents on other wires do."""
    if citation.url is None:
        return None
    inner = {name: getattr(citation, field) for name, field in _PLACES.items() if getattr(citation, field) is not None}
    return {"type": _KIND, _KIND: put_unlisted(inner, citation.native)}


def citations_of(block: Block) -> list[Citation]:
    """The citations that a block bears."""
    return block.citations if isinstance(block, TextBlock | ParsedBlock) else []


def _citation(annotation: Any) -> Citation | None:
    inner = annotation.get(_KIND) if isinstance(annotation, dict) and annotation.keys() == {"type", _KIND} else None
    if not isinstance(inner, dict) or not isinstance(inner.get("url"), str):
        return None
    fields = {field: inner[name] for name, field in _PLACES.items() if inner.get(name) is not None}
    if not all(type(value) is (int if name in ("start", "end") else str) for name, value in fields.items()):
        return None
    return Citation(**fields, native=native_of(openai_chat_extra=unlisted(inner, _PLACES)))
