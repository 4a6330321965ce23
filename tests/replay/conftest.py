"""What the tests of replays share: a running sandbox, a log, and an account of a plan by path."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import ell2a
from ell2a.log import CallLog
from ell2a.providers.clients import forget_clients
from ell2a.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(activate=True) as running:
        yield running
    forget_clients()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CallLog]:
    ell2a.init(store=tmp_path / "replays.db")
    opened = ell2a.current_log()
    assert opened is not None
    yield opened
    ell2a.init(store="off")


@pytest.fixture(autouse=True)
def unknown_capabilities_are_tried() -> Iterator[None]:
    """The sandbox's models are in no table: that their capabilities are unknown is no matter of these tests."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, message=".*nothing says whether it supports.*")
        yield
