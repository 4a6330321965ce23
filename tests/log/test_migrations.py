"""The schema's revisions and the tables in the code are the same, and an upgrade loses nothing."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from log.samples import logged
from sqlalchemy import Engine, create_engine

from ell2a.errors import StoreError, StoreNewer
from ell2a.log import CallLog, revisions
from ell2a.log.tables import calls, metadata

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


def made_at_0001(engine: Engine) -> None:
    """A store of the first release with a call in it."""
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(files("ell2a.migrations")))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = {
            "id": "01JZ0000000000000000000001",
            "started_at": 1,
            "status": "error",
            "provider": "openai",
            "wire": "openai-chat",
            "model": "gpt-5",
            "writer_id": "01JZ0000000000000000000002",
            "question": "of the first release",
            "answer": "",
            **dict.fromkeys(("stream", "has_images", "has_thinking", "structured"), False),
            **dict.fromkeys(("agents_declared", "agents_called"), 0),
        }
        connection.execute(calls.insert(), row)


def test_a_store_of_the_first_release_gets_the_tables_of_providers(tmp_path: Path) -> None:
    """0001 -> now on a file, when it is opened: its calls are there, a copy is kept, and snapshots can be."""
    path = tmp_path / "calls.db"
    engine = create_engine(f"sqlite:///{path}")
    made_at_0001(engine)
    engine.dispose()
    log = CallLog.open(path)
    assert [c.question for c in log.calls().items] == ["of the first release"]
    keep_one(log)
    log.close()
    assert (tmp_path / "calls.db.before-upgrade-from-0001").exists()


def test_a_server_of_the_first_release_gets_them_by_command(empty_database: str) -> None:
    """0001 -> now on a server, by `migrate` alone."""
    engine = create_engine(empty_database)
    made_at_0001(engine)
    engine.dispose()
    with pytest.raises(StoreError, match="is at revision 0001"):
        CallLog.open(empty_database)
    assert CallLog.migrate(empty_database) == "0001"
    log = CallLog.open(empty_database)
    assert [c.question for c in log.calls().items] == ["of the first release"]
    keep_one(log)
    log.close()


def keep_one(log: CallLog) -> None:
    """Keep a snapshot in it and read it back."""
    kept, is_new = log.providers.keep(
        "acme", {"m": {"id": "m"}}, endpoint="https://acme.test/models", listing="openai", same=lambda a, b: a == b
    )
    assert (kept.number, is_new, log.providers.models("acme")) == (1, True, {"m": {"id": "m"}})
    assert log.providers.observations("acme") == []
