"""What is known of a model, put together from all who know: wire, row, shipped table, user."""

from __future__ import annotations

from collections.abc import Mapping

from ell2a.providers import models
from ell2a.providers.capabilities import Fact, ProviderCapabilities
from ell2a.providers.model_table import facts_of
from ell2a.providers.rows import ProviderRow


def facts_for(row: ProviderRow, wire_facts: ProviderCapabilities, model: str | None) -> ProviderCapabilities:
    """The facts of a wire, then what the row, the shipped model table and `register_model` say; the later wins.

    What the wire or the row rules out the table does not bring back: a model that takes video takes none on a
    wire that cannot carry it. A user's word stands over all.
    """
    known = wire_facts.updated(row.facts)
    if model is None:
        return known
    if row.models is not None:
        known = known.updated(_not_ruled_out(known, facts_of(row.models, model)))
    registered = models.registered(row.name, model)
    return known.updated(dict(registered.capabilities)) if registered else known


def _not_ruled_out(known: ProviderCapabilities, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {name: fact for name, fact in facts.items() if getattr(known, name).state != "no"}
