"""What all tests share: no network but loopback, no real keys, a store of their own, and the recordings by path."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ELL2A_TEST_SHARED", ROOT.parent / "shared"))
RECORDINGS = Path(os.environ.get("ELL2A_TEST_RECORDINGS", SHARED / "recordings"))

NO_SKIPS = bool(os.environ.get("ELL2A_TEST_NO_SKIPS"))

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in _LOOPBACK:
        raise RuntimeError(f"a test tried to reach {arguments[1]}: only loopback is allowed")


sys.addaudithook(_only_loopback)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing may be skipped: there a skip is a failure, with its reason."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"skipped, and ELL2A_TEST_NO_SKIPS is set: {reason}"
    return report


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key of the developer's, and no store of theirs, is ever touched."""
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_BASE_URL")) or (
            name.startswith("ELL2A_") and not name.startswith("ELL2A_TEST")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ELL2A_STORE", str(tmp_path / "log.db"))
    monkeypatch.setenv("ELL2A_PROVIDERS", "")
    # On a machine busy with other tests a commit may take longer than a call waits; tests/log tests the waiting itself.
    monkeypatch.setattr("ell2a.log.observer.PATIENCE_S", 20)


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded answers; skips where it is absent."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"no recordings at {RECORDINGS} (set ELL2A_TEST_RECORDINGS)")
    return RECORDINGS


@pytest.fixture(scope="session")
def replay_server(recordings: Path) -> Iterator[str]:
    """The address of a server that gives recorded answers to the real SDKs."""
    tools = SHARED / "tools"
    if not (tools / "replay_server.py").is_file():
        pytest.skip(f"no replay server at {tools}")
    sys.path.insert(0, str(tools))
    try:
        module = importlib.import_module("replay_server")
    finally:
        sys.path.remove(str(tools))
    server = module.ReplayServer(str(recordings)).start()
    yield server.url
    server.stop()
