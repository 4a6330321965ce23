"""Which provider a model's name means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ell2a.errors import DefinitionError, UnknownModel, nearest
from ell2a.providers import learned, model_table, models
from ell2a.providers.rows import ProviderRow


class NamedModel(NamedTuple):
    """A model's name, understood."""

    provider: str
    model: str
    wire: str | None = None
    """The wire that it was registered with."""


def find(name: str, rows: Mapping[str, ProviderRow]) -> NamedModel:
    """The provider that a name means, and the model's name there. Raises UnknownModel."""
    first, _, rest = name.partition("/")
    if rest and first in rows:
        known = models.registered(first, rest)
        return NamedModel(first, rest, known.wire if known else None)
    if first in rows and name != first:
        raise DefinitionError(f"{name!r} names the provider {first} and no model: write `{first}/MODEL`.")
    registered = [known for known in models.registered_models() if known.name == name]
    if len(registered) == 1:
        return NamedModel(registered[0].provider, name, registered[0].wire)
    owners = [known.provider for known in registered] or _makers(name, rows) or _listed_by(name, rows)
    if len(owners) == 1:
        return NamedModel(owners[0], name)
    raise UnknownModel(name, providers=list(rows), candidates=owners, near=_near(name, rows) if not owners else None)


def _makers(name: str, rows: Mapping[str, ProviderRow]) -> list[str]:
    """The providers that have a model among their own. Those that serve others' models claim no bare name."""
    makers = {row.name: row.models for row in rows.values() if row.first_party and row.models}
    for model in (name, model_table.undated(name)):
        found = [maker for maker, models_id in makers.items() if model_table.has(models_id, model)]
        if found:
            return found
    return []


def _listed_by(name: str, rows: Mapping[str, ProviderRow]) -> list[str]:
    """The same, by what the providers' own endpoints listed."""
    return [row.name for row in rows.values() if row.first_party and name in learned.models_of(row.name)]


def _near(name: str, rows: Mapping[str, ProviderRow]) -> str | None:
    first, _, rest = name.partition("/")
    if rest:
        provider = nearest(first, rows)
        return f"{provider}/{rest}" if provider else None
    own = [m for row in rows.values() if row.first_party and row.models for m in model_table.models_of(row.models)]
    return nearest(name, [*own, *(known.name for known in models.registered_models())])
