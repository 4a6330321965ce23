"""What one running studio knows: its log, where it listens, and what it was started with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from ell2a.studio.access import TokenCheck
from ell2a.studio.address import Address

if TYPE_CHECKING:
    from ell2a.log import CallLog


@dataclass(slots=True)
class Studio:
    """The state of the app, under `app.state.studio`."""

    log: CallLog
    address: Address
    demo: str | None
    """What kind of show this is, where the store holds sandbox calls: told in the header of every page."""
    access: TokenCheck


def studio_of(request: Request) -> Studio:
    """The studio that a request is for."""
    found: Studio = request.app.state.studio
    return found


StudioDep = Annotated[Studio, Depends(studio_of)]
