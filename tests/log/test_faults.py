"""Whatever is wrong with the store, the call goes on, one warning is given, and the record is not lost."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from log.samples import closing, logged, opening

from ell2a.calls import ErrorRecord
from ell2a.errors import InvalidFilter, StoreCorrupt, StoreError, StoreNewer
from ell2a.log import CallFilter, CallLog, LogUnavailable, revisions
from ell2a.log.spool import Spool
from ell2a.messages import system, user


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Another process is in the middle of a transaction."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def _eventually(log: CallLog, number: int) -> None:
    deadline = time.monotonic() + 10
    while log.count(CallFilter(status="ok")).number < number and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_locked_store_holds_no_call_up(file_log: CallLog, tmp_path: Path) -> None:
    """The first call waits 250 ms, the next ones not at all; one warning; all are there once the lock is gone."""
    logged(file_log, "before")
    with _locked(tmp_path / "calls.db"):
        started = time.monotonic()
        with pytest.warns(LogUnavailable, match="is kept in") as told:
            ids = [logged(file_log, f"{n}") for n in range(5)]
        assert time.monotonic() - started < 1.5
        assert len(told) == 1
        assert file_log.count().number == 1
        spool = tmp_path / "calls.db.spool.jsonl"
        assert len(spool.read_text().splitlines()) == 10
        assert spool.stat().st_mode & 0o077 == 0
    _eventually(file_log, 6)
    assert [c.id for c in file_log.calls().items][:5] == ids[::-1]
    assert not spool.exists()


async def test_a_locked_store_does_not_block_the_event_loop(file_log: CallLog, tmp_path: Path) -> None:
    """While a call waits for its record, other tasks run."""
    logged(file_log, "before")
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with _locked(tmp_path / "calls.db"), pytest.warns(LogUnavailable):  # noqa: PT031  # both halves of one call
        made = opening("x")
        record = await file_log.observer().aopen(made)
        await record.aclose(closing(made))
    ticking.cancel()
    assert ticks >= 10
    _eventually(file_log, 2)
    assert file_log.call(made.call_id).summary.status == "ok"


def test_the_spool_is_taken_in_by_the_next_start_once(tmp_path: Path) -> None:
    """Records that a process left are in the store after the next start, in order and whole, however often it starts."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    logged(log, "before")
    with _locked(path), pytest.warns(LogUnavailable):  # noqa: PT031  # looked at while it is locked
        ids = [logged(log, f"spooled {n}", cost="0.1") for n in range(3)]
        spool = (tmp_path / "calls.db.spool.jsonl").read_bytes()
        log._writer = None  # the process ends here, without a goodbye
    log.close()
    time.sleep(0.2)
    (tmp_path / "calls.db.spool.jsonl").write_bytes(spool)
    for _ in range(2):
        again = CallLog.open(path)
        found = again.calls().items
        assert [c.id for c in found][:3] == ids[::-1]
        assert (found[0].question, found[0].status, str(found[0].cost)) == ("spooled 2", "ok", "0.1")
        assert again.count().number == 4
        assert again.usage("model")[0].calls == 4
        again.close()
        # As if the process that took it in had been killed before it could remove it.
        (tmp_path / f"calls.db.spool.jsonl.{ids[0]}.taken").write_bytes(spool)
    assert CallLog.open(path).count(CallFilter(q="spooled")).number == 3


def test_a_line_that_is_no_record_stops_no_other(tmp_path: Path) -> None:
    """Half a line is left out, a strange one is set apart, and the rest is taken in."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    logged(log, "before")
    spool = tmp_path / "calls.db.spool.jsonl"
    with _locked(path), pytest.warns(LogUnavailable):  # noqa: PT031  # looked at while it is locked
        logged(log, "whole")
        lines = spool.read_bytes()
        spool.unlink()
    log.close()
    with sqlite3.connect(path) as store:
        for table in ("calls", "requests", "answers"):
            store.execute(f"DELETE FROM {table}")
    store.close()
    spool.write_bytes(b'{"record": "strange"}\n' + lines + b'{"record": "opening", "call')
    again = CallLog.open(path)
    assert [c.question for c in again.calls().items] == ["whole"]
    assert (tmp_path / "calls.db.spool.jsonl.unreadable").read_bytes() == b'{"record":"strange"}\n'
    again.close()


def test_a_record_that_cannot_be_written_stops_no_other(tmp_path: Path) -> None:
    """A number too large for the database is set apart; what was spooled with it, and after it, is taken in."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    with pytest.warns(LogUnavailable, match="too large"):
        logged(log, "too much", error=ErrorRecord("ServerError", "odd", status=2**70))
    ids = [logged(log, "after"), logged(log, "later")]
    assert {c.id for c in log.calls(CallFilter(status="ok")).items} == set(ids)
    assert b"11805916207174113" in (tmp_path / "calls.db.spool.jsonl.unreadable").read_bytes()
    log.close()
    CallLog.open(path).close()


