"""What is wrong with a store is told, and mended on request: nothing that can be read is lost, and a copy is kept."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from log.samples import logged, opening
from log.test_faults import _locked

from ell2a.errors import StoreError
from ell2a.log import CallFilter, CallLog, LogUnavailable, revisions
from ell2a.log.checking import Finding, check
from ell2a.log.mending import Mended, mend
from ell2a.log.tables import metadata
from ell2a.messages import Message, assistant, image, system, user

Calls = dict[str, dict[str, Any]]
CALLS = 120
PICTURE = bytes.fromhex("89504e470d0a1a0a") + random.Random(1).randbytes(3000)


def _kinds(found: list[Finding]) -> list[str]:
    return [finding.kind for finding in found]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 120 calls, large and small, all in its file: nothing in a WAL."""
    path = tmp_path_factory.mktemp("made") / "calls.db"
    log = CallLog.open(path)
    said: list[Message] = [system("You are brief. " * 30)]
    for n in range(CALLS):
        if n % 10 == 0:
            said = said[:1]
        said = [*said, user(f"Question {n} " + f"of word{n % 7} " * (n % 5) * 20)]
        shown = [*said[:-1], user([said[-1].text, image(PICTURE)])] if n == 7 else said
        logged(log, shown, f"Answer {n} " * 30, cost="0.001")
        said = [*said, assistant(f"Answer {n} " * 30)]
    log.close()
    _into_the_file(path)
    return path


@pytest.fixture(scope="module")
def before(made: Path) -> Calls:
    """Every call of that store, whole, by id."""
    return _all(made)


@pytest.fixture
def path(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that store, and folders of the test's own for all that is kept elsewhere."""
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    path = tmp_path / "calls.db"
    shutil.copy(made, path)
    path.chmod(0o600)
    return path


def _into_the_file(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()


def _all(path: Path) -> Calls:
    """Every call of a store, whole, by id."""
    log = CallLog.open(path, read_only=True)
    found: Calls = {}
    cursor = None
    while True:
        page = log.calls(cursor=cursor, limit=100)
        found.update({call.id: log.call(call.id).as_json() for call in page.items})
        cursor = page.next
        if cursor is None:
            log.close()
            return found


def _pages(path: Path, *names: str) -> list[int]:
    """The numbers of the pages of some tables or indexes, found by walking them: SQLite's own list is not built in."""
    from ell2a.log.sqlite_pages import Pages, Tree

    with sqlite3.connect(path) as other:
        told = other.execute("SELECT name, rootpage, type, sql FROM sqlite_master WHERE rootpage > 0").fetchall()
    other.close()
    found: list[int] = []
    for name, root, kind, sql in told:
        if name in names:
            with Pages(path) as pages:
                if kind == "index":
                    pages.entries(root)
                else:
                    list(pages.walk(root, Tree(), is_index="WITHOUT ROWID" in sql))
                found += sorted(pages.met)
    return found


def _overwrite(path: Path, numbers: list[int], filler: bytes) -> None:
    size = int.from_bytes(path.read_bytes()[16:18], "big")
    with path.open("r+b") as file:
        for number in numbers:
            file.seek((number - 1) * size)
            file.write((filler * size)[:size])


def _root(path: Path, name: str) -> int:
    with sqlite3.connect(path) as other:
        found = other.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name]).fetchone()[0]
    other.close()
    return int(found)


def _rows(path: Path) -> dict[str, int]:
    """Table -> rows."""
    with sqlite3.connect(path) as other:
        found = {name: other.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in metadata.tables}
    other.close()
    return found


def _agree(before: Calls, after: Calls) -> int:
    """How many calls are as they were. No call is there that was not."""
    assert set(after) <= set(before)
    return sum(before[id] == call for id, call in after.items())


def test_nothing_is_wrong_with_a_store_that_is_whole(path: Path) -> None:
    """Looking finds nothing, and mending does nothing and keeps no copy."""
    before = path.read_bytes()
    assert check(path) == []
    assert mend(path) == []
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.glob("calls.db.*") if file.is_file()] == []


