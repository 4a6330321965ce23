"""For users' own tests: `pytest_plugins = ["ell2a.sandbox.pytest_plugin"]` gives the fixture `sandbox`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ell2a.sandbox.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A running sandbox that the provider `sandbox` finds: `ell2a.call("sandbox/sandbox-small", ...)`."""
    with Sandbox(activate=True) as running:
        yield running
