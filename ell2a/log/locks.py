"""How it is known that a writing process lives: it holds a lock, which the system takes back when it ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text


class FileLock:
    """A lock on a file of the writer's name. Kept open until it is released or the process ends."""

    outlives_errors = True
    """A lost connection leaves it held."""

    def __init__(self, folder: Path, writer_id: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(folder)
        self._path = folder / writer_id
        self._file = _locked(self._path)

    def release(self) -> None:
        """Let go, and leave no file behind."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        os.close(self._file)

    def forget(self) -> None:
        """In a forked child: the lock is the parent's. To close the copy of its file leaves the lock in place."""
        os.close(self._file)


def _locked(path: Path) -> int:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        # Swept away between making and locking it.
        os.close(file)


def sweep(folder: Path) -> None:
    """Remove what killed processes left."""
    for path in left_locks(folder):
        path.unlink(missing_ok=True)


def left_locks(folder: Path) -> list[Path]:
    """The files of locks that no process holds any more."""
    return [path for path in folder.iterdir() if not _is_held(path)] if folder.is_dir() else []


def held_locks(folder: Path) -> list[Path]:
    """The files of locks that a living process holds."""
    return [path for path in folder.iterdir() if _is_held(path)] if folder.is_dir() else []


def dead_file_writers(folder: Path, writers: Collection[str]) -> set[str]:
    """Those of the writers that hold their lock no more."""
    return {writer for writer in writers if not _is_held(folder / writer)}


def _is_held(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except PermissionError:
        # Another user's process: it cannot be asked, so it is taken to live.
        return True
    try:
        # Shared: two readers who ask at once do not take each other for the writer.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)


def advisory_key(writer_id: str) -> int:
    """The number of a writer's advisory lock on PostgreSQL: 63 bits."""
    return int.from_bytes(hashlib.sha256(writer_id.encode()).digest()[:8], "big") >> 1


class AdvisoryLock:
    """A lock that a PostgreSQL session holds: the server takes it back when the connection ends."""

    outlives_errors = False

    def __init__(self, connection: Any, writer_id: str) -> None:
        self._connection, self._key = connection, advisory_key(writer_id)
        connection.execute("SELECT pg_advisory_lock(%s)", (self._key,))
        connection.commit()

    def release(self) -> None:
        """Let go."""
        with contextlib.suppress(Exception):
            self._connection.close()

    def forget(self) -> None:
        """In a forked child the session is the parent's: it is neither used nor closed."""


def dead_advisory_writers(connection: Connection, writers: Collection[str]) -> set[str]:
    """Those of the writers whose session holds its lock no more."""
    held = connection.execute(
        text(
            "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks"
            " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    ).scalars()
    keys = set(held)
    return {writer for writer in writers if advisory_key(writer) not in keys}
