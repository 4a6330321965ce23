"""Where records go that the store did not take in time: a file of JSON lines beside it, for its owner alone.

Any process may append, and any may take the file in; a lock on the file keeps them apart. Who takes it in renames
it first, so that what is appended meanwhile goes to a new one. A taker that dies leaves a renamed file, which the
next one finds. Writing a record twice changes nothing, so each is in the store once.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ell2a.calls import new_call_id
from ell2a.log.content import json_bytes, json_value

_TAKEN = ".taken"


class Spool:
    """The spool of one store."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, record: dict[str, Any]) -> None:
        """Keep a record. Raises OSError where not even this is possible."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = json_bytes(record) + b"\n"
        with self._locked() as file:
            start = os.fstat(file).st_size
            try:
                _write_all(file, line)
            except OSError:
                # Half a line would swallow the next one.
                os.ftruncate(file, start)
                raise

    def is_empty(self) -> bool:
        """Whether there is nothing to take in."""
        return not self.path.exists() and not self._taken()

    def take(self, write: Callable[[Sequence[dict[str, Any]]], None], *, wait: bool = True) -> int:
        """Give all records to `write`, file by file and in order; a file goes once its records are written.

        Gives how many there were. An error of `write` leaves the file for the next time. What another process is
        taking in at the moment is waited for, or else ends it here: later files may hold what belongs to it.
        """
        self._set_aside()
        count = 0
        for path in self._taken():
            taken = self._take_file(path, write, wait=wait)
            if taken is None:
                break
            count += taken
        return count

    def set_apart(self, record: Any) -> None:
        """Keep a line that is no record where it stops no other: for a person to look at."""
        file = os.open(
            self.path.with_name(self.path.name + ".unreadable"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
        )
        try:
            _write_all(file, json_bytes(record) + b"\n")
        finally:
            os.close(file)

    def _take_file(self, path: Path, write: Callable[[Sequence[dict[str, Any]]], None], *, wait: bool) -> int | None:
        """How many records were in a file; None where another process has it and is not waited for."""
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return 0
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not path.exists():
                # Another process took it in meanwhile.
                return 0
            records = [json_value(line) for line in path.read_bytes().splitlines() if _is_whole(line)]
            write(records)
            path.unlink()
        except BlockingIOError:
            return None
        finally:
            os.close(file)
        return len(records)

    def _set_aside(self) -> None:
        if not self.path.exists():
            return
        with self._locked():
            # Ids grow with time: the files are taken in the order in which they were set aside.
            self.path.rename(self.path.with_name(f"{self.path.name}.{new_call_id()}{_TAKEN}"))

    def _taken(self) -> list[Path]:
        return sorted(self.path.parent.glob(f"{self.path.name}.*{_TAKEN}"))

    @contextmanager
    def _locked(self) -> Iterator[int]:
        while True:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self._is_here(file):
                    yield file
                    return
                # It was set aside between opening and locking: begin a new one.
            finally:
                os.close(file)

    def _is_here(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self.path.stat())
        except FileNotFoundError:
            return False


def _write_all(file: int, data: bytes) -> None:
    written = 0
    while written < len(data):
        written += os.write(file, data[written:])


def _is_whole(line: bytes) -> bool:
    # A process killed while it wrote leaves a last line without its end.
    return line.endswith(b"}")
