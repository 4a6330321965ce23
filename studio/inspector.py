"""What the providers say of themselves, as plain JSON values: for pages, the JSON API and the command line.

The list is made of rows, wire facts and the model table alone. An SDK is loaded only where its params
are asked for, and a provider whose SDK is missing is told with the command that installs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ell2a import providers
from ell2a.calls import UniversalParams
from ell2a.errors import CallError, UnknownProvider
from ell2a.providers import law_records, learned
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.model_table import models_of, row_of
from ell2a.providers.models import registered_models
from ell2a.providers.sdk import installed_version
from ell2a.providers.universal import universal_table
from ell2a.refreshing import diff_of

if TYPE_CHECKING:
    from ell2a.log import CallLog

_DATED = re.compile(r"-\d{4}(-?\d{2}){2}$|-\d{4}$")
"""A model name with its day at the end: the same model is there without it."""

CAPABILITIES = tuple(ProviderCapabilities.model_fields)
"""The capabilities in the order of the contract."""

MIN_COMPARED, MAX_COMPARED = 2, 6


def provider_list() -> list[dict[str, Any]]:
    """Every provider: name, title, wires, address, key, SDK, models, and what it can do on its default wire."""
    return [_summary(name) for name in providers.names()]


def provider_detail(name: str, model: str | None = None, wire: str | None = None) -> dict[str, Any]:
    """One provider whole: the summary on the wire asked for, and its params.

    With a model, capabilities and params are those of the model. Raises UnknownProvider.
    """
    provider = providers.get(name, wire)
    # Read at once for all of its models.
    learned.of_provider(name)
    return {
        **_summary(name, model=model, wire=provider.wire),
        "model": model,
        "model_facts": [_model(provider, m) for m in _models(provider.row)],
        **_params(provider, model),
        "universal_params": universal_table(provider),
        "conformance": law_records.told_of(provider),
        "listed": _listed(name, model),
        "observations": _observations(name, model, provider.wire),
    }


def snapshots(log: CallLog, name: str, limit: int = 20) -> list[dict[str, Any]]:
    """The snapshots of a provider's models, the newest first, each with what it changed. Raises UnknownProvider."""
    providers.row(name)
    found = log.providers.snapshots(name, limit=limit)
    return [{**s.as_json(), "previous": s.number - 1 or None, **diff_of(log, s).as_json()} for s in found]


def compare(names: Sequence[str], model: str | None = None) -> dict[str, Any]:
    """Two to six providers side by side: capabilities and params, aligned by universal meaning.

    A name may say a model too, `provider/model`; `model` is that of the others. Raises UnknownProvider, and
    ValueError for fewer than two or more than six.
    """
    if not MIN_COMPARED <= len(names) <= MAX_COMPARED:
        raise ValueError(f"give two to {MAX_COMPARED} providers to compare, not {len(names)}")
    sides = [provider_detail(*_target(name, model)) for name in names]
    return {
        "providers": [
            {key: s[key] for key in ("name", "title", "wire", "model", "sdk", "key", "base_url", "params_fault")}
            for s in sides
        ],
        "capabilities": [_capability_row(name, sides) for name in CAPABILITIES],
        "params": _param_rows(sides),
    }


def suggested_models(name: str, limit: int) -> list[str]:
    """Models of a provider to begin with: those that the model table describes, that call agents, and do not end; the newest first."""
    row = providers.row(name)
    known = [m for m in _models(row) if row.models and row_of(row.models, m) and not _DATED.search(m)]
    facts = {m: providers.get(name).capabilities(model=m) for m in known}
    fit = [m for m, f in facts.items() if f.agent_calling.state == "yes" and f.end_of_life.state != "yes"]
    return sorted(fit, key=lambda m: (str(facts[m].knowledge_date.value or ""), m), reverse=True)[:limit]


def key_of(name: str) -> dict[str, Any]:
    """Which variables may hold a provider's key and whether one does. Raises UnknownProvider."""
    return _key(providers.row(name))


def wires_of(name: str) -> list[str]:
    """The wires on which a provider can be called. Raises UnknownProvider."""
    return [w for w in providers.row(name).wires if w in providers.wires()]


def _target(name: str, model: str | None) -> tuple[str, str | None]:
    provider, slash, own = name.partition("/")
    return (provider, own) if slash else (name, model)


def _summary(name: str, *, model: str | None = None, wire: str | None = None) -> dict[str, Any]:
    row = providers.row(name)
    summary = {
        "name": name,
        "title": row.title,
        "docs": row.docs,
        "wires": [_wire(row, w) for w in row.wires],
        "wire": wire,
        "base_url": None,
        "key": _key(row),
        "any_model": row.any_model,
        "quirks": {},
        "sources": [known._asdict() for known in row.known_from()],
        "models": _models(row),
        "sdk": None,
        "capabilities": {},
        "fault": None,
    }
    try:
        provider = providers.get(name, wire)
    except UnknownProvider as error:
        # A row may name a wire that only a plug-in speaks: it is shown, with what is missing.
        return {**summary, "fault": str(error)}
    facts = provider.capabilities(model=model)
    return {
        **summary,
        "wire": provider.wire,
        "base_url": _base_url(row, provider.wire),
        "quirks": row.quirks_on(provider.wire),
        "sdk": _sdk(provider),
        "capabilities": {c: getattr(facts, c).model_dump(mode="json") for c in CAPABILITIES},
    }


