"""Many processes write, some are killed, and nothing that returned is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from log.samples import closing, logged, opening

from ell2a.log import CallFilter, CallLog
from ell2a.log.spool import Spool
from ell2a.log.tables import metadata

PROGRAM = Path(__file__).parent / "writing_process.py"


@contextmanager
def _process(store: str, action: str, number: int = 0) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "ELL2A_TEST_FOLDER": str(PROGRAM.parent.parent)}
    command = [sys.executable, "-W", "error", str(PROGRAM), store, action, str(number)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def _ids(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.split()


def _all_ids(log: CallLog, asked: CallFilter | None = None) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = log.calls(asked, cursor=cursor, limit=100)
        found += [call.id for call in page.items]
        if page.next is None:
            return found
        cursor = page.next


def test_four_processes_write_while_a_reader_pages(log: CallLog, store: str, opened: Callable[..., CallLog]) -> None:
    """Of all calls from four processes none is lost, and no page is ever locked or out of order."""
    each = 250 if log.url.startswith("sqlite") else 80
    with (
        _process(store, "many", each) as a,
        _process(store, "many", each) as b,
        _process(store, "many", each) as c,
        _process(store, "async", each) as d,
    ):
        processes = [a, b, c, d]
        outputs: list[list[str]] = [[] for _ in processes]
        readers = [
            threading.Thread(target=lambda n=n, p=p: outputs[n].extend(_ids(p))) for n, p in enumerate(processes)
        ]
        for reader in readers:
            reader.start()
        while any(reader.is_alive() for reader in readers):
            page = log.calls(limit=50)
            places = [(call.started_at, call.id) for call in page.items]
            assert places == sorted(places, reverse=True)
            time.sleep(0.02)
        for reader in readers:
            reader.join()
    expected = {id for output in outputs for id in output}
    assert len(expected) == 4 * each
    # On a machine that is busy a call may have waited its 250 ms: then the next start has it.
    opened()
    assert Spool(log._here.location.spool).is_empty()
    assert set(_all_ids(log)) == expected
    assert log.count(CallFilter(status="ok")).number == 4 * each


@pytest.mark.parametrize("each", [25, pytest.param(400, marks=pytest.mark.slow)])
def test_eight_processes_write_into_a_server(migrated_database: str, each: int) -> None:
    """Eight processes at once, with conversations that share their beginnings: none lost, none twice, no deadlock."""
    log = CallLog.open(migrated_database)
    with ExitStack() as stack:
        processes = [stack.enter_context(_process(migrated_database, "share", each)) for _ in range(8)]
        outputs: list[list[str]] = [[] for _ in processes]
        readers = [
            threading.Thread(target=lambda n=n, p=p: outputs[n].extend(_ids(p))) for n, p in enumerate(processes)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    log.close()
    # On a machine that is busy a call may have waited its 250 ms: then the next start has it.
    log = CallLog.open(migrated_database)
    expected = {id for output in outputs for id in output}
    assert len(expected) == 8 * each
    assert expected <= set(_all_ids(log, CallFilter(status="ok")))
    detail = log.call(max(expected))
    assert len(detail.messages) == 5
    with log._here.reading() as connection:
        # What all of them said stands there once.
        count = "SELECT count(*) FROM messages WHERE id = (SELECT message_id FROM histories WHERE id = "
        shared = connection.exec_driver_sql(f"{count}(SELECT system_id FROM calls WHERE id = '{max(expected)}'))")
        assert shared.scalar() == 1
    with log._here.engine.begin() as connection:
        connection.exec_driver_sql(
            f"TRUNCATE message_search, {', '.join(n for n in metadata.tables if n != 'store_facts')}"
        )
    log.close()


def test_a_killed_process_leaves_its_open_call_interrupted(log: CallLog, store: str) -> None:
    """SIGKILL: what was closed is there; what was open shows as interrupted, and only once the process is dead."""
    with _process(store, "hang", 3) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(5)]
        *closed, still_open, said = lines
        assert said == "open", process.stderr.read() if process.stderr else ""
        assert log.call(still_open).summary.status == "pending"
        process.kill()
        process.wait()
    deadline = time.monotonic() + 10
    while log.call(still_open).summary.status == "pending" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert log.call(still_open).summary.status == "interrupted"
    assert [log.call(id).summary.status for id in closed] == ["ok"] * 3
    assert _all_ids(log, CallFilter(status="interrupted")) == [still_open]
    assert _all_ids(log, CallFilter(q="status:interrupted")) == [still_open]
    assert _all_ids(log, CallFilter(status="pending")) == []
    assert {f.value: f.count for f in log.facets(names=["status"])["status"]} == {"ok": 3, "interrupted": 1}


def test_the_next_writer_settles_interrupted_calls(log: CallLog, store: str) -> None:
    """What a reader finds out, a writer puts down."""
    with _process(store, "exit") as process:
        (left_open,) = _ids(process)
    logged(log, "next")
    with log._here.reading() as connection:
        stored = connection.exec_driver_sql(f"SELECT status FROM calls WHERE id = '{left_open}'").scalar()
    assert stored == "interrupted"


def test_an_answer_after_all_closes_a_call_that_looked_interrupted(log: CallLog) -> None:
    """A process whose lock was lost for a while still gets its answer in."""
    made = opening("x")
    record = log.observer().open(made)
    with log._here.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE calls SET status = 'interrupted'")
    record.close(closing(made))
    assert log.call(made.call_id).summary.status == "ok"


def test_a_forked_child_logs_on_its_own(log: CallLog, store: str) -> None:
    """After a fork both processes go on logging, with nothing lost and no lock shared."""
    with _process(store, "fork") as process:
        ids = _ids(process)
    assert len(set(ids)) == 3
    assert sorted(log.call(id).summary.question for id in ids) == ["before", "child", "parent"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_that_lives_on_does_not_keep_its_parent_alive(file_log: CallLog, tmp_path: Path) -> None:
    """The lock of a forked child is not its parent's: the parent's open call is interrupted though the child lives."""
    script = (
        "import os, sys, time; sys.path.insert(0, os.environ['ELL2A_TEST_FOLDER'])\n"
        "from ell2a.log import CallLog; from log.samples import opening\n"
        f"log = CallLog.open({str(tmp_path / 'calls.db')!r}); made = opening('x'); log.observer().open(made)\n"
        "if os.fork() == 0: sys.stdin.read(); os._exit(0)\n"
        "print(made.call_id, flush=True); os._exit(1)\n"
    )
    environment = {**os.environ, "ELL2A_TEST_FOLDER": str(PROGRAM.parent.parent)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=pipe, stdout=pipe, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        call_id = process.stdout.readline().strip()
        while process.poll() is None:
            time.sleep(0.01)
        assert file_log.call(call_id).summary.status == "interrupted"


def test_processes_that_make_a_store_together_make_one(tmp_path: Path) -> None:
    """Four processes that start on a store that is not there yet all log into it."""
    store = str(tmp_path / "new" / "calls.db")
    with (
        _process(store, "many", 3) as a,
        _process(store, "many", 3) as b,
        _process(store, "many", 3) as c,
        _process(store, "many", 3) as d,
    ):
        ids = [id for process in (a, b, c, d) for id in _ids(process)]
    log = CallLog.open(store)
    assert set(_all_ids(log)) == set(ids)
    assert len(ids) == 12
    log.close()


def test_threads_share_one_writer(log: CallLog) -> None:
    """Calls from many threads at once are committed together, and all are there."""
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.extend(logged(log, f"{n}") for n in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 160
    assert set(_all_ids(log)) == set(ids)


def test_a_log_that_is_closed_leaves_no_lock_behind(file_log: CallLog, tmp_path: Path) -> None:
    """Its open calls are interrupted, and its lock's file is gone."""
    made = opening("x")
    file_log.observer().open(made)
    assert len(list((tmp_path / "calls.db.locks").iterdir())) == 1
    file_log.close()
    assert list((tmp_path / "calls.db.locks").iterdir()) == []
    again = CallLog.open(tmp_path / "calls.db", read_only=True)
    assert again.call(made.call_id).summary.status == "interrupted"
    again.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no list of open files on this system")
