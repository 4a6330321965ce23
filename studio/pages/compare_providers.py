"""Providers side by side: capabilities row by row, params aligned by what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from ell2a.studio import formats, inspector
from ell2a.studio.capability_words import LABELS, UNIVERSAL, FactView, fact_view
from ell2a.studio.pages.providers import KeyState, key_state, provider_url

_GROUPS = {
    "universal": "Params that mean the same",
    "shared": "Params of one name",
    "only here": "Params of one side only",
    "option": "Options of the SDK's request",
    "owned": "Written by ell2a",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One column."""

    name: str
    title: str
    url: str
    wire: str
    model: str | None
    key: KeyState
    sdk: str
    fault: str | None
    remove_url: str | None


@dataclass(frozen=True, slots=True)
class ParamCell:
    """A param of one side."""

    names: str
    note: str
    why_not: str | None


@dataclass(frozen=True, slots=True)
class VersusRow:
    """One row: what it is about, and a cell a side (None: not there)."""

    label: str
    note: str
    cells: Sequence[ParamCell | FactView | None]
    differs: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    heading: str
    rows: Sequence[VersusRow]


@dataclass(frozen=True, slots=True)
class CompareProvidersPage:
    """Providers side by side."""

    template: ClassVar[str] = "compare_providers.html"
    section: ClassVar[str | None] = "providers"

    sides: Sequence[Side]
    groups: Sequence[Group]
    differing: int
    total: int
    model: str
    names: Sequence[str]
    """Those chosen, as they were written."""
    choices: Sequence[str]
    """All that may be put beside them."""
    only_differences: bool
    all_url: str
    differences_url: str
    fault: str | None
    """Why there is nothing to compare yet."""

    @property
    def title(self) -> str:
        return f"Compare {formats.listing(self.names)}" if self.names else "Compare providers"


def compare_providers_page(
    told: Mapping[str, Any] | None,
    *,
    names: Sequence[str],
    known: Sequence[str],
    model: str = "",
    only_differences: bool = False,
    fault: str | None = None,
) -> CompareProvidersPage:
    """The page of what `inspector.compare` told; None where there is nothing to compare yet."""
    groups = _groups(told) if told else []
    rows = [r for g in groups for r in g.rows]
    if only_differences:
        groups = [Group(g.heading, kept) for g in groups if (kept := [r for r in g.rows if r.differs])]
    return CompareProvidersPage(
        sides=[_side(p, n, names, model) for p, n in zip(told["providers"], names, strict=True)] if told else [],
        groups=groups,
        differing=sum(r.differs for r in rows),
        total=len(rows),
        model=model,
        names=names,
        choices=[k for k in known if k not in names],
        only_differences=only_differences,
        all_url=_url(names, model),
        differences_url=_url(names, model, only="differences"),
        fault=fault,
    )


def _url(names: Sequence[str], model: str, **more: str) -> str:
    query = [("name", n) for n in names] + ([("model", model)] if model else []) + list(more.items())
    return f"/providers/compare?{urlencode(query)}"


def _side(told: Mapping[str, Any], name: str, names: Sequence[str], model: str) -> Side:
    rest = [n for n in names if n != name]
    sdk = told["sdk"]
    return Side(
        name=told["name"],
        title=told["title"],
        url=provider_url(told["name"], wire=told["wire"], model=told["model"]),
        wire=told["wire"],
        model=told["model"],
        key=key_state(told["key"]),
        sdk=f"{sdk['package']} {sdk['installed']}" if sdk["installed"] else f"not installed: {sdk['install']}",
        fault=told["params_fault"],
        remove_url=_url(rest, model) if len(names) > inspector.MIN_COMPARED else None,
    )


def _groups(told: Mapping[str, Any]) -> list[Group]:
    facts = [
        VersusRow(LABELS[r["name"]], "", [fact_view(r["name"], f) for f in r["facts"]], r["differs"])
        for r in told["capabilities"]
    ]
    groups = [Group("What they can do", facts)]
    for key, heading in _GROUPS.items():
        rows = [_param_row(r) for r in told["params"] if r["group"] == key]
        if rows:
            groups.append(Group(heading, rows))
    return groups


def _param_row(row: Mapping[str, Any]) -> VersusRow:
    universal = row["group"] == "universal"
    cells = [_cell(params) for params in row["params"]]
    return VersusRow(UNIVERSAL.get(row["name"], row["name"]) if universal else row["name"], "", cells, row["differs"])


def _cell(params: Sequence[Mapping[str, Any]]) -> ParamCell | None:
    if not params:
        return None
    first = params[0]
    notes = [formats.one_line(first["type"], 90), first["range_text"] or ""]
    notes.append("by extra_body" if first["route"] == "extra_body" else "")
    return ParamCell(
        names=", ".join(p["name"] for p in params),
        note=", ".join(n for n in notes if n),
        why_not=next((p["why_not"] for p in params if p["why_not"]), None),
    )
