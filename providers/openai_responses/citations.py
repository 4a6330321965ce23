"""Citations: the `annotations` of a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.messages import Citation
from ell2a.providers.openai_responses.native_keys import carried, key_of, native_of, put_back

_FIELDS: Mapping[str, Mapping[str, str]] = {
    "url_citation": {"url": "url", "title": "title", "start_index": "start", "end_index": "end"},
    "file_citation": {"file_id": "file_id", "filename": "title"},
    "container_file_citation": {
        "file_id": "file_id",
        "filename": "title",
        "start_index": "start",
        "end_index": "end",
    },
    "file_path": {"file_id": "file_id"},
}
"""Kind of annotation -> its field -> field of Citation. Source: openai 3.54.0, types.responses.response_output_text"""

_CARRIED = ("index", "container_id")
_NEEDED = {"url_citation": "url"}
_KINDS = {"url": str, "title": str, "file_id": str, "start": int, "end": int}


def read_annotation(raw: Any) -> Citation | None:
    """The citation that an annotation is; None where it is of no documented shape."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None or not isinstance(raw.get(_NEEDED.get(str(kind), "file_id")), str):
        return None
    told = {field: raw[name] for name, field in fields.items() if raw.get(name) is not None}
    if not all(type(value) is _KINDS[field] for field, value in told.items()):
        return None
    native = native_of(form=kind, **carried(raw, _CARRIED, ("type", *fields)))
    if native == {"form": _plain_kind(Citation(**told))}:
        native = None
    return Citation(**told, native=native)


def write_annotation(citation: Citation) -> dict[str, Any] | None:
    """The annotation of a citation; None where it names neither a URL nor a file, as those of other wires may."""
    said = key_of(citation.native, "form")
    kind = said if isinstance(said, str) and said in _FIELDS else _plain_kind(citation)
    if kind is None:
        return None
    written = {
        name: getattr(citation, field) for name, field in _FIELDS[kind].items() if getattr(citation, field) is not None
    }
    return put_back({"type": kind, **written}, citation.native, _CARRIED)


def _plain_kind(citation: Citation) -> str | None:
    if citation.url is not None:
        return "url_citation"
    return "file_citation" if citation.file_id is not None else None
