"""All providers as a matrix of what they can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from ell2a.studio import formats
from ell2a.studio.capability_words import LABELS, NUMBERS, FactView, fact_view
from ell2a.studio.inspector import CAPABILITIES


@dataclass(frozen=True, slots=True)
class KeyState:
    """Whether a provider's key is there; never the key."""

    status: str
    words: str
    variable: str


@dataclass(frozen=True, slots=True)
class ProviderRowView:
    """One provider of the matrix."""

    name: str
    title: str
    url: str
    wire: str
    key: KeyState
    sdk: str
    installed: bool
    install: str
    models: int
    facts: Sequence[FactView]
    fault: str | None
    meets: bool
    """It has all that is asked for above the matrix."""


@dataclass(frozen=True, slots=True)
class Need:
    """One capability that may be asked for: a link that asks for it, or no longer."""

    label: str
    url: str
    asked: bool


@dataclass(frozen=True, slots=True)
class WireGroup:
    """The providers whose default is one wire."""

    wire: str
    note: str
    rows: Sequence[ProviderRowView]


@dataclass(frozen=True, slots=True)
class ProvidersPage:
    """The matrix of providers and capabilities."""

    template: ClassVar[str] = "providers.html"
    section: ClassVar[str | None] = "providers"

    columns: Sequence[tuple[str, bool]]
    """(label, asked for)."""
    groups: Sequence[WireGroup]
    needs: Sequence[Need]
    summary: str

    @property
    def title(self) -> str:
        return "Providers"


_COLUMNS = tuple(c for c in CAPABILITIES if c not in NUMBERS)


def providers_page(listed: Sequence[Mapping[str, Any]], needs: Sequence[str]) -> ProvidersPage:
    """The matrix. `needs`: capabilities that a row must have not to be dimmed."""
    asked = [n for n in needs if n in _COLUMNS]
    rows = [_row(p, asked) for p in listed]
    wires = dict.fromkeys(r.wire for r in rows)
    groups = [WireGroup(w, _note(group := [r for r in rows if r.wire == w]), group) for w in wires]
    keyed = sum(1 for r in rows if r.key.status == "ok")
    return ProvidersPage(
        columns=[(LABELS[c], c in asked) for c in _COLUMNS],
        groups=groups,
        needs=[_need(c, asked) for c in _COLUMNS],
        summary=f"What {formats.plural(len(wires), 'wire')} and {formats.plural(len(rows), 'provider')} can do, each mark"
        f" with its source. {keyed} of them can be called from here now.",
    )


def key_state(key: Mapping[str, Any]) -> KeyState:
    """Whether a key is there, and what else the service has to be told, in words."""
    variable = " or ".join(key["variables"])
    if key["unset"]:
        missing = [variable] if key["needed"] and not key["present"] else []
        return KeyState("interrupted", "not set", ", ".join([*missing, *key["unset"]]))
    if key["present"]:
        return KeyState("ok", "present", variable)
    if not key["needed"]:
        return KeyState("ok", "none needed", variable)
    return KeyState("interrupted", "not set", variable)


def provider_url(name: str, **query: str | None) -> str:
    """The address of a provider's page."""
    asked = "&".join(f"{k}={quote(v)}" for k, v in query.items() if v)
    return f"/providers/{quote(name)}{f'?{asked}' if asked else ''}"


def _row(provider: Mapping[str, Any], asked: Sequence[str]) -> ProviderRowView:
    sdk = provider["sdk"]
    facts = {c: fact_view(c, provider["capabilities"][c]) for c in _COLUMNS if c in provider["capabilities"]}
    return ProviderRowView(
        name=provider["name"],
        title=provider["title"],
        url=provider_url(provider["name"]),
        wire=provider["wire"] or provider["wires"][0]["name"],
        key=key_state(provider["key"]),
        sdk=f"{sdk['package']} {sdk['installed'] or 'not installed'}" if sdk else "",
        installed=bool(sdk and sdk["installed"]),
        install=sdk["install"] if sdk else "",
        models=len(provider["models"]),
        facts=list(facts.values()),
        fault=provider["fault"],
        meets=all(c in facts and facts[c].state == "yes" for c in asked),
    )


def _note(rows: Sequence[ProviderRowView]) -> str:
    first = rows[0]
    return first.sdk if first.installed or first.fault else f"{first.sdk}: {first.install}"


def _need(capability: str, asked: Sequence[str]) -> Need:
    on = capability in asked
    rest = [c for c in asked if c != capability] if on else [*asked, capability]
    return Need(LABELS[capability], "/providers" + ("?" + "&".join(f"need={c}" for c in rest) if rest else ""), on)
