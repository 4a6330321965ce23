"""What stands around every page: the header, its navigation, and the foot."""

from __future__ import annotations

from dataclasses import dataclass

import ell2a
from ell2a.studio import formats
from ell2a.studio.state import Studio

NAV = (
    ("calls", "Calls", "/calls"),
    ("providers", "Providers", "/providers"),
    ("replays", "Replays", "/replays"),
    ("usage", "Usage", "/usage"),
    ("settings", "Settings", "/settings"),
)
"""(name, label, address) of the pages that the header lists."""


@dataclass(frozen=True, slots=True)
class NavLink:
    """One link of the header."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    nav: list[NavLink]
    calls: str
    """How many calls the store holds, in words."""
    store: str
    store_size: str | None
    version: str
    place: str
    """Where the studio listens, and who can reach it."""
    demo: str | None
    logged_in: bool
    """A token is needed and was shown, so that one can log out."""


def frame(studio: Studio, section: str | None) -> Frame:
    """The frame of a page that belongs to a section of the navigation."""
    info = studio.log.info()
    capped = "+" if info.calls.capped else ""
    reach = "this machine only" if studio.address.is_loopback else "reachable from other machines, by token"
    return Frame(
        nav=[NavLink(label, url, name == section) for name, label, url in NAV],
        calls=f"{formats.number(info.calls.number)}{capped} call{'' if info.calls.number == 1 else 's'}",
        store=info.url,
        store_size=formats.size(info.size_bytes) if info.size_bytes is not None else None,
        version=ell2a.__version__,
        place=f"{studio.address.url.removeprefix('http://')}, {reach}",
        demo=studio.demo,
        logged_in=studio.access.token is not None,
    )
