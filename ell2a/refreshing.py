"""Asking a provider for its models, and keeping what it says: a dated snapshot in the log, with what changed since the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ell2a.errors import StoreError
from ell2a.providers import learned, registry
from ell2a.providers.asking_models import list_models
from ell2a.providers.listed_models import ListingDiff, difference, same
from ell2a.providers.listings import LISTINGS, Listing
from ell2a.settings import current_log

if TYPE_CHECKING:
    from ell2a.log import CallLog
    from ell2a.log.provider_facts import Snapshot

_UNKNOWN = Listing("unknown", "written by another release")


@dataclass(frozen=True, slots=True)
class Refresh:
    """What came of asking a provider for its models."""

    snapshot: Snapshot
    """The newest; where nothing changed it is the one before, checked again."""
    is_new: bool
    diff: ListingDiff
    """From the snapshot before to this one. Of the first one all models are added. Empty where nothing changed."""

    def as_json(self) -> dict[str, Any]:
        """The public JSON form."""
        previous = self.snapshot.number - 1 if self.is_new else self.snapshot.number
        return {
            **self.snapshot.as_json(),
            "is_new": self.is_new,
            "previous": previous or None,
            **self.diff.as_json(),
        }


def refresh(
    name: str,
    *,
    wire: str | None = None,
    client: Any = None,
    log: CallLog | None = None,
    progress: Callable[[str], None] | None = None,
) -> Refresh:
    """Ask a provider's own models endpoint, and keep what it lists as a dated snapshot in the log.

    `client`: a client of its SDK; without one, that which calls are made with. `log`: where to keep it; without one the
    log of the process. `progress` is told in words how far it is. Facts that follow from it count from now on, after
    the shipped table and before `register_model`.

    Raises UnknownProvider, MissingSdk, MissingKey, NotFound where there is no such endpoint, any other CallError that
    its answer means, and StoreError where the log is off or cannot be written.
    """
    provider = registry.get(name, wire)
    used = log if log is not None else current_log()
    if used is None:
        raise StoreError("a snapshot is kept in the call log, and that is off: ell2a.init(store=...) opens one.")
    found = list_models(provider, client=client, progress=progress)
    form = LISTINGS[found.listing]
    snapshot, is_new = used.providers.keep(
        name,
        found.models,
        endpoint=found.endpoint,
        listing=found.listing,
        same=lambda one, other: same(form, one, other),
    )
    learned.forget()
    return Refresh(snapshot, is_new, diff_of(used, snapshot) if is_new else ListingDiff())


def diff_of(log: CallLog, snapshot: Snapshot) -> ListingDiff:
    """What a snapshot changed against the one before it."""
    before, after = log.providers.changed(snapshot.provider, snapshot.number)
    return difference(LISTINGS.get(snapshot.listing, _UNKNOWN), before, after)
