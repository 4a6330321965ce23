"""What a part of a call became on the wire, before anybody is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ell2a.providers.report import Report

_FOREIGN = "it is an extra of another wire, which means nothing on this one"


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the wire cannot carry."""

    capability: str
    """What the wire would need for it, in a few words."""
    reason: str
    """What can be done about it."""
    within: str = ""
    """Which part of the block it is, as the end of a path: `.detail`, `.content.1`; empty: the whole block."""


@dataclass(frozen=True, slots=True)
class Written:
    """One block, agent or format in the wire's own form."""

    body: Any
    """The JSON value; meaningless where the whole of it is lost."""
    reason: str | None = None
    """Why it has another form than the universal one; None where it means and says the same."""
    losses: tuple[Loss, ...] = field(default=())
    foreign: tuple[str, ...] = field(default=())
    """Ends of the paths of native extras that are not for this wire: `.native.phase`."""

    @property
    def lost(self) -> bool:
        """Nothing of it can go out."""
        return any(not loss.within for loss in self.losses)


def lost(capability: str, reason: str) -> Written:
    """A part that the wire cannot carry at all."""
    return Written(None, losses=(Loss(capability, reason),))


def tell(report: Report, path: str, place: str, written: Written, *, moved: str | None = None) -> None:
    """Say in the report what became of a part. Raises UnsupportedCapability for a loss in a call that a user wrote.

    `moved` is why the part stands elsewhere than its path says.
    """
    for loss in written.losses:
        if not loss.within or not report.replay:
            report.lost(path + loss.within, loss.reason, capability=loss.capability)
    if not written.lost:
        reasons = [written.reason, *(f"`{loss.within[1:]}` is left out: {loss.reason}" for loss in written.losses)]
        said = "; ".join(reason for reason in reasons if reason)
        if said:
            report.converted(path, place, said if moved is None else f"{said}; {moved}")
        elif moved is not None:
            report.moved(path, place, moved)
        else:
            report.kept(path, place)
    tell_foreign(report, path, written.foreign)


def tell_foreign(report: Report, path: str, ends: tuple[str, ...]) -> None:
    """Say of native extras that they are another wire's and do not go out."""
    for end in ends:
        if report.replay:
            report.lost(path + end, _FOREIGN, capability="extras of another wire")
        else:
            report.converted(path + end, None, _FOREIGN)
