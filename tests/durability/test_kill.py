"""Law 1 of the log: whatever moment a process is killed at, no call that returned is missing, and none stays open."""

from __future__ import annotations

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import ell2a
from ell2a.log import CallFilter, CallLog
from ell2a.log.views import CallSummary

PROGRAM = Path(__file__).with_name("calling_process.py")
KINDS = ("sync", "stream", "threads", "async")
LONGEST_S = 1.0
"""A process lives between nothing and this long."""


class Forker:
    """A process that forks callers, and what they all say."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(self, kinds: tuple[str, ...]) -> list[int]:
        """Fork one caller of each kind; gives their process ids once all of them run."""
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{kind}\n" for kind in kinds))
        self._process.stdin.flush()
        pids: list[int] = []
        self.returned: dict[str, str] = {}
        while len(pids) < len(kinds):
            self._take(self._lines.get(timeout=60), pids)
        return pids

    def told(self) -> dict[str, str]:
        """Call id -> text of each call that returned; asked for when the callers are dead."""
        # The pipe is read by another thread: what was written before the kill may be on its way.
        time.sleep(0.1)
        while not self._lines.empty():
            self._take(self._lines.get(), [])
        return self.returned

    def _take(self, line: str, pids: list[int]) -> None:
        word, first, *rest = line.split(" ")
        if word == "started":
            pids.append(int(first))
        else:
            self.returned[first] = bytes.fromhex(rest[0]).decode()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))


@contextmanager
def _forker(environ: dict[str, str]) -> Iterator[Forker]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    )
    try:
        yield Forker(process)
    finally:
        process.kill()
        process.communicate()


def _gone(pid: int) -> bool:
    # Killed children of another process stay as zombies until it ends: they hold nothing any more.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _newer(log: CallLog, than: str | None) -> list[CallSummary]:
    """The calls that were logged after one, newest first."""
    found: list[CallSummary] = []
    cursor = None
    while True:
        page = log.calls(CallFilter(), cursor=cursor, limit=200)
        for row in page.items:
            if than is not None and row.id <= than:
                return found
            found.append(row)
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize(
    "rounds", [pytest.param(3, id="12 kills"), pytest.param(50, id="200 kills", marks=pytest.mark.slow)]
)
def test_killed_at_any_moment(tmp_path: Path, rounds: int) -> None:
    """Four writing processes are killed at random moments, again and again, on one store.

    Each call that returned is `ok` and whole; each request that reached the server is in the log, exactly as it was
    sent; what was open is `interrupted`; nothing is pending, and nothing is there twice.
    """
    dice = random.Random(rounds)
    newest: str | None = None
    kills = returned = interrupted = 0
    with ell2a.sandbox.Sandbox() as sandbox:
        environ = {**os.environ, **sandbox.environ(), "ELL2A_STORE": str(tmp_path / "log.db")}
        with _forker(environ) as forker:
            for _ in range(rounds):
                pids = forker.start(KINDS)
                for pid in dice.sample(pids, len(pids)):
                    time.sleep(dice.uniform(0, LONGEST_S / len(pids) * 2))
                    os.kill(pid, signal.SIGKILL)
                    kills += 1
                deadline = time.monotonic() + 10
                while not all(_gone(pid) for pid in pids) and time.monotonic() < deadline:
                    time.sleep(0.01)
                told = forker.told()
                sent = {body["messages"][-1]["content"]: body for body in (asked.body for asked in sandbox.requests)}
                log = CallLog.open(tmp_path / "log.db")
                logged = {row.id: row for row in _newer(log, newest)}
                assert {row.status for row in logged.values()} <= {"ok", "interrupted"}
                assert set(told) <= {row.id for row in logged.values() if row.status == "ok"}
                for call_id, text in told.items():
                    detail = log.call(call_id)
                    assert detail.as_json()["response"]["messages"][0]["content"][-1]["text"] == text
                    assert detail.metadata["usage"]["output_tokens"] > 0
                of_prompt = {row.question: row for row in logged.values()}
                assert len(of_prompt) == len(logged)
                mine = {prompt: body for prompt, body in sent.items() if any(f" {pid}." in prompt for pid in pids)}
                assert set(mine) <= set(of_prompt)
                for prompt, body in mine.items():
                    assert log.call(of_prompt[prompt].id).request == body
                newest = max(logged, default=newest)
                returned += len(told)
                interrupted += sum(row.status == "interrupted" for row in logged.values())
                log.close()
    assert kills == rounds * len(KINDS)
    assert returned > rounds
    # Otherwise the kills hit nothing that was open.
    assert interrupted > rounds // 2
