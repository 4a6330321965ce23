"""Four processes call at once into one store while the studio is open on it: none lost, none locked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import ell2a
from ell2a.log import CallLog
from ell2a.log.views import CallFilter

PROCESSES, CALLS = 4, 250

CALLER = """
import sys, warnings
warnings.simplefilter("error")  # a record that had to wait, or a store that was locked, warns
import ell2a
who, calls = sys.argv[1], int(sys.argv[2])

@ell2a.simple("sandbox/sandbox-small", seed=1)
def ask(number):
    return f"Call {number} of process {who}."

for number in range(calls):
    print(ask(number).call_id)
"""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[str]:
    """A studio in a process of its own, on the store that the callers write."""
    command = [sys.executable, "-m", "ell2a.studio.cli", "serve", "--no-open", "--port", "0"]
    store = str(tmp_path / "log.db")
    process = subprocess.Popen([*command, "--store", store], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found[0]
                break
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_none_lost_none_locked(studio: str, tmp_path: Path) -> None:
    """1,000 calls from 4 processes are all in the log, each `ok`, and the studio answers all the while."""
    with ell2a.sandbox.Sandbox() as sandbox:
        environ = {**os.environ, **sandbox.environ(), "ELL2A_STORE": str(tmp_path / "log.db")}
        callers = [
            subprocess.Popen(
                [sys.executable, "-c", CALLER, str(who), str(CALLS)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environ,
            )
            for who in range(PROCESSES)
        ]
        seen = 0
        while any(caller.poll() is None for caller in callers):
            with urllib.request.urlopen(f"{studio}/api/calls?limit=50", timeout=10) as answer:  # loopback
                seen = max(seen, len(json.load(answer)["items"]))
        told = [caller.communicate(timeout=30) for caller in callers]
    assert [caller.returncode for caller in callers] == [0] * PROCESSES, [err for _, err in told]
    ids = {line for out, _ in told for line in out.split()}
    assert len(ids) == PROCESSES * CALLS
    assert seen == 50
    log = CallLog.open(tmp_path / "log.db")
    logged: dict[str, str] = {}
    cursor = None
    while True:
        page = log.calls(CallFilter(), cursor=cursor, limit=200)
        logged.update({row.id: row.status for row in page.items})
        cursor = page.next
        if cursor is None:
            break
    log.close()
    assert set(logged) == ids
    assert set(logged.values()) == {"ok"}
