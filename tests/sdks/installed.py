"""Which SDKs are installed, and how new: for tests that hold with every version, also where only one SDK is there."""

from __future__ import annotations

from ell2a.providers import get
from ell2a.providers.sdk import installed_version, release_of

WIRES = {"openai": "openai-chat", "anthropic": "anthropic-messages"}
"""SDK -> the wire that is spoken through it."""

INSTALLED = [package for package in WIRES if installed_version(package) is not None]


def is_installed(package: str, since: str = "0") -> bool:
    """Whether an SDK is there, at this version or a later one."""
    version = installed_version(package)
    return version is not None and release_of(version) >= release_of(since)


def can_define(model: str, since: str = "0") -> bool:
    """Whether the SDK that `provider/model` is called through is there, at this version or a later one."""
    return is_installed(get(model.partition("/")[0]).sdk.package, since)
