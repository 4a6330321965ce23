"""Pure reading of what a models endpoint gave: its entries, the facts in them, and what changed since the last time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ell2a.errors import UnreadableResponse
from ell2a.messages import JsonValue
from ell2a.providers.capabilities import Fact, no, yes
from ell2a.providers.listed_values import at, without
from ell2a.providers.listings import LISTINGS, OF_WIRE, Listing
from ell2a.providers.rows import ProviderRow

Entry = dict[str, Any]
"""What an endpoint says of one model, as it came."""


@dataclass(frozen=True, slots=True)
class ModelListing:
    """All that a models endpoint listed."""

    provider: str
    endpoint: str
    """The address that was asked, without its query."""
    listing: str
    """The form of the entries: a name in LISTINGS."""
    models: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a model that differs between two listings. A side that lacks it is None, and says so."""

    path: str
    before: JsonValue
    after: JsonValue
    kind: str
    """`added`, `gone` or `changed`."""


@dataclass(frozen=True, slots=True)
class ListingDiff:
    """What is new, gone and different between two listings of a provider."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: Mapping[str, tuple[FieldChange, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.changed)

    def as_json(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "added": list(self.added),
            "gone": list(self.gone),
            "changed": [
                {
                    "model": model,
                    "fields": [{"path": c.path, "kind": c.kind, "before": c.before, "after": c.after} for c in fields],
                }
                for model, fields in self.changed.items()
            ],
        }


def listings_for(row: ProviderRow, wire: str) -> list[Listing]:
    """The listings to try for a provider, its own first, then that of its wire. Empty: none is known."""
    names = dict.fromkeys(name for name in (row.listing, OF_WIRE.get(wire)) if name)
    return [LISTINGS[name] for name in names if name in LISTINGS]


def entries(listing: Listing, page: Any, *, provider: str) -> dict[str, Entry]:
    """The entries of one page by model. Raises UnreadableResponse where there is no list of them."""
    found = page.get(listing.items) if isinstance(page, dict) else page
    if not isinstance(found, list):
        raise UnreadableResponse(
            f"{provider}: its models endpoint gave no list of models under `{listing.items}` ({listing.source}).",
            provider=provider,
            body=page,
        )
    named = {at(entry, listing.id): entry for entry in found if isinstance(entry, dict)}
    return {name.removeprefix(listing.prefix): entry for name, entry in named.items() if isinstance(name, str) and name}


def next_page(listing: Listing, page: Any) -> dict[str, str] | None:
    """The query of the page after this one; None after the last."""
    paging = listing.paging
    if paging is None or not isinstance(page, dict):
        return None
    cursor = page.get(paging.cursor)
    if not cursor or (paging.more is not None and page.get(paging.more) is not True):
        return None
    return {**paging.first, paging.parameter: str(cursor)}


def facts_in(listing: Listing, entry: Mapping[str, Any], *, as_of: str) -> dict[str, Fact]:
    """What an entry says of a model's capabilities, known from the provider on a day."""
    facts: dict[str, Fact] = {}
    for row in listing.fields:
        told = row.read(at(entry, row.path))
        if told is None:
            continue
        detail = f"`{row.path}` of its models endpoint ({row.source})"
        fact = (
            yes("provider", value=told.value, as_of=as_of, detail=detail)
            if told.can
            else no("provider", as_of=as_of, detail=detail)
        )
        facts |= dict.fromkeys(row.capabilities, fact)
    return facts


def same(listing: Listing, one: Entry, other: Entry) -> bool:
    """Whether two entries say the same, but for what differs from answer to answer."""
    return bool(without(one, listing.volatile) == without(other, listing.volatile))


def difference(listing: Listing, before: Mapping[str, Entry], after: Mapping[str, Entry]) -> ListingDiff:
    """What changed from one listing to the next, model by model and field by field."""
    changed = {
        model: changes(listing, before[model], after[model])
        for model in after
        if model in before and not same(listing, before[model], after[model])
    }
    return ListingDiff(
        added=tuple(m for m in after if m not in before),
        gone=tuple(m for m in before if m not in after),
        changed=changed,
    )


def changes(listing: Listing, before: Entry, after: Entry) -> tuple[FieldChange, ...]:
    """The fields that differ between two entries of a model. A list is compared as a whole."""
    old, new = (dict(_leaves(without(e, listing.volatile))) for e in (before, after))
    found = []
    for path in dict.fromkeys([*old, *new]):
        if path in old and path in new and old[path] == new[path]:
            continue
        kind = "changed" if path in old and path in new else ("gone" if path in old else "added")
        found.append(FieldChange(path, old.get(path), new.get(path), kind))
    return tuple(found)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and (value or not path):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value
