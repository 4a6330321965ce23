"""The schema's revisions and the tables in the code are the same, and an upgrade loses nothing."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from log.samples import logged

from ell2a.errors import StoreNewer
from ell2a.log import CallLog, revisions
from ell2a.log.tables import metadata

NEXT = '''
"""A column more."""
import sqlalchemy as sa
from alembic import op
revision = "next"
down_revision = "{head}"
def upgrade():
    op.add_column("calls", sa.Column("mood", sa.Text()))
    {more}
'''
HEAD = revisions.HEAD


def test_the_code_knows_the_newest_revision() -> None:
    """`HEAD` is what Alembic takes for it: a store that is up to date opens without looking."""
    config = Config()
    config.set_main_option("script_location", str(files("ell2a.migrations")))
    assert ScriptDirectory.from_config(config).get_heads() == [revisions.HEAD]


def test_the_revisions_make_the_tables_of_the_code(log: CallLog) -> None:
    """Nothing is left for a revision to do: columns, types, indexes."""
    with log._here.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: not (kind == "table" and "message_search" in name)}
        )
        assert compare_metadata(context, metadata) == []


def test_an_up_to_date_store_opens_without_alembic(tmp_path: Path) -> None:
    """Opening is quick: neither Alembic nor a driver of another database is imported."""
    CallLog.open(tmp_path / "calls.db").close()
    script = (
        "import sys; from ell2a.log import CallLog\n"
        f"log = CallLog.open({str(tmp_path / 'calls.db')!r}); log.calls()\n"
        "print([m for m in ('alembic', 'psycopg', 'openai', 'anthropic', 'fastapi', 'genai_prices') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_ell2a_imports_no_database() -> None:
    """`import ell2a` is for everyone, also for who logs nothing."""
    script = "import sys, ell2a; print([m for m in ('sqlalchemy', 'sqlmodel', 'alembic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def newer_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The code of a release with one revision more."""
    folder = tmp_path / "migrations"
    shutil.copytree(str(files("ell2a.migrations")), folder, ignore=shutil.ignore_patterns("__pycache__"))
    added = folder / "versions" / "next.py"
    added.write_text(NEXT.format(head=HEAD, more=""))
    config = Config()
    config.set_main_option("script_location", str(folder))
    monkeypatch.setattr(revisions, "HEAD", "next")
    monkeypatch.setattr(revisions, "_config", lambda: config)
    return added


def test_an_older_store_is_upgraded_with_a_copy_kept(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Its calls are there afterwards, and the store as it was stands beside it, for its owner alone."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    call_id = logged(log, "before the upgrade")
    log.close()
    request.getfixturevalue("newer_code")
    again = CallLog.open(path)
    assert again.call(call_id).summary.question == "before the upgrade"
    again.close()
    copy = tmp_path / f"calls.db.before-upgrade-from-{HEAD}"
    assert copy.stat().st_mode & 0o077 == 0
    with sqlite3.connect(copy) as kept, sqlite3.connect(path) as upgraded:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert kept.execute("SELECT id FROM calls").fetchall() == [(call_id,)]
        assert upgraded.execute("SELECT mood FROM calls").fetchall() == [(None,)]
    kept.close()
    upgraded.close()
    CallLog.open(path).close()
    assert [f.name for f in tmp_path.glob("*.before-*")] == [copy.name]


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """All of a revision, or none: its first statement is taken back with the rest."""
    path = tmp_path / "calls.db"
    log = CallLog.open(path)
    call_id = logged(log, "before")
    log.close()
    added: Path = request.getfixturevalue("newer_code")
    added.write_text(NEXT.format(head=HEAD, more='op.execute("SELECT raise_an_error()")'))
    with pytest.raises(Exception, match="raise_an_error"):
        CallLog.open(path)
    with sqlite3.connect(path) as store:
        assert store.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert "mood" not in [row[1] for row in store.execute("PRAGMA table_info(calls)")]
        assert store.execute("SELECT id FROM calls").fetchall() == [(call_id,)]
    store.close()


def test_a_server_is_upgraded_by_command_only(empty_database: str, request: pytest.FixtureRequest) -> None:
    """An older database on a server is refused until `migrate` was run; a newer one is refused for good."""
    CallLog.migrate(empty_database)
    log = CallLog.open(empty_database)
    call_id = logged(log, "before")
    log.close()
    request.getfixturevalue("newer_code")
    with pytest.raises(Exception, match=f"is at revision {HEAD}: run `ell2a-studio migrate"):
        CallLog.open(empty_database)
    assert CallLog.migrate(empty_database) == HEAD
    again = CallLog.open(empty_database)
    assert again.call(call_id).summary.question == "before"
    again.close()
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as older:
        older.setattr(revisions, "HEAD", HEAD)
        older.setattr(revisions, "is_known", lambda revision: revision == HEAD)
        with pytest.raises(StoreNewer):
            CallLog.open(empty_database)
        with pytest.raises(StoreNewer):
            CallLog.migrate(empty_database)