def test_what_another_process_is_taking_in_is_waited_for(tmp_path: Path) -> None:
    """An answer is not written before its question, though that is in the spool and in another process's hands."""
    spool = Spool(tmp_path / "spool.jsonl")
    spool.append({"n": 1})
    taken: list[int] = []
    begun = threading.Event()

    def slowly(records: Sequence[dict[str, int]]) -> None:
        begun.set()
        time.sleep(0.3)
        taken.extend(record["n"] for record in records)

    other = threading.Thread(target=lambda: Spool(tmp_path / "spool.jsonl").take(slowly))
    other.start()
    begun.wait()
    spool.append({"n": 2})
    assert spool.take(lambda records: taken.append(-1), wait=False) == 0
    assert taken == []
    assert spool.take(lambda records: taken.extend(r["n"] for r in records)) == 1
    assert taken == [1, 2]
    other.join()


def test_a_deleted_store_is_made_anew(tmp_path: Path) -> None:
    """After the file was deleted under a running process, reading says so, and its next call is in a new file, whole."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    reader = CallLog.open(path, read_only=True)
    logged(log, [system("A prompt that both share. " * 20), user("before")])
    for file in tmp_path.glob("calls.db*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(StoreError, match="is gone"):
        reader.calls()
    made = opening([system("A prompt that both share. " * 20), user("after")])
    log.observer().open(made).close(closing(made))
    assert [c.question for c in reader.calls().items] == ["after"]
    assert log.load_call(made.call_id) == made.call
    log.close()
    reader.close()


def test_a_store_put_in_the_place_of_another_is_used(tmp_path: Path) -> None:
    """A backup that is moved into place is what is read and written from then on."""
    for name, said in (("calls.db", "first"), ("backup.db", "second")):
        made = CallLog.open(tmp_path / name)
        logged(made, said)
        made.close()
    log = CallLog.open(tmp_path / "calls.db")
    logged(log, "third")
    log._here.engine.dispose()
    for end in ("-wal", "-shm"):
        (tmp_path / f"calls.db{end}").unlink(missing_ok=True)
    (tmp_path / "backup.db").rename(tmp_path / "calls.db")
    logged(log, "fourth")
    assert {c.question for c in log.calls().items} == {"second", "fourth"}
    log.close()


def test_where_warnings_are_errors_a_call_still_goes_on(
    file_log: CallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning is told on stderr then: an observer never raises."""
    logged(file_log, "before")
    with _locked(tmp_path / "calls.db"), warnings.catch_warnings():
        warnings.simplefilter("error")
        logged(file_log, "x")
    assert "is kept in" in capsys.readouterr().err


def test_a_store_that_breaks_while_running_keeps_its_records(file_log: CallLog, tmp_path: Path) -> None:
    """A table that is gone is an error of the store, not of the call."""
    logged(file_log, "before")
    with sqlite3.connect(tmp_path / "calls.db") as other:
        other.execute("ALTER TABLE answers RENAME TO elsewhere")
    with pytest.warns(LogUnavailable, match="no such table"):
        call_id = logged(file_log, "x", "y")
    with sqlite3.connect(tmp_path / "calls.db") as other:
        other.execute("ALTER TABLE elsewhere RENAME TO answers")
    other.close()
    logged(file_log, "after")
    assert file_log.call(call_id).summary.answer == "y"