@pytest.mark.parametrize(
    "table",
    ["calls", "answers", *(pytest.param(name, marks=pytest.mark.slow) for name in ("requests", "texts", "messages"))],
)
def test_a_broken_root_loses_nothing(path: Path, before: Calls, table: str) -> None:
    """Where the page that leads to all others of a table is gone, all its rows are found without it."""
    _overwrite(path, [_root(path, table)], b"\xff")
    assert _kinds(check(path)) == ["damaged"]
    damaged = path.read_bytes()
    (done,) = mend(path)
    assert done.copy is not None
    assert done.copy.read_bytes() == damaged
    assert done.copy.stat().st_mode & 0o077 == 0
    assert check(path) == []
    assert _agree(before, _all(path)) == len(before) == CALLS


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 12))])
@pytest.mark.parametrize("filler", [b"\xff", b"\0", b"some text that is no page "])
def test_pages_overwritten_anywhere(path: Path, made: Path, before: Calls, seed: int, filler: bytes) -> None:
    """Eight pages overwritten at random: what they held is lost, all else is there, and the numbers are told."""
    dice = random.Random(seed)
    count = path.stat().st_size // 4096
    _overwrite(path, dice.sample(range(2, count + 1), 8), filler)
    done = mend(path)
    after = _all(path)
    left = check(path)
    assert {finding.kind for finding in left} <= {"lost-parts"}
    saved = {one.name: one for one in done[0].tables}
    there = _rows(made)
    for table, number in there.items():
        lost = saved[table].lost
        # Where nothing tells how many there were, that is said; else the numbers add up.
        assert lost is None or saved[table].rows + lost == number, table
    # 8 pages of some 150 are gone.
    assert sum(one.rows for one in done[0].tables) > 0.8 * sum(there.values())
    assert saved["calls"].rows <= len(after) <= CALLS
    for call_id, call in after.items():
        if call != before[call_id]:
            # What is lost of a call is said in its place, or its list is shorter; nothing is made up.
            assert call["id"] == before[call_id]["id"]
    log = CallLog.open(path)
    logged(log, "and it goes on")
    assert log.calls(CallFilter(q="goes on")).items
    log.close()


def test_rows_lost_are_counted_by_table(path: Path, before: Calls) -> None:
    """A leaf of `answers` and one of `calls` are gone: the numbers say how many rows; a call without its row is made again."""
    leaf = _pages(path, "calls")[3]
    _overwrite(path, [leaf], b"\xff")
    (done,) = mend(path)
    saved = {one.name: one for one in done.tables}
    lost = saved["calls"].lost
    assert lost is not None
    assert lost > 0
    assert saved["calls"].rows + lost == CALLS
    assert [one.name for one in done.tables if one.lost != 0] == ["calls"]
    assert f"{lost} lost" in done.done
    after = _all(path)
    assert set(after) == set(before)
    changed = [id for id in after if after[id] != before[id]]
    assert len(changed) == lost
    for id in changed:
        for name in ("response", "request", "metadata", "status", "model", "response_raw"):
            assert after[id][name] == before[id][name], name
    assert _kinds(check(path)) == []


