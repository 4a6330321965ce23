"""A clock that is set back, and processes that fork after their first call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import ell2a
from ell2a.log import CallLog

FOLDER = Path(__file__).parent
CLOCKS = ("2030-05-05 12:00:00", "2030-05-05 11:00:00", "2029-12-31 23:59:59", "2030-05-06 00:00:00")
"""Set one after the other: back by an hour, back by months, and forward again."""


def _faketime() -> Path:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("no library to set the clock of a process: install Debian's `faketime`")
    return found[0]


def test_a_clock_that_is_set_back(tmp_path: Path) -> None:
    """Ids stay unique and in the order of the calls, no duration is negative, and lists, histogram and sums hold."""
    clock = tmp_path / "clock"
    clock.write_text(f"@{CLOCKS[0]}\n")
    told: list[dict[str, Any]] = []
    with ell2a.sandbox.Sandbox() as sandbox:
        environ = {
            **os.environ,
            **sandbox.environ(),
            "ELL2A_STORE": str(tmp_path / "log.db"),
            "TZ": "UTC",
            "LD_PRELOAD": str(_faketime()),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
        }
        with subprocess.Popen(
            [sys.executable, str(FOLDER / "clocked_process.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for now in CLOCKS:
                clock.write_text(f"@{now}\n")
                process.stdin.write(f"at {now}\n")
                process.stdin.flush()
                told.append(json.loads(process.stdout.readline()))
            process.communicate("exit\n", timeout=30)
            assert process.returncode == 0
    for one, now in zip(told, CLOCKS, strict=True):
        # The clock was really what it was set to.
        assert abs(one["clock"] - datetime.fromisoformat(f"{now}+00:00").timestamp()) < 600
    ids = [id for one in told for id in one["ids"]]
    assert len(set(ids)) == len(ids) == 8
    assert sorted(ids) == ids
    log = CallLog.open(tmp_path / "log.db", read_only=True)
    rows: list[Any] = []
    cursor = None
    while True:
        page = log.calls(cursor=cursor, limit=3)
        rows += page.items
        cursor = page.next
        if cursor is None:
            break
    assert Counter(row.id for row in rows) == Counter(ids)
    assert {row.status for row in rows} == {"ok"}
    times = [row.started_at for row in rows]
    assert times == sorted(times, reverse=True)
    assert all(row.duration_ms > 0 for row in rows)
    for id in ids:
        at = [time for time, _ in log.call(id).chunks]
        assert at == sorted(at)
        assert all(time >= 0 for time in at)
    begin, end = datetime(2029, 12, 1, tzinfo=UTC), datetime(2030, 6, 1, tzinfo=UTC)
    assert sum(bar.ok for bar in log.histogram(since=begin, until=end)) == 8
    days = {row.key: row.calls for row in log.usage("day")}
    assert sum(days.values()) == 8
    assert set(days) <= {"2030-05-05", "2029-12-31", "2030-01-01", "2030-05-06"}
    assert end - begin > timedelta(days=100)
    log.close()


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("fork", {"parent": 2, "child": 2}),
        pytest.param("fork_in_a_thread", {"parent": 2, "child": 2}, marks=pytest.mark.slow),
        pytest.param("multiprocessing_fork", {"parent": 2, "child0": 2, "child1": 2}, marks=pytest.mark.slow),
        ("multiprocessing_forkserver", {"parent": 2, "child0": 2, "child1": 2}),
    ],
)
def test_forks_after_the_first_call(tmp_path: Path, way: str, expected: dict[str, int]) -> None:
    """Every process goes on calling and logging; all calls are there, once and whole, each under its own writer."""
    with ell2a.sandbox.Sandbox() as sandbox:
        environ = {**os.environ, **sandbox.environ(), "ELL2A_STORE": str(tmp_path / "log.db")}
        done = subprocess.run(
            [sys.executable, str(FOLDER / "forking_process.py"), way],
            capture_output=True,
            text=True,
            env=environ,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = [line.split() for line in done.stdout.splitlines()]
    assert Counter(who for who, _ in told) == {"before": 2, **expected}
    log = CallLog.open(tmp_path / "log.db")
    rows = {row.id: row for row in log.calls(limit=100).items}
    assert set(rows) == {id for _, id in told}
    assert {row.status for row in rows.values()} == {"ok"}
    for who, id in told:
        assert rows[id].question.startswith(who)
    with log._here.reading() as connection:
        writers = connection.exec_driver_sql("SELECT count(DISTINCT writer_id) FROM calls").scalar()
    assert writers == len(expected)
    assert "LogUnavailable" not in done.stderr
    log.close()
