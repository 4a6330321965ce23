"""The SDKs: which package a wire needs, whether it is there, and how old it is."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from itertools import takewhile

from ell2a.calls import Sdk
from ell2a.errors import MissingSdk
from ell2a.providers.warn import warn_caller


class SdkUntried(UserWarning):
    """The installed SDK is older or newer than all that ell2a was tried with."""


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
    # An SDK that is imported says so itself, without its files being read.
    told = getattr(sys.modules.get(package), "__version__", None)
    if isinstance(told, str):
        return told
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
    return None if version is None else _sdk(need.package, version)


@cache
def _sdk(package: str, version: str) -> Sdk:
    return Sdk(name=package, version=version)


def release_of(version: str) -> tuple[int, ...]:
    """The numbers of a version, for comparing; `2`, `2.0` and `2.0.0` are one release. `3.1rc2` counts as 3.1."""
    release = []
    for part in version.split("."):
        digits = "".join(takewhile(str.isdecimal, part))
        if digits:
            release.append(int(digits))
        if digits != part or not digits:
            break
    while release and release[-1] == 0:
        release.pop()
    return tuple(release)


def warn_if_untried(need: SdkNeed) -> None:
    """Warn, once in a process, of a version that the tests never ran with. An SDK that is missing is no matter here."""
    version = installed_version(need.package)
    if version is None or (need.package, version) in _warned:
        return
    oldest, newest = need.tried
    release = release_of(version)
    if release_of(oldest) <= release <= release_of(newest):
        return
    _warned.add((need.package, version))
    older = release < release_of(oldest)
    mend = f"`pip install -U {need.package}`" if older else f"`pip install {need.package}=={newest}`"
    warn_caller(
        f"the installed {need.package} {version} is {'older' if older else 'newer'} than those that ell2a was tried with,"
        f" {oldest} to {newest}: its params are read and checked all the same. Should a call go wrong for it: {mend}.",
        SdkUntried,
    )


_warned: set[tuple[str, str]] = set()