def test_a_file_that_was_cut_off(path: Path, before: Calls) -> None:
    """The first half of a file gives the rows that are in it."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // 4096 * 4096 + 1000)
    assert _kinds(check(path)) == ["damaged"]
    done = mend(path)
    assert sum(one.rows for one in done[0].tables) > CALLS
    assert set(_kinds(check(path))) <= {"lost-parts"}
    after = _all(path)
    assert len(after) > CALLS // 6
    assert set(after) <= set(before)


def test_a_schema_that_cannot_be_read(path: Path, before: Calls) -> None:
    """Of a file whose first page is gone but for its header, rows are known by their form alone; all are saved."""
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (4096 - 100))
    assert _kinds(check(path)) == ["damaged"]
    mend(path)
    assert check(path) == []
    assert _agree(before, _all(path)) == CALLS


def test_a_wal_that_was_lost(path: Path) -> None:
    """A file whose newest pages stood in a log that is gone is read as far as it goes, and usable again."""
    log = CallLog.open(path)
    for n in range(60):
        logged(log, f"{n} late " * 60)
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA wal_checkpoint(PASSIVE)")
    other.close()
    for n in range(60):
        logged(log, f"{n} later " * 60)
    content = path.read_bytes()
    log.close()
    for file in path.parent.glob("calls.db*"):
        if file.is_file():
            file.unlink()
    # Part of the pages as they were after one commit, part as before another: a checkpoint that was cut off.
    path.write_bytes(content[: len(content) * 3 // 4])
    assert "damaged" in _kinds(check(path))
    mend(path)
    assert set(_kinds(check(path))) <= {"lost-parts"}
    assert len(_all(path)) >= CALLS * 2 // 3
    log = CallLog.open(path)
    logged(log, "after all")
    log.close()


def test_rows_that_stand_in_the_wal_alone_are_saved_too(path: Path) -> None:
    """What a killed process committed last is in the log beside the file: it is read over the damaged pages."""
    script = (
        "import os, sys; sys.path.insert(0, os.environ['ELL2A_TEST_FOLDER'])\n"
        "from ell2a.log import CallLog; from log.samples import logged\n"
        f"log = CallLog.open({str(path)!r})\n"
        "for n in range(20): print(logged(log, f'in the WAL {n}'))\n"
        "sys.stdout.flush(); os._exit(1)\n"
    )
    environ = {"ELL2A_TEST_FOLDER": str(Path(__file__).parent.parent), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environ)
    ids = done.stdout.split()
    assert len(ids) == 20
    assert Path(f"{path}-wal").stat().st_size > 0
    _overwrite(path, _pages(path, "answers")[5:7], b"\xff")
    mend(path)
    after = _all(path)
    assert set(ids) <= set(after)
    assert {after[id]["status"] for id in ids} == {"ok"}


def test_indexes_that_do_not_agree_are_made_anew(path: Path) -> None:
    """Rows that an index does not know: nothing is lost, and the copy has it as it was."""
    with sqlite3.connect(path) as other:
        # The index is hidden from SQLite while rows change.
        row = other.execute("SELECT * FROM sqlite_master WHERE name = 'calls_by_status'").fetchone()
        other.execute("PRAGMA writable_schema=ON")
        other.execute("DELETE FROM sqlite_master WHERE name = 'calls_by_status'")
    other.close()
    with sqlite3.connect(path) as other:
        other.execute("UPDATE calls SET status = 'partial' WHERE rowid % 2")
        other.execute("PRAGMA writable_schema=ON")
        other.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
    other.close()
    assert _kinds(check(path)) == ["index"]
    (done,) = mend(path)
    assert (done.finding.kind, done.copy is not None) == ("index", True)
    assert check(path) == []
    log = CallLog.open(path, read_only=True)
    assert log.count(CallFilter(status="partial")).number == CALLS // 2
    log.close()


def test_messages_that_the_search_index_lost_are_put_in(path: Path) -> None:
    """What cannot be found any more is found again; the index as a whole, where it is broken inside."""
    with sqlite3.connect(path) as other:
        other.execute("DELETE FROM message_search_docsize WHERE id % 3 = 0")
    other.close()
    (found,) = check(path)
    assert found.kind == "search-index"
    (done,) = mend(path)
    assert done.copy is not None
    assert check(path) == []
    with sqlite3.connect(path) as other:
        other.execute("DELETE FROM message_search_data WHERE id > 10")
    other.close()
    assert _kinds(check(path)) == ["search-index"]
    mend(path)
    assert check(path) == []
    log = CallLog.open(path, read_only=True)
    assert log.count(CallFilter(q='"Question 42"')).number == 1
    assert log.count(CallFilter(q="word3")).number > 10
    log.close()


def test_what_waits_is_taken_in(path: Path, tmp_path: Path) -> None:
    """The spool beside the store and the one elsewhere, and lines that were set apart, as far as they can be read."""
    log = CallLog.open(path)
    with _locked(path), pytest.warns(LogUnavailable):  # noqa: PT031  # looked at while it is locked
        first = logged(log, "beside it")
        beside = tmp_path / "calls.db.spool.jsonl"
        aside = beside.read_bytes()
        beside.unlink()
        second = logged(log, "elsewhere")
        other = beside.read_bytes()
        beside.unlink()
    log.close()
    with sqlite3.connect(path) as store:
        for table in ("calls", "requests"):
            store.execute(
                f"DELETE FROM {table} WHERE {'id' if table == 'calls' else 'call_id'} IN (?, ?)", [first, second]
            )
        store.execute("DELETE FROM answers WHERE call_id IN (?, ?)", [first, second])
    store.close()
    elsewhere = log._location.spools[1]
    elsewhere.parent.mkdir(parents=True, mode=0o700)
    elsewhere.write_bytes(other)
    elsewhere.chmod(0o600)
    apart = tmp_path / "calls.db.spool.jsonl.unreadable"
    apart.write_bytes(b'{"record":"strange"}\n' + aside)
    apart.chmod(0o600)
    told = {finding.kind: finding.problem for finding in check(path)}
    assert sorted(told) == ["spool", "unreadable-lines"]
    assert str(elsewhere) in told["spool"]
    assert told["spool"].startswith("2 records")
    assert told["unreadable-lines"].startswith("3 records")
    done = {one.finding.kind: one for one in mend(path)}
    assert done["unreadable-lines"].done == "2 of 3 records were written"
    assert all(one.copy is not None for one in done.values())
    assert _kinds(check(path)) == ["unreadable-lines"]
    assert apart.read_bytes() == b'{"record":"strange"}\n'
    again = CallLog.open(path, read_only=True)
    assert [again.call(id).summary.status for id in (first, second)] == ["ok", "ok"]
    again.close()


def test_open_calls_of_dead_processes_permissions_and_locks(path: Path) -> None:
    """What a killed process left is settled and swept, and what others could read is closed to them."""
    log = CallLog.open(path)
    made = opening("never answered")
    log.observer().open(made)
    log.close()
    (path.parent / "calls.db.locks" / "01ABC").write_bytes(b"")
    path.chmod(0o644)
    found = check(path)
    assert sorted(_kinds(found)) == ["locks", "open-calls", "permissions"]
    assert all(finding.mend for finding in found)
    done = mend(path)
    assert sorted(one.finding.kind for one in done) == ["locks", "open-calls", "permissions"]
    assert check(path) == []
    assert path.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(path) as store:
        stored = store.execute("SELECT status FROM calls WHERE id = ?", [made.call_id]).fetchone()
    store.close()
    assert stored == ("interrupted",)


def test_what_is_lost_for_good_is_told_and_shown_as_lost(path: Path) -> None:
    """A text and a message that are gone: the call is shown, with a note in their place, and nothing is mended away."""
    with sqlite3.connect(path) as store:
        store.execute("DELETE FROM texts WHERE id IN (SELECT id FROM texts LIMIT 3)")
        store.execute("DELETE FROM messages WHERE number IN (5, 6)")
        store.execute(
            "DELETE FROM request_items WHERE parent_id IS NULL AND id IN (SELECT id FROM request_items LIMIT 1)"
        )
    store.close()
    (found,) = [finding for finding in check(path) if finding.kind == "lost-parts"]
    assert (found.mend, "3 texts" in found.problem) == (None, True)
    mend(path)
    assert "lost-parts" in _kinds(check(path))
    assert any("[lost: " in str(call) for call in _all(path).values())


@pytest.mark.parametrize("how", ["newer", "another's", "text"])
def test_what_is_not_ours_is_never_touched(tmp_path: Path, how: str) -> None:
    """A newer store, another program's database and a file of something else are told, and left as they are."""
    path = tmp_path / "calls.db"
    if how == "newer":
        log = CallLog.open(path)
        logged(log)
        log.close()
        with sqlite3.connect(path) as other:
            other.execute("UPDATE alembic_version SET version_num = '9999'")
        _into_the_file(path)
        other.close()
    elif how == "another's":
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE theirs (x)")
        other.close()
        path.chmod(0o600)
    else:
        path.write_bytes(b"SQLite format 3\0" + b"\x07" * 9000)
        path.chmod(0o600)
    before = path.read_bytes()
    (found,) = check(path)
    assert found.kind == ("newer" if how == "newer" else "no-store")
    assert (found.mend, bool(found.instead)) == (None, True)
    assert mend(path) == []
    assert path.read_bytes() == before


