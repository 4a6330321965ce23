"""Where a store is: a file, or a database by its URL."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path, user_state_path
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ell2a.errors import StoreError

FILE_NAME = "calls.db"


@dataclass(frozen=True, slots=True)
class Location:
    """A store's address, and the files that stand beside it."""

    url: URL
    path: Path | None
    """The file of a SQLite store; None for a server's."""
    beside: Path
    """What the names of the files beside the store begin with: `<beside>.locks/`, `<beside>.spool.jsonl`."""

    @classmethod
    def of(cls, store: str | Path | None) -> Location:
        """From a path or URL; None: `ELL2A_STORE`, else one file in the user's data folder. Raises StoreError."""
        given = store or os.environ.get("ELL2A_STORE")
        if given is None:
            return cls._file(user_data_path("ell2a", appauthor=False) / FILE_NAME)
        if str(given) == "off":
            raise StoreError('the call log is turned off: `ELL2A_STORE` or `store=` says "off"; give a path or a URL.')
        if isinstance(given, Path) or "://" not in given:
            return cls._file(Path(given))
        try:
            url = make_url(given)
        except ArgumentError as exception:
            raise StoreError(f"{given!r} is no database URL; write a path or {_FORMS}.") from exception
        if url.get_backend_name() == "sqlite":
            if not url.database or url.database == ":memory:":
                raise StoreError(f"{given!r}: a log in memory is lost with its process; give the path of a file.")
            return cls._file(Path(url.database))
        if url.get_backend_name() != "postgresql":
            raise StoreError(f"no store is kept in {url.get_backend_name()!r}; write a path or {_FORMS}.")
        url = url.set(drivername="postgresql+psycopg")
        name = hashlib.sha256(url.render_as_string(hide_password=True).encode()).hexdigest()[:16]
        return cls(url, None, user_data_path("ell2a", appauthor=False) / f"postgresql-{name}")

    @classmethod
    def _file(cls, path: Path) -> Location:
        full = path.expanduser().absolute()
        return cls(URL.create("sqlite", database=str(full)), full, full)

    @property
    def given(self) -> str | Path:
        """What leads here again, with the password."""
        return self.path or self.url.render_as_string(hide_password=False)

    @property
    def shown(self) -> str:
        """The URL without a password."""
        return self.url.difference_update_query(_SECRET).render_as_string(hide_password=True)

    @property
    def locks(self) -> Path:
        """The folder of the locks that writing processes hold."""
        return self.beside.with_name(self.beside.name + ".locks")

    @property
    def spool(self) -> Path:
        """The file of records that could not be written."""
        return self.beside.with_name(self.beside.name + ".spool.jsonl")

    @property
    def spools(self) -> tuple[Path, ...]:
        """That file, and those to use where it cannot be written: a disk that is full, a folder that is read only."""
        digest = hashlib.sha256(os.fsencode(self.beside)).hexdigest()[:16]
        name = f"{self.beside.name}-{digest}.spool.jsonl"
        shared = Path(tempfile.gettempdir()) / f"ell2a-{os.getuid()}"
        return (self.spool, user_state_path("ell2a", appauthor=False) / "spool" / name, shared / name)

    def make_folder(self) -> None:
        """Make the folder of the store and of its files, for its owner alone. One that exists stays as it is."""
        self.beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


_SECRET = ("password", "sslpassword", "passfile")
_FORMS = "`sqlite:///path/to/calls.db` or `postgresql+psycopg://user@host/database`"
