"""Every shipped revision is upgraded with rows in it, twice, and killed at any statement; on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from log.samples import closing, opening
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text

from ell2a.errors import StoreNewer
from ell2a.log import CallLog, on_sqlite, revisions
from ell2a.log.location import Location
from ell2a.log.records import ClosingRecord, OpeningRecord
from ell2a.log.redaction import current_redactor
from ell2a.log.rows import Rows, closing_rows, opening_rows

ALL = [script.revision for script in reversed(list(ScriptDirectory.from_config(revisions._config()).walk_revisions()))]
QUESTION = "What stood here before? " * 30


class Killed(Exception):
    """The process ended here."""


@contextmanager
def _engine(store: str) -> Iterator[Engine]:
    location = Location.of(store)
    if location.path is not None:
        on_sqlite.make_file(location.path)
        engine = on_sqlite.engine_for(location, begin="BEGIN IMMEDIATE")
        on_sqlite.use_wal(engine)
    else:
        engine = create_engine(location.url)
    yield engine
    engine.dispose()


def _at(store: str, revision: str) -> str:
    """Make a store of a revision, with a call in it. Gives the call's id."""
    made = opening(QUESTION)
    rows = Rows()
    rows.extend(opening_rows(OpeningRecord.of(made, "01WRITER", None, "user.py:1", None), current_redactor(), ()))
    rows.extend(closing_rows(ClosingRecord.of(made.call_id, closing(made, "This did.")), current_redactor(), ()))
    with _engine(store) as engine, engine.begin() as connection:
        revisions.upgrade(connection, revision)
        for table, some in rows.tables.items():
            for row in some:
                _insert(connection, table, row)
        for message in rows.messages:
            _insert(connection, "messages", message.row)
        connection.execute(text("UPDATE calls SET status = 'ok', answer = 'This did.'"))
    return made.call_id


def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    # An older revision lacks columns that today's rows have.
    there = {column["name"] for column in inspect(connection).get_columns(table)}
    old = {name: value for name, value in row.items() if name in there}
    names = ", ".join(old)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(':' + name for name in old)})"), old)


def _shape(store: str) -> tuple[Any, ...]:
    """All that tells one state of a store from another: its revision, its tables and columns, its calls."""
    with _engine(store) as engine, engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            asked = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        else:
            asked = (
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public' ORDER BY table_name, column_name"
            )
        tables = [tuple(row) for row in connection.execute(text(asked))]
        revision = revisions.revision_of(connection)
        calls = connection.execute(text("SELECT id, status FROM calls")).all() if revision else []
        return revision, tables, [tuple(row) for row in calls]


@contextmanager
def _killed_at(number: int) -> Iterator[list[str]]:
    """Whatever happens, the statement of this number is the last that is begun. Gives the statements so far."""
    seen: list[str] = []

    def before(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)
        if len(seen) == number:
            raise Killed(statement)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", before)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a store that is not made yet, on each database."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return str(tmp_path / "calls.db") if request.param == "sqlite" else request.getfixturevalue("empty_database")


@pytest.mark.parametrize("revision", ALL)
def test_from_each_revision_with_rows_in_it(empty: str, revision: str) -> None:
    """The call that an older ell2a wrote is whole after the upgrade, new ones are beside it, and a second run does nothing."""
    call_id = _at(empty, revision)
    assert CallLog.migrate(empty) == revision
    upgraded = _shape(empty)
    assert upgraded[0] == revisions.HEAD
    assert CallLog.migrate(empty) == revisions.HEAD
    assert _shape(empty) == upgraded
    log = CallLog.open(empty)
    detail = log.call(call_id)
    assert (detail.summary.status, detail.place) == ("ok", "user.py:1")
    assert detail.messages[0]["content"][0]["text"] == QUESTION
    assert detail.request["messages"] == [{"role": "user", "content": QUESTION}]
    made = opening("And now?")
    log.observer().open(made).close(closing(made))
    assert [call.id for call in log.calls().items] == [made.call_id, call_id]
    log.close()


