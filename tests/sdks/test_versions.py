"""Which versions of the SDKs are tried, and what a user of another one is told."""

from __future__ import annotations

import os
import tomllib
import warnings
from pathlib import Path

import pytest
from sdks.conftest import Wire
from sdks.installed import INSTALLED

from ell2a.providers import SdkUntried, get, sdk
from ell2a.providers.sdk import installed_version, release_of

TRIED = Path(__file__).resolve().parents[2] / "scripts" / "test_sdks.toml"


def test_what_is_tried_here() -> None:
    """Some SDK is there; where `make test-sdks` runs the tests, it is the one and only that it means to try."""
    meant = os.environ.get("ELL2A_TEST_SDK")
    found = [f"{package}=={installed_version(package)}" for package in INSTALLED]
    assert found
    assert meant is None or found == [meant]


def test_a_provider_tells_the_versions_that_are_tried(wire: Wire) -> None:
    """`SdkNeed.tried` is the oldest and the newest version that `make test-sdks` runs the tests with."""
    versions = tomllib.loads(TRIED.read_text())[wire.package]
    assert wire.provider.sdk.tried == (versions[0], versions[-1])
    assert versions == sorted(versions, key=release_of)


@pytest.mark.parametrize(("version", "word"), [("0.0.9", "older"), ("99.1", "newer"), ("99.0.0rc1", "newer")])
def test_a_version_that_was_never_tried_warns_once(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, version: str, word: str
) -> None:
    """An older or a newer SDK is told at the first definition, with both versions, and not again."""
    monkeypatch.setattr(sdk, "installed_version", lambda package: version)
    monkeypatch.setattr(sdk, "_warned", set())
    with pytest.warns(SdkUntried, match=word) as caught:
        wire.provider.define("sandbox-small", max_tokens=5)
    (warning,) = caught
    oldest, newest = wire.provider.sdk.tried
    assert all(said in str(warning.message) for said in (wire.package, version, oldest, newest))
    assert warning.filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wire.provider.define("sandbox-small", max_tokens=6)


def test_a_version_between_those_that_were_tried_is_no_news(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever lies from the oldest to the newest tried warns of nothing, the ends included."""
    for version in wire.provider.sdk.tried:
        monkeypatch.setattr(sdk, "installed_version", lambda package, version=version: version)
        wire.provider.define("sandbox-small", max_tokens=5)


def test_a_missing_sdk_is_not_called_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is not there, that is what is told, and nothing of versions."""
    monkeypatch.setattr(sdk, "installed_version", lambda package: None)
    sdk.warn_if_untried(get("openai").sdk)


@pytest.mark.parametrize(
    ("version", "release"),
    [("2", (2,)), ("2.0.0", (2,)), ("0.125.0", (0, 125)), ("3.1rc2", (3, 1)), ("3.54.0.post1", (3, 54)), ("dev", ())],
)
def test_releases_compare_by_number(version: str, release: tuple[int, ...]) -> None:
    """Zeros at the end and what follows the numbers say nothing."""
    assert release_of(version) == release