def _wire(row: providers.ProviderRow, wire: str) -> dict[str, Any]:
    return {"name": wire, "base_url": _base_url(row, wire), "spoken": wire in providers.wires()}


def _base_url(row: providers.ProviderRow, wire: str) -> str:
    """The address, or its pattern where a variable in it is not set. Never with a user name or password in it."""
    try:
        url = row.base_url(wire)
    except CallError:
        return row.wires[wire]
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"


def _key(row: providers.ProviderRow) -> dict[str, Any]:
    """Which variables may hold the key and whether one does, and what else has to be set (an endpoint, a region); never the key."""
    needed = bool(row.key) and not row.key_optional
    return {
        "variables": list(row.key),
        "needed": needed,
        "present": row.api_key() is not None,
        "unset": row.unset(),
    }


def _sdk(provider: providers.Provider) -> dict[str, Any]:
    need = provider.sdk
    version = installed_version(need.package)
    return {
        "package": need.package,
        "installed": version,
        "install": need.install,
        "tried": list(need.tried),
    }


def _models(row: providers.ProviderRow) -> list[str]:
    shipped = models_of(row.models) if row.models else []
    own = [m.name for m in registered_models() if m.provider == row.name]
    return list(dict.fromkeys([*shipped, *learned.models_of(row.name), *own]))


def _listed(name: str, model: str | None) -> dict[str, Any] | None:
    """A model's entry of the provider's own endpoint, as it came."""
    found = learned.of_model(name, model).listed if model else None
    return None if found is None else {"listing": found.listing, "as_of": found.as_of, "entry": dict(found.entry)}


def _observations(name: str, model: str | None, wire: str) -> list[dict[str, Any]]:
    """What refused calls on a wire showed of a model, or of all; the newest first."""
    known = {model: learned.of_model(name, model)} if model else learned.of_provider(name)
    seen = [{"model": m, **o.as_json()} for m, found in known.items() for o in found.observations if o.wire == wire]
    return sorted(seen, key=lambda o: (o["as_of"], o["call_id"]), reverse=True)


def _model(provider: providers.Provider, model: str) -> dict[str, Any]:
    """What a list of models tells of each: its limits, its end, and what it takes."""
    facts = provider.capabilities(model=model)
    limits = ("context_window", "max_output_tokens", "end_of_life")
    return {"name": model, **{name: getattr(facts, name).value for name in limits}}


def _params(provider: providers.Provider, model: str | None) -> dict[str, Any]:
    """The params, or why they cannot be read. Loads the SDK."""
    try:
        source = provider.param_source(model=model)
        params = provider.available_params(model=model)
    except CallError as error:
        return {"params": [], "params_source": None, "params_fault": str(error)}
    return {
        "params": [_param(p) for p in params.values()],
        "params_source": {"kind": source.kind, "described_as": source.described_as},
        "params_fault": source.fault or next((p.type_fault for p in params.values() if p.type_fault), None),
    }


def _param(param: providers.Param) -> dict[str, Any]:
    shown = param.as_json()
    return {**shown, "range_text": None if param.range is None else str(param.range)}


def _capability_row(name: str, sides: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    facts = [side["capabilities"][name] for side in sides]
    return {
        "name": name,
        "facts": facts,
        "differs": len({(f["state"], str(f["value"])) for f in facts}) > 1,
    }


def _param_rows(sides: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Universal params first, in their own order, then those that carry one name on several sides, then the rest."""
    rows: list[dict[str, Any]] = []
    for universal in UniversalParams.model_fields:
        cells = [[p for p in side["params"] if p["universal"] == universal] for side in sides]
        if any(cells):
            rows.append(_param_row(universal, "universal", cells))
    names = dict.fromkeys(p["name"] for side in sides for p in side["params"] if p["universal"] is None)
    for name in names:
        cells = [[p for p in side["params"] if p["name"] == name and p["universal"] is None] for side in sides]
        kind = next(p["kind"] for cell in cells for p in cell)
        group = {"owned": "owned", "option": "option"}.get(kind, "shared" if all(cells) else "only here")
        rows.append(_param_row(name, group, cells))
    order = ("universal", "shared", "only here", "option", "owned")
    return sorted(rows, key=lambda row: order.index(row["group"]))


def _param_row(name: str, group: str, cells: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    told = [[(p["name"], p["type"], p["range_text"], p["allowed"], p["route"]) for p in cell] for cell in cells]
    return {
        "name": name,
        "group": group,
        "params": [list(cell) for cell in cells],
        "differs": any(t != told[0] for t in told[1:]),
    }
