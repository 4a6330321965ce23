"""Which providers there are, and the instance that speaks for each."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from ell2a.errors import CallError, ContractError, DefinitionError, UnknownProvider
from ell2a.providers import model_names
from ell2a.providers.anthropic_messages import AnthropicMessages
from ell2a.providers.environment import kept_environment, same_environment
from ell2a.providers.hosts import host_of
from ell2a.providers.openai_chat import OpenAIChat
from ell2a.providers.openai_responses import OpenAIResponses
from ell2a.providers.provider import Provider
from ell2a.providers.rows import ProviderRow, shipped_rows
from ell2a.providers.user_rows import user_rows

_OURS: Mapping[str, type[Provider]] = {cls.wire: cls for cls in (OpenAIChat, OpenAIResponses, AnthropicMessages)}
"""Wire -> the class that speaks it. They are imported with ell2a, since they import no SDK: the first definition does not wait
for them. Plug-ins add theirs by the entry point group `ell2a.providers`, which is searched for other wires than these."""

_SHIPPED = shipped_rows()
"""Read with ell2a, too."""

_lock = threading.Lock()
_own_rows: dict[str, ProviderRow] = {}
"""Replaced by another dict whenever a row is added."""
_merged: tuple[tuple[Mapping[str, ProviderRow], ...], Mapping[str, ProviderRow]] = (), {}
"""What `rows` gave last, and out of what."""
_instances: dict[tuple[str, str], Provider] = {}
_found_at: dict[tuple[str, str], tuple[Mapping[str, ProviderRow], Mapping[Any, Any], str | None]] = {}
"""(base URL, wire) -> the rows and the environment that were searched, and the name found: a call's client is looked up
each time, among all rows."""
_MOST_PLACES = 64


def names() -> list[str]:
    """The providers' names, in the order of their rows, users' own at the end."""
    return list(rows())


def rows() -> Mapping[str, ProviderRow]:
    """The providers' rows by name: the shipped ones, those of the user's file, and those that the program registered.

    Each stands in the place of one before it that it replaces, else at the end. The same mapping is given until one of
    them changes. Raises DefinitionError for a faulty file.
    """
    global _merged
    parts = (_SHIPPED, user_rows(), _own_rows)
    known, merged = _merged
    if len(known) != len(parts) or any(one is not other for one, other in zip(known, parts, strict=True)):
        merged = {name: row for part in parts for name, row in part.items()}
        _merged = parts, merged
    return merged


def wires() -> list[str]:
    """The wires that something here speaks."""
    return [*_plugged(), *_OURS]


def row(name: str) -> ProviderRow:
    """A provider's row. Raises UnknownProvider, with the nearest name."""
    known = rows()
    if name not in known:
        raise UnknownProvider(name, list(known))
    return known[name]


def get(name: str, wire: str | None = None) -> Provider:
    """The provider of a name, on its default wire or the one asked for. Raises UnknownProvider."""
    return _get(name, wire, rows())


def _get(name: str, wire: str | None, known: Mapping[str, ProviderRow]) -> Provider:
    if name not in known:
        raise UnknownProvider(name, list(known))
    found = known[name]
    speaks = [w for w in found.wires if w in _OURS or w in _plugged()]
    if wire is not None and wire not in speaks:
        raise UnknownProvider(wire, speaks, what=f"wire of {name}")
    if not speaks:
        raise UnknownProvider(next(iter(found.wires)), wires(), what="wire")
    chosen = wire or speaks[0]
    with _lock:
        kept = _instances.get((name, chosen))
        if kept is None or kept.row is not found:
            kept = _instances[name, chosen] = wire_class(chosen)(found)
        return kept


def resolve(model: str, wire: str | None = None) -> tuple[Provider, str]:
    """The provider that a model's name means, and the model's name there.

    `"provider/model"`, where the model may hold slashes of its own; a name that was registered; or a bare
    name that exactly one provider has among its own models. Raises UnknownModel, or UnknownProvider for
    a wire that the provider does not speak.
    """
    known = rows()
    found = model_names.find(model, known)
    return _get(found.provider, wire or found.wire, known), found.model