def test_a_hook_that_fails_writes_nothing(file_log: CallLog, tmp_path: Path) -> None:
    """What a user's rule should have hidden is not written without it, to no file."""

    def hook(record: dict[str, object]) -> dict[str, object]:
        raise RuntimeError("a bug in the rule")

    file_log.redactor = hook
    made = opening("private words")
    with pytest.warns(LogUnavailable, match="a bug in the rule"):
        record = file_log.observer().open(made)
    file_log.redactor = None
    record.close(closing(made, "private words"))
    assert file_log.count().number == 0
    file_log.close()
    assert not any(b"private words" in f.read_bytes() for f in tmp_path.iterdir() if f.is_file())


@pytest.mark.parametrize(
    "content", [b"no database at all, but a text of some length", b"SQLite format 3\0" + b"garbage " * 600]
)
def test_what_is_no_database_is_left_untouched(tmp_path: Path, content: bytes) -> None:
    """A file of something else, or a damaged one, is refused with a clear message."""
    path = tmp_path / "calls.db"
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="left untouched"):
        CallLog.open(path)
    assert path.read_bytes() == content
    assert [f.name for f in tmp_path.iterdir()] == ["calls.db"]


def test_another_programs_database_is_left_untouched(tmp_path: Path) -> None:
    """A SQLite database that is no store gets none of our tables."""
    path = tmp_path / "calls.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="no store of ell2a"):
        CallLog.open(path)
    assert path.read_bytes() == before


def test_a_newer_store_is_left_untouched(tmp_path: Path) -> None:
    """A revision that this ell2a does not know is refused, with what to do."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    logged(log)
    log.close()
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreNewer, match=r"'9999'.*Update ell2a"):
            CallLog.open(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_damaged_page_is_told_as_such(tmp_path: Path) -> None:
    """Reading a store with a damaged page says so, and changes nothing."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    for n in range(50):
        logged(log, f"{n} " * 300)
    log.close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = other.execute("PRAGMA page_size").fetchone()[0]
        root = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'calls'").fetchone()[0]
    other.close()
    content = bytearray(path.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(content)
    again = CallLog.open(path, read_only=True)
    with pytest.raises(StoreCorrupt, match="damaged"):
        again.calls()
    again.close()
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("store", "says"),
    [
        ("mysql://host/db", "no store is kept in 'mysql'"),
        ("sqlite://", "in memory"),
        ("://", "no database URL"),
        ("off", "turned off"),
    ],
)
def test_an_address_that_is_none_is_told(store: str, says: str) -> None:
    """What cannot be a store is refused with the forms that can."""
    with pytest.raises(StoreError, match=says):
        CallLog.open(store)


def test_a_store_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    """Opening for reading makes no file."""
    with pytest.raises(StoreError, match="no store at"):
        CallLog.open(tmp_path / "none.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_ready_says_what_to_run(empty_database: str) -> None:
    """PostgreSQL is made ready by a command, not by whoever opens it first."""
    with pytest.raises(StoreError, match="ell2a-studio migrate"):
        CallLog.open(empty_database)
    assert CallLog.migrate(empty_database) == ""
    assert CallLog.migrate(empty_database) == revisions.HEAD
    CallLog.open(empty_database).close()


def test_a_server_that_does_not_answer_is_an_error(unused_tcp_port: int) -> None:
    """The message has the address without its password."""
    with pytest.raises(StoreError) as told:
        CallLog.open(f"postgresql+psycopg://someone:secret@127.0.0.1:{unused_tcp_port}/calls")
    assert "secret" not in str(told.value)
    assert f"127.0.0.1:{unused_tcp_port}" in str(told.value)


@pytest.mark.parametrize("cursor", ["", "x", "12", "12-", "-", "9" * 30 + "-A", "1-'; DROP TABLE calls"])
def test_a_cursor_that_is_none_is_told(log: CallLog, cursor: str) -> None:
    """A cursor is `next` of a page, and nothing else."""
    with pytest.raises(InvalidFilter, match="is no cursor"):
        log.calls(cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_a_size(log: CallLog, limit: int) -> None:
    """Neither none nor all."""
    with pytest.raises(InvalidFilter, match="1 to 500"):
        log.calls(limit=limit)
