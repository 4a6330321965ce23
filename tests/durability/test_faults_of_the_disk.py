"""Law 2 of the log, on real processes: whatever becomes of the store, the call returns, and its record is not lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import ell2a
from ell2a.log import CallLog, CallSummary

PROGRAM = Path(__file__).with_name("asked_process.py")
LONGEST_MS = 5000
"""A call that waited for a store would take longer; the sandbox itself answers in milliseconds."""


class Caller:
    """A process that calls when it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.ids: list[str] = []

    def call(self, prompt: str) -> dict[str, Any]:
        """Have it call; gives what it tells of the call."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(prompt + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.ids.append(told["id"])
        return told

    def calls(self, prompt: str, number: int) -> list[str]:
        """Have it call some times, each within the time; gives the warnings of all."""
        found: list[str] = []
        for n in range(number):
            told = self.call(f"{prompt} {n}")
            assert told["ms"] < LONGEST_MS
            assert set(told["files"]) <= {str(PROGRAM)}
            found += told["warnings"]
        return found

    def exit(self) -> None:
        """End it in order."""
        self._process.communicate("exit\n", timeout=60)
        assert self._process.returncode == 0

    def kill(self) -> None:
        """End it without a goodbye."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A sandbox to call, and folders of the test's own for all that is written."""
    with ell2a.sandbox.Sandbox() as sandbox:
        for folder in ("state", "temporary"):
            (tmp_path / folder).mkdir()
        yield {
            **os.environ,
            **sandbox.environ(),
            "ELL2A_STORE": str(tmp_path / "store" / "calls.db"),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "TMPDIR": str(tmp_path / "temporary"),
        }


@contextmanager
def _caller(environ: dict[str, str]) -> Iterator[Caller]:
    command = [sys.executable, "-W", "ignore", str(PROGRAM)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)
    try:
        yield Caller(process)
    finally:
        process.kill()
        process.communicate()