def test_a_store_made_anew_is_as_one_that_was_upgraded(empty: str, tmp_path: Path) -> None:
    """From nothing, or revision by revision: the tables are the same."""
    CallLog.migrate(empty)
    at_once = _shape(empty)
    path = str(tmp_path / "by_steps.db")
    if not empty.startswith("postgresql"):
        for revision in ALL:
            with _engine(path) as engine, engine.begin() as connection:
                revisions.upgrade(connection, revision)
        assert _shape(path)[:2] == at_once[:2]
    assert at_once[0] == ALL[-1] == revisions.HEAD


@pytest.mark.parametrize("revision", [None, *ALL[:-1]])
def test_stopped_at_any_statement(empty: str, revision: str | None) -> None:
    """At each statement of an upgrade in turn: it is as it was before, or as it is after, and the next run ends it."""
    if revision is not None:
        _at(empty, revision)
    elif not empty.startswith("postgresql"):
        on_sqlite.make_file(Path(empty))
    before = _shape(empty)
    number = 0
    while True:
        number += 1
        try:
            with _killed_at(number) as seen:
                CallLog.migrate(empty)
        except Killed:
            assert _shape(empty) == before, seen[-1]
            continue
        break
    assert number > (10 if revision is None else 3)
    after = _shape(empty)
    assert after[0] == revisions.HEAD
    assert after[2] == before[2]


@pytest.mark.parametrize(
    "moment", [2, 6, pytest.param(10, marks=pytest.mark.slow), pytest.param(25, marks=pytest.mark.slow)]
)
def test_a_process_that_is_killed_at_a_statement(empty: str, moment: int) -> None:
    """SIGKILL in the middle of an upgrade, for real: nothing of it is there, and the next one has all of it."""
    call_id = _at(empty, ALL[0])
    before = _shape(empty)
    script = (
        "import os, signal, sys\nfrom sqlalchemy import Engine, event\nfrom ell2a.log import CallLog\n"
        "seen = []\n"
        "@event.listens_for(Engine, 'before_cursor_execute')\n"
        "def before(connection, cursor, statement, *rest):\n"
        "    if statement.lstrip().upper().startswith(('CREATE', 'INSERT', 'UPDATE', 'ALTER', 'DROP', 'DELETE')):\n"
        "        seen.append(statement)\n"
        f"        if len(seen) == {moment}: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"CallLog.migrate({empty!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode in {-9, 0}, done.stderr
    if done.returncode:
        assert _shape(empty) == before
    CallLog.migrate(empty)
    log = CallLog.open(empty)
    assert log.call(call_id).messages[0]["content"][0]["text"] == QUESTION
    log.close()


def test_a_newer_store_is_refused_untouched(empty: str) -> None:
    """On both databases, by opening and by migrating, whoever asks."""
    _at(empty, ALL[-1])
    with _engine(empty) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = _shape(empty)
    for ask in (CallLog.migrate, CallLog.open):
        with pytest.raises(StoreNewer, match="'9999'"):
            ask(empty)
    assert _shape(empty) == before


def test_an_upgrade_on_open_keeps_a_copy_for_each_revision(tmp_path: Path) -> None:
    """Whatever revision a file had, it stands beside it as it was."""
    for revision in ALL[:-1]:
        path = tmp_path / f"{revision}.db"
        call_id = _at(str(path), revision)
        log = CallLog.open(path)
        assert log.call(call_id).summary.answer == "This did."
        log.close()
        copy = Path(f"{path}.before-upgrade-from-{revision}")
        assert _shape(str(copy))[0] == revision
        assert copy.stat().st_mode & 0o077 == 0


def test_the_configuration_is_that_of_the_package() -> None:
    """The revisions tested here are those that ship."""
    assert isinstance(revisions._config(), Config)
    assert ALL[:2] == ["0001", "0002"]
