"""The shipped table of what models can do, made from the data of models.dev by `scripts/make_model_table.py`."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import pydantic_core

from ell2a.providers.capabilities import Fact, no, yes

_DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8})$")

_INPUTS = {"image": "image_input", "audio": "audio_input", "video": "video_input"}
"""What a model takes -> capability. A document is no part of this: a model that is not said to take PDFs may."""
_OUTPUTS = {"image": "image_output", "audio": "audio_output"}
_FLAGS = {
    "agents": ("function_calling", "agent_calling"),
    "schema": ("structured_outputs",),
    "thinking": ("thinking",),
    "temperature": ("temperature",),
}
"""Field of the table -> the capabilities that it settles."""
_VALUES = {"context": "context_window", "max_output": "max_output_tokens", "knowledge": "knowledge_date"}


class TableHeader(NamedTuple):
    """Where the table is from."""

    source: str
    licence: str
    package: str
    as_of: str
    """ISO 8601; the newest day in the data."""


@cache
def header() -> TableHeader:
    """Where the table is from, under which licence, and how old it is."""
    top = _top()
    return TableHeader(top["source"], top["licence"], top["package"], top["as_of"])


def row_of(models_id: str, model: str) -> Mapping[str, Any] | None:
    """A model's line in the table, by its id or by its id without the date at the end; None where there is none."""
    return _row(models_id, model) or _row(models_id, undated(model))


class OnlyOn(NamedTuple):
    """The one wire that a model is served on."""

    wire: str
    source: str


def only_on(models_id: str, model: str) -> OnlyOn | None:
    """The wire that a model is served on where it is on one alone; None where nothing says so."""
    names = _names(models_id)
    wires: Mapping[str, list[str]] = names.get("only_on", {})
    return next((OnlyOn(wire, names["source"]) for wire, models in wires.items() if model in models), None)


def models_of(models_id: str) -> list[str]:
    """The models of a provider, by its id in the table; the SDK's own list included."""
    return sorted({*_ids(models_id), *_names(models_id).get("ids", ())})


def has(models_id: str, model: str) -> bool:
    """Whether a provider has a model of exactly this id; the SDK's own list counts."""
    return _row(models_id, model) is not None or model in _names(models_id).get("ids", ())


def undated(model: str) -> str:
    """A model's id without the date at the end."""
    return _DATED.sub("", model)


@lru_cache(maxsize=1024)
def facts_of(models_id: str, model: str) -> Mapping[str, Fact]:
    """What the table knows of a model; what it does not know is left out."""
    row = row_of(models_id, model)
    facts = {} if row is None else _facts_in(row)
    names = _names(models_id)
    ends = names.get("end_of_life", {}).get(model)
    if ends:
        facts["end_of_life"] = yes(names["source"], value=ends)
    return facts


def _facts_in(row: Mapping[str, Any]) -> dict[str, Fact]:
    said = {capability: kind in row["in"] for kind, capability in _INPUTS.items()}
    said |= {capability: kind in row["out"] for kind, capability in _OUTPUTS.items()}
    if "pdf" in row["in"]:
        said["document_input"] = True
    top = header()
    detail = f"{top.package}, licence {top.licence}"
    facts = {name: (yes if can else no)(top.source, as_of=top.as_of, detail=detail) for name, can in said.items()}
    for field, names in _FLAGS.items():
        if field in row:
            wrong = row.get("corrected", {}).get(field)
            fact = (yes if row[field] else no)(
                f"{top.source}, corrected" if wrong else top.source, as_of=top.as_of, detail=wrong or detail
            )
            facts |= dict.fromkeys(names, fact)
    for field, name in _VALUES.items():
        if field in row:
            facts[name] = yes(top.source, value=row[field], as_of=top.as_of, detail=detail)
    return facts


# A definition waits for this: of the file, which has one model a line, only what is asked for is parsed.

_PROVIDERS = b',\n"providers": {'
"""What stands between the head of the file and the parts of the providers."""


@lru_cache(maxsize=1024)
def _row(models_id: str, model: str) -> Mapping[str, Any] | None:
    """The line of a model of exactly this id."""
    part = _part(models_id)
    opening = b"\n" + pydantic_core.to_json(model) + b": "
    start = part.find(opening)
    if start < 0:
        return None
    line = part[start + len(opening) :].partition(b"\n")[0].removesuffix(b",")
    row: Mapping[str, Any] = pydantic_core.from_json(line)
    return row


@cache
def _ids(models_id: str) -> tuple[str, ...]:
    """The ids of all models in a provider's part."""
    return tuple(pydantic_core.from_json(b"{" + _part(models_id) + b"}"))


@cache
def _part(models_id: str) -> bytes:
    """A provider's part, each line with the end of the line before it; empty where it has none."""
    opening = b"\n" + pydantic_core.to_json(models_id) + b": {"
    start = _file().find(opening, _file().index(_PROVIDERS))
    return b"" if start < 0 else _file()[start + len(opening) : _file().index(b"\n}", start)]


def _names(models_id: str) -> Mapping[str, Any]:
    """What a provider's SDK says of its models."""
    said: Mapping[str, Any] = _top()["names"].get(models_id, {})
    return said


@cache
def _top() -> Mapping[str, Any]:
    top: Mapping[str, Any] = pydantic_core.from_json(_file()[: _file().index(_PROVIDERS)] + b"}")
    return top


@cache
def _file() -> bytes:
    # `importlib.resources` would cost the first definition of a process a third of its time.
    found = pkgutil.get_data("ell2a.providers", "model_table.json")
    if found is None:
        raise FileNotFoundError("ell2a.providers/model_table.json: this installation of ell2a is not whole")
    return found


# Read with the module, as the rows are: else the first definition of a process would pay for it.
_top()