def test_a_damaged_store_in_use_is_not_replaced(path: Path) -> None:
    """While a process writes into it, nothing is put in its place, and nothing is changed."""
    log = CallLog.open(path)
    record = log.observer().open(opening("still going"))
    _overwrite(path, [_root(path, "answers")], b"\xff")
    with pytest.raises(StoreError, match="1 processes write into"):
        mend(path)
    assert [file.name for file in path.parent.glob("calls.db.*") if file.is_file()] == []
    del record
    log._writer = None


def test_an_older_store_is_upgraded(tmp_path: Path) -> None:
    """Looking does not upgrade; mending does, with a copy kept."""
    from ell2a.log import on_sqlite
    from ell2a.log.location import Location

    path = tmp_path / "calls.db"
    on_sqlite.make_file(path)
    engine = on_sqlite.engine_for(Location.of(path), begin="BEGIN IMMEDIATE")
    with engine.begin() as connection:
        revisions.upgrade(connection, "0001")
    engine.dispose()
    assert _kinds(check(path)) == ["older"]
    assert _kinds(check(path)) == ["older"]
    (done,) = mend(path)
    assert done.copy is not None
    assert check(path) == []


def test_the_same_on_any_database(log: CallLog, store: str, opened: Callable[..., CallLog]) -> None:
    """Open calls of dead writers and a search index with gaps are found and mended, on a server too."""
    logged(log, "findable words")
    made = opening("never answered")
    log.observer().open(made)
    log.close()
    with opened()._here.engine.begin() as connection:
        sqlite = "DELETE FROM message_search_docsize"
        connection.exec_driver_sql(sqlite if connection.dialect.name == "sqlite" else "DELETE FROM message_search")
    assert sorted(_kinds(check(store))) == ["open-calls", "search-index"]
    done: list[Mended] = mend(store)
    assert sorted(one.finding.kind for one in done) == ["open-calls", "search-index"]
    assert check(store) == []


def test_a_server_that_is_not_there_or_not_ready_is_told(empty_database: str, unused_tcp_port: int) -> None:
    """No connection, and a database without tables, with what to do."""
    (gone,) = check(f"postgresql+psycopg://someone@127.0.0.1:{unused_tcp_port}/calls")
    assert (gone.kind, gone.mend) == ("unreachable", None)
    (empty,) = check(empty_database)
    assert (empty.kind, empty.mend) == ("older", None)
    assert "ell2a-studio migrate" in str(empty.instead)


def test_a_mending_that_is_killed_leaves_a_store_in_its_place(path: Path) -> None:
    """At whatever moment: the damaged file is there, in its place or under its new name, and mending again ends well."""
    _overwrite(path, [_root(path, "answers")], b"\xff")
    for moment in ("saving answers", "indexing messages"):
        script = (
            "import os\nfrom ell2a.log.mending import mend\n"
            f"mend({str(path)!r}, tell=lambda what, done, total: os._exit(9) if what == {moment!r} else None)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert done.returncode == 9, done.stderr
        assert _kinds(check(path)) == ["damaged"]
    mend(path)
    assert check(path) == []
    assert len(_all(path)) == CALLS
