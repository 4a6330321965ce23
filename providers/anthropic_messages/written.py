"""What a part of a call became on the wire, and how the report is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ell2a.providers.anthropic_messages.tables import CARRIED_KEYS, NATIVE_KEYS
from ell2a.providers.report import Report

_FOREIGN = "it is an extra of another wire, which means nothing on this one"


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the wire cannot carry."""

    capability: str
    """What the wire would need for it, in a few words."""
    reason: str
    """What can be done about it."""


@dataclass(frozen=True, slots=True)
class Written:
    """One block, agent or format in the wire's own form."""

    body: Any
    """The JSON value; meaningless where it is lost."""
    reason: str | None = None
    """Why it has another form than the universal one; None where it means and says the same."""
    loss: Loss | None = None
    """Why nothing of it can go out."""
    inner: Mapping[int, Loss] = field(default_factory=dict)
    """Of an agent's result: the blocks in it that cannot go out, by their index."""

    @property
    def lost(self) -> bool:
        """Nothing of it can go out."""
        return self.loss is not None


def lost(capability: str, reason: str) -> Written:
    """A part that the wire cannot carry at all."""
    return Written(None, loss=Loss(capability, reason))


def tell(
    report: Report,
    path: str,
    place: str,
    written: Written,
    *,
    native: Mapping[str, Any] | None = None,
    moved: str | None = None,
) -> None:
    """Say in the report what became of a part and of its native extras.

    Raises UnsupportedCapability for a loss in a call that a user wrote. `moved` is why the part stands elsewhere
    than its path says.
    """
    for index, loss in written.inner.items():
        report.lost(f"{path}.content.{index}", loss.reason, capability=loss.capability)
    reasons = [written.reason, "what the wire has no block for is left out" if written.inner else None, moved]
    said = "; ".join(reason for reason in reasons if reason)
    if written.loss is not None:
        report.lost(path, written.loss.reason, capability=written.loss.capability)
    elif said and said != moved:
        report.converted(path, place, said)
    elif said:
        report.moved(path, place, said)
    else:
        report.kept(path, place)
    if native:
        tell_native(report, path, place, native, goes=not written.lost)


def tell_native(report: Report, path: str, place: str, native: Mapping[str, Any] | None, *, goes: bool = True) -> None:
    """Say what became of native extras: those of another wire, or of a part that is left out, do not go out."""
    for key in native or ():
        at = f"{path}.native.{key}"
        if goes and key in NATIVE_KEYS:
            report.kept(at, f"{place}.{key}" if key in CARRIED_KEYS else place)
        elif report.replay:
            what = "extras of another wire" if goes else "extras of what is left out"
            report.lost(at, _FOREIGN if goes else "there is nothing that they could stand on", capability=what)
        else:
            report.converted(at, None, _FOREIGN)