def test_a_log_that_is_closed_holds_no_file_open(tmp_path: Path) -> None:
    """Its store can be moved, copied or deleted: nothing of this process still writes to it."""
    log = CallLog.open(tmp_path / "calls.db")
    logged(log)
    log.calls()
    log.change_token()
    log.close()
    links = list(Path("/proc/self/fd").iterdir())
    still_open = [str(link.readlink()) for link in links if link.is_symlink()]
    assert [name for name in still_open if str(tmp_path) in name] == []
    assert sorted(file.name for file in tmp_path.iterdir()) == ["calls.db", "calls.db.locks"]


def test_rows_that_another_process_deleted_are_written_again(log: CallLog, opened: Callable[..., CallLog]) -> None:
    """A writer that remembers a message as stored hears of its deletion before it counts on it."""
    logged(log, "a question that is deleted " * 20, "a")
    other = opened()
    with other._here.engine.begin() as connection:
        for table in ("calls", "messages", "histories", "texts", "request_items", "occurrences"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE store_facts SET value = value + 1 WHERE name = 'deletions'")
    made = opening("a question that is deleted " * 20)
    log.observer().open(made)
    assert log.load_call(made.call_id) == made.call
    assert log.call(made.call_id).request == made.request


def test_the_change_token_tells_of_writes_by_anyone(log: CallLog, store: str) -> None:
    """It is another one after a write by another process, and the same while nothing is written."""
    logged(log, "x")
    before = log.change_token()
    assert log.change_token() == before
    with _process(store, "many", 1) as process:
        _ids(process)
    assert log.change_token() != before
