"""Where records go that the store did not take in time: a file of JSON lines beside it, for its owner alone.

Where there is no room beside the store, or nothing may be written there, the file is in another folder of the user's.
Any process may append, and any may take the files in; a lock on each keeps them apart. Who takes one in renames
it first, so that what is appended meanwhile goes to a new one. A taker that dies leaves a renamed file, which the
next one finds. Writing a record twice changes nothing, so each is in the store once.
"""

from __future__ import annotations

import fcntl
import glob
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ell2a.calls import new_call_id
from ell2a.log.content import json_bytes, json_value

_TAKEN = ".taken"

Write = Callable[[Sequence[dict[str, Any]]], None]


class Spool:
    """The spool of one store: a file, and others to use where that one cannot be written."""

    def __init__(self, path: Path, *elsewhere: Path) -> None:
        self.path = path
        self._paths = (path, *elsewhere)

    def append(self, record: dict[str, Any]) -> Path:
        """Keep a record; gives the file that it is in. Raises OSError where that is possible nowhere."""
        line = json_bytes(record) + b"\n"
        fault: OSError | None = None
        for path in self._paths:
            try:
                self._append(path, line)
            except OSError as exception:
                fault = fault or exception
            else:
                return path
        raise fault or OSError("no spool")

    def is_empty(self) -> bool:
        """Whether there is nothing to take in."""
        return not any(path.exists() for path in self._paths) and not self._taken()

    def waiting(self) -> list[Path]:
        """The files that wait to be taken in."""
        return [path for path in (*self._taken(), *self._paths) if path.exists()]

    def size(self) -> int:
        """Bytes that wait to be taken in."""
        return sum(path.stat().st_size for path in self.waiting())

    @property
    def apart(self) -> Path:
        """The file of lines that could not be taken in."""
        return self.path.with_name(self.path.name + ".unreadable")

    def try_apart_again(self) -> None:
        """Let the lines that could not be taken in be tried once more, by the next who takes."""
        if self.apart.exists():
            self.apart.rename(self.path.with_name(f"{self.path.name}.{new_call_id()}{_TAKEN}"))

    def take(self, write: Write, *, first: Callable[[dict[str, Any]], bool] | None = None, wait: bool = True) -> int:
        """Give all records to `write`, file by file and in order; a file goes once its records are written.

        `first` tells the records that others refer to: where there are several files, those of all files are written
        before anything else, and once more in their turn. Gives how many records there were. An error of `write`
        leaves the files for the next time. What another process is taking in at the moment is waited for, or else
        ends it here: later files may hold what belongs to it.
        """
        for path in self._paths:
            _set_aside(path)
        count = 0
        with ExitStack() as locks:
            files = list(self._held(locks, wait=wait))
            if first is not None and len(files) > 1:
                write([record for file in files for record in _records(file) if first(record)])
            for file in files:
                records = _records(file)
                write(records)
                file.unlink()
                count += len(records)
        return count

    def set_apart(self, record: Any) -> None:
        """Keep a line that is no record where it stops no other: for a person to look at."""
        file = os.open(self.apart, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _write_all(file, json_bytes(record) + b"\n")
        finally:
            os.close(file)

    def _append(self, path: Path, line: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path != self.path:
            _check_is_ours(path.parent)
        with _locked(path) as file:
            start = os.fstat(file).st_size
            try:
                _write_all(file, line)
            except OSError:
                # Half a line would swallow the next one.
                os.ftruncate(file, start)
                raise

    def _held(self, locks: ExitStack, *, wait: bool) -> Iterator[Path]:
        """The files that were set aside, locked by us. Everyone locks them in the same order."""
        for path in self._taken():
            try:
                file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                continue
            locks.callback(os.close, file)
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            # Else another process took it in meanwhile.
            if path.exists():
                yield path

    def _taken(self) -> list[Path]:
        # Ids grow with time: the files are taken in the order in which they were set aside.
        found = (file for path in self._paths for file in path.parent.glob(f"{glob.escape(path.name)}.*{_TAKEN}"))
        return sorted(found, key=lambda file: file.name.split(".")[-2])


def _set_aside(path: Path) -> None:
    if not path.exists():
        return
    with _locked(path):
        path.rename(path.with_name(f"{path.name}.{new_call_id()}{_TAKEN}"))


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    while True:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_here(path, file):
                yield file
                return
            # It was set aside between opening and locking: begin a new one.
        finally:
            os.close(file)


def _is_here(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _check_is_ours(folder: Path) -> None:
    """In a folder that all share, somebody else may have put something in our folder's place."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not a folder of this user's alone")


def _records(file: Path) -> list[dict[str, Any]]:
    # A process killed while it wrote leaves a last line without its end.
    return [json_value(line) for line in file.read_bytes().splitlines() if line.endswith(b"}")]


def _write_all(file: int, data: bytes) -> None:
    written = 0
    while written < len(data):
        written += os.write(file, data[written:])
