"""What is known of a model, put together from all who know: wire, row, shipped table, user."""

from __future__ import annotations

from collections.abc import Mapping

from ell2a.providers import learned, models, server_agents, service_facts
from ell2a.providers.capabilities import Fact, ProviderCapabilities
from ell2a.providers.model_table import facts_of
from ell2a.providers.models import RegisteredModel
from ell2a.providers.rows import ProviderRow


def facts_for(
    row: ProviderRow, wire_facts: ProviderCapabilities, model: str | None, wire: str | None = None
) -> ProviderCapabilities:
    """The facts of a wire, then what the row, the shipped model table, what was learnt, and `register_model` say; the later wins.

    What the wire or the row rules out neither the table nor the provider's own endpoint brings back: a model that
    takes video takes none on a wire that cannot carry it. A user's word stands over all.
    """
    registered = models.registered(row.name, model) if model is not None else None
    found = learned.facts_of(row.name, model, wire) if model is not None else learned.NO_FACTS
    # By identity: rows, registrations and what was learnt are never changed, only replaced. What is kept keeps both alive.
    key = id(row), id(wire_facts), model, id(registered), id(found)
    kept = _kept.get(key)
    if kept is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        of_wire = _of_wire(row, wire_facts, wire, model).updated(row.facts_on(wire))
        facts = _facts_for(row, of_wire, model, found, registered)
        kept = _kept[key] = (facts, (row, wire_facts, registered, found))
    return kept[0]


_MOST_KEPT = 256
_kept: dict[tuple[int, int, str | None, int, int], tuple[ProviderCapabilities, object]] = {}
"""Each call asks: what was found, beside that which its key names."""


def _facts_for(
    row: ProviderRow,
    known: ProviderCapabilities,
    model: str | None,
    found: Mapping[str, Fact],
    registered: RegisteredModel | None,
) -> ProviderCapabilities:
    if model is None:
        return service_facts.of_service(known, row.models)
    of_service = known
    if row.models is not None:
        known = known.updated(_not_ruled_out(of_service, facts_of(row.models, model)))
    if found:
        known = known.updated(_not_ruled_out(of_service, found))
    return known.updated(dict(registered.capabilities)) if registered else known


def _of_wire(
    row: ProviderRow, wire_facts: ProviderCapabilities, wire: str | None, model: str | None
) -> ProviderCapabilities:
    """The facts of a wire, with the agents that the service has of its own on it."""
    if wire is None:
        return wire_facts
    own, of_wire = row.server_agents.get(wire, {}), wire_facts.server_agents
    fact = server_agents.fact_of(own, of_wire, model, all_of_wire=wire in row.runs_wire_agents)
    # `updated` would leave a yes of the wire where this is unknown.
    return wire_facts if fact is of_wire else wire_facts.model_copy(update={"server_agents": fact})


def _not_ruled_out(known: ProviderCapabilities, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {name: fact for name, fact in facts.items() if getattr(known, name).state != "no"}
