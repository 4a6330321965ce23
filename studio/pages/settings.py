"""What this studio runs on: the store, the keys that are there, the packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from platform import python_version
from typing import Any, ClassVar

from ell2a.log.views import StoreInfo
from ell2a.studio import formats
from ell2a.studio.pages.providers import KeyState, key_state, provider_url

PACKAGES = ("ell2a", "fastapi", "jinja2", "markdown-it-py", "nh3", "pydantic", "sqlalchemy", "sqlmodel", "uvicorn",
            "genai-prices")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """A provider and its key: whether it is there, never what it is."""

    name: str
    url: str
    key: KeyState


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package, or the command that installs it."""

    name: str
    version: str | None
    install: str


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What this studio runs on."""

    template: ClassVar[str] = "settings.html"
    section: ClassVar[str | None] = "settings"

    store: str
    size: str
    calls: str
    keys: Sequence[ProviderKey]
    sdks: Sequence[Package]
    packages: Sequence[Package]
    python: str

    @property
    def title(self) -> str:
        return "Settings"


def settings_page(info: StoreInfo, providers: Sequence[Mapping[str, Any]]) -> SettingsPage:
    """The page of a store and of what the inspector lists."""
    sdks = {p["sdk"]["package"]: p["sdk"] for p in providers if p["sdk"]}
    capped = " or more" if info.calls.capped else ""
    return SettingsPage(
        store=info.url,
        size=formats.size(info.size_bytes),
        calls=f"{formats.number(info.calls.number)}{capped}",
        keys=[ProviderKey(p["name"], provider_url(p["name"]), key_state(p["key"])) for p in providers],
        sdks=[Package(name, sdk["installed"], sdk["install"]) for name, sdk in sdks.items()],
        packages=[Package(name, _version(name), "") for name in PACKAGES],
        python=python_version(),
    )


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
