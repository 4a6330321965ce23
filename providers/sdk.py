"""The SDKs: which package a wire needs, whether it is there, and how old it is."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from ell2a.calls import Sdk
from ell2a.errors import MissingSdk


@dataclass(frozen=True, slots=True)
class SdkNeed:
    """The package that a wire is called through."""

    package: str
    extra: str
    """The extra of ell2a that installs it: `pip install 'ell2a[extra]'`."""
    tried: tuple[str, str]
    """The oldest and the newest version that the tests ran with."""

    @property
    def install(self) -> str:
        """The command that installs it."""
        return f"pip install 'ell2a[{self.extra}]'"


@cache
def installed_version(package: str) -> str | None:
    """The version of an installed package, or None; the package is not imported."""
    if importlib.util.find_spec(package) is None:
        return None
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def require(need: SdkNeed, provider: str) -> None:
    """Raises MissingSdk, with the command that mends it, where the package is not installed."""
    if installed_version(need.package) is None:
        raise MissingSdk(provider, need.package, need.extra)


def sdk_of(need: SdkNeed) -> Sdk | None:
    """The package's name and version, for the metadata of a call."""
    version = installed_version(need.package)
    return None if version is None else Sdk(name=need.package, version=version)