def _logged_by_the_next_start(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Id -> status of all calls in the store, oldest first, after a start that takes the spool in."""
    for name in ("XDG_STATE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, environ[name])
    monkeypatch.setattr("tempfile.tempdir", None)
    log = CallLog.open(environ["ELL2A_STORE"])
    rows: list[CallSummary] = []
    cursor = None
    while not rows or cursor is not None:
        page = log.calls(limit=500, cursor=cursor)
        rows += page.items
        cursor = page.next
    log.close()
    assert len({row.id for row in rows}) == len(rows)
    return {row.id: row.status for row in reversed(rows)}


@contextmanager
def _small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """A disk of its own that is soon full."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=700", "none", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    with pytest.raises(OSError, match="No space left"):
        _write_without_end(file)
    os.close(file)


def _write_without_end(file: int) -> None:
    while os.write(file, b"x" * 4096):
        pass


def test_a_full_disk(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for a record, and none beside the store: it is spooled elsewhere, and in the store at the next start."""
    with _small_disk(tmp_path / "store", 2048):
        with _caller(environ) as caller:
            assert caller.calls("with room", 2) == []
            filler = tmp_path / "store" / "filler"
            _fill(filler)
            told = caller.calls("without room " * 100, 12)
            assert len(told) == 1
            assert told[0].startswith("LogUnavailable: ")
            assert "it is kept in " in told[0]
            filler.unlink()
            caller.exit()
            ids = caller.ids
        logged = _logged_by_the_next_start(environ, monkeypatch)
        assert list(logged) == ids
        assert set(logged.values()) == {"ok"}
    assert not [file for file in tmp_path.rglob("*spool*") if file.is_file()]


def test_a_disk_that_is_read_only(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the disk was made read only, before and after a process that starts meanwhile."""
    store = tmp_path / "store"
    with _small_disk(store, 20_000):
        ids: list[str] = []
        with _caller(environ) as caller:
            assert caller.calls("while it can be written", 2) == []
            ids += caller.ids
            caller.exit()
        subprocess.run(["mount", "-o", "remount,ro", str(store)], check=True)
        with _caller(environ) as caller:
            assert len(caller.calls("read only", 5)) == 1
            ids += caller.ids
            caller.exit()
        subprocess.run(["mount", "-o", "remount,rw", str(store)], check=True)
        logged = _logged_by_the_next_start(environ, monkeypatch)
        assert list(logged) == ids
        assert set(logged.values()) == {"ok"}


def test_a_folder_that_cannot_be_made(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a file where the store's folder should be: calls go on, and are in the store once it can be made."""
    (tmp_path / "store").write_text("in the way")
    with _caller(environ) as caller:
        told = caller.calls("nowhere", 3)
        assert len(told) == 1
        (tmp_path / "store").unlink()
        caller.exit()
        logged = _logged_by_the_next_start(environ, monkeypatch)
        assert list(logged) == caller.ids


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"garbage " * 1000])
def test_a_store_that_is_none(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """A file that is no store stays as it is; the calls are in the one that takes its place."""
    path = tmp_path / "store" / "calls.db"
    path.parent.mkdir()
    path.write_bytes(content)
    with _caller(environ) as caller:
        assert len(caller.calls("broken", 3)) == 1
        assert path.read_bytes() == content
        path.unlink()
        caller.exit()
        logged = _logged_by_the_next_start(environ, monkeypatch)
        assert list(logged) == caller.ids


def test_a_page_that_breaks_while_running(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged page is told once; what could not be written is in the store that is put in the place of the broken one."""
    path = tmp_path / "store" / "calls.db"
    with _caller(environ) as caller:
        caller.calls("whole", 3)
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            size = other.execute("PRAGMA page_size").fetchone()[0]
            roots = [
                r[0] for r in other.execute("SELECT rootpage FROM sqlite_master WHERE name IN ('calls', 'requests')")
            ]
        other.close()
        shutil.copy(path, tmp_path / "copy.db")
        with path.open("r+b") as file:
            for root in roots:
                file.seek((root - 1) * size)
                file.write(b"\xff" * size)
        told = caller.calls("damaged", 5)
        assert len(told) == 1
        assert "malformed" in told[0]
        caller.kill()
        shutil.copy(tmp_path / "copy.db", path)
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        logged = _logged_by_the_next_start(environ, monkeypatch)
        assert list(logged) == caller.ids


def _lock(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_a_store_that_is_locked(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """Another process holds the store: each call returns, in the running process and in one that starts meanwhile."""
    path = tmp_path / "store" / "calls.db"
    with _caller(environ) as running, _caller(environ) as starting:
        running.calls("before", 1)
        other = _lock(path)
        until = time.monotonic() + seconds
        told: list[str] = []
        late: list[str] = []
        while time.monotonic() < until:
            told += running.calls("locked, in a running process", 3)
            late += starting.calls("locked, in one that starts", 3)
            time.sleep(0.5)
        assert len(told) == len(late) == 1
        other.close()
        running.calls("after", 1)
        starting.calls("after", 1)
        running.exit()
        starting.exit()
        logged = _logged_by_the_next_start(environ, monkeypatch)
        assert set(logged) == {*running.ids, *starting.ids}
        assert set(logged.values()) == {"ok"}
        assert [id for id in logged if id in running.ids] == running.ids


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_store_that_goes(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """A file that is deleted or replaced under a running process: what is called from then on is in the new one."""
    path = tmp_path / "store" / "calls.db"
    with _caller(environ) as caller:
        caller.calls("first", 2)
        before = len(caller.ids)
        for file in path.parent.glob("calls.db*"):
            if file.is_file():
                file.unlink()
        if how == "replaced":
            CallLog.open(path).close()
        caller.calls("second", 3)
        caller.exit()
        logged = _logged_by_the_next_start(environ, monkeypatch)
        assert list(logged) == caller.ids[before:]
        assert set(logged.values()) == {"ok"}