def register_provider(
    name: str, *, wires: dict[str, str], key: str | list[str] | None = None, title: str | None = None, **more: object
) -> Provider:
    """Add a provider that speaks known wires: `wires` is wire -> base URL, the default first.

    `key` names the environment variables that may hold its API key; `more` are further fields of ProviderRow.

    Raises DefinitionError that names each faulty field, and UnknownProvider for a wire that nothing here speaks.
    """
    keys = [key] if isinstance(key, str) else list(key or [])
    try:
        added = ProviderRow.model_validate({"name": name, "title": title or name, "wires": wires, "key": keys, **more})
    except ValidationError as error:
        faults = "; ".join(f"`{'.'.join(map(str, e['loc']))}`: {e['msg']}" for e in error.errors())
        known = ", ".join(ProviderRow.model_fields)
        raise DefinitionError(f"register_provider({name!r}): {faults}. A row has {known}.") from error
    for wire in wires:
        wire_class(wire)
    global _own_rows
    with _lock:
        _own_rows = {**_own_rows, name: added}
    return get(name)


def wire_class(wire: str) -> type[Provider]:
    """The class that speaks a wire. Raises UnknownProvider."""
    if wire in _OURS:
        return _OURS[wire]
    plugged = _plugged()
    if wire not in plugged:
        raise UnknownProvider(wire, wires(), what="wire")
    return _load(plugged[wire])


def provider_at(base_url: str, wire: str) -> Provider:
    """The provider whose row has this host on the wire; one named after the host where no row has it."""
    known, found = rows(), _found_at.get((base_url, wire))
    if found is None or found[0] is not known or not same_environment(found[1]):
        # A variable may stand in any row's address.
        found = known, kept_environment(), _name_at(base_url, wire, known)
        if len(_found_at) >= _MOST_PLACES:
            _found_at.clear()
        _found_at[base_url, wire] = found
    return _unknown_at(base_url, wire) if found[2] is None else get(found[2], wire)


def _name_at(base_url: str, wire: str, known: Mapping[str, ProviderRow]) -> str | None:
    host = host_of(base_url)
    return next((n for n, one in known.items() if wire in one.wires and _answers_at(one, wire, host)), None)


def provider_for_client(provider: Provider, client: Any) -> Provider:
    """The provider that a client really talks to: the given one, unless the client's base URL is of another host.

    A call through it is then logged, priced and checked as the one at that host: never under a name that the
    host does not bear. A client without a `base_url` says nothing.
    """
    base_url = str(getattr(client, "base_url", None) or "")
    if not base_url or _answers_at(provider.row, provider.wire, host_of(base_url)):
        return provider
    return provider_at(base_url, provider.wire)


def _answers_at(known: ProviderRow, wire: str, host: str) -> bool:
    try:
        return any(fnmatchcase(host, one) for one in known.hosts) or host == host_of(known.base_url(wire))
    except CallError:
        # A variable in its address is not set: it is nowhere for now.
        return False


@lru_cache(maxsize=64)
def _unknown_at(base_url: str, wire: str) -> Provider:
    host = host_of(base_url)
    return wire_class(wire)(ProviderRow(name=host, title=host, wires={wire: base_url}, any_model=True))


@cache
def _plugged() -> dict[str, str]:
    return {p.name: p.value for p in entry_points(group="ell2a.providers") if p.name not in _OURS}


@cache
def _load(where: str) -> type[Provider]:
    module, _, attribute = where.partition(":")
    found = getattr(import_module(module), attribute)
    if not (isinstance(found, type) and issubclass(found, Provider)):
        raise ContractError(f"{where} is no subclass of ell2a.providers.Provider.")
    return found
