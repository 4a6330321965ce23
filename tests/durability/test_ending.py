"""A process that ends with calls open: each shows as what it is, and the end is prompt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import ell2a
from ell2a.log import CallLog

PROGRAM = Path(__file__).with_name("ending_process.py")
PROMPT_S = 3.0

WAYS: list[tuple[str, signal.Signals | None, list[str], int]] = [
    ("a_thread_in_a_call", None, ["interrupted"], 0),
    ("a_stream_half_read", None, ["partial"], 0),
    ("a_stream_that_a_thread_reads", None, ["partial"], 0),
    ("exit_inside_a_stream", None, ["partial"], 0),
    ("an_exception_inside_a_stream", None, ["partial"], 1),
    ("exit_at_once", None, ["interrupted"], 3),
    ("a_task_that_is_cancelled", None, ["interrupted", "partial"], 0),
    ("a_stream_of_a_loop_that_ended", None, ["partial"], 0),
    ("to_be_told_in_a_call", signal.SIGINT, ["interrupted"], -signal.SIGINT),
    ("to_be_told_in_a_stream", signal.SIGINT, ["partial"], -signal.SIGINT),
    ("to_be_told_in_a_call", signal.SIGTERM, ["interrupted"], -signal.SIGTERM),
    ("to_be_told_in_a_stream", signal.SIGTERM, ["interrupted"], -signal.SIGTERM),
]
"""Way, the signal that ends it, what its calls show as, its exit code."""


@pytest.mark.parametrize(("way", "by", "statuses", "code"), WAYS, ids=lambda value: getattr(value, "name", str(value)))
def test_ending_with_calls_open(
    tmp_path: Path, way: str, by: signal.Signals | None, statuses: list[str], code: int
) -> None:
    """What came of a stream is kept as `partial` where anything could still be run; a call without answer is `interrupted`."""
    with ell2a.sandbox.Sandbox() as sandbox:
        environ = {**os.environ, **sandbox.environ(), "ELL2A_STORE": str(tmp_path / "log.db")}
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [sys.executable, str(PROGRAM), way], stdout=pipe, stderr=pipe, text=True, env=environ
        ) as process:
            assert process.stdout is not None
            told: list[str] = []
            for line in process.stdout:
                told.append(line.strip())
                if told[-1] == "ready":
                    break
            began = time.monotonic()
            if by is not None:
                process.send_signal(by)
            _, err = process.communicate(timeout=30)
            took = time.monotonic() - began
        assert process.returncode == code, err
        assert took < PROMPT_S
        assert "LogUnavailable" not in err
        log = CallLog.open(tmp_path / "log.db", read_only=True)
        rows = log.calls().items
        assert sorted(row.status for row in rows) == statuses
        for line in told:
            word, _, call_id = line.partition(" ")
            if word == "open" and log.call(call_id).summary.status == "partial":
                assert log.call(call_id).chunks or way == "a_stream_that_a_thread_reads"
        log.close()
        assert not list(tmp_path.glob("*spool*"))
