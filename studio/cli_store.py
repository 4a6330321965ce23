"""`ell2a-studio migrate` and `doctor`: the store, and what this machine has to offer."""

from __future__ import annotations

import sys
import time
from typing import Annotated, Any

import typer

from ell2a.studio.cli_options import AsJson, Store
from ell2a.studio.cli_output import tell, write_fields, write_json

_BETWEEN_LINES_S = 2.0


def migrate(store: Store = None) -> None:
    """Bring a store to the newest revision. A SQLite file needs no such call: it is upgraded when it is opened.

    Example: ell2a-studio migrate --store postgresql+psycopg://localhost/ell2a
    """
    from ell2a.log import revisions
    from ell2a.log.store import migrate as bring_up

    before = bring_up(store)
    now = revisions.HEAD
    typer.echo(f"at revision {now}, as before" if before == now else f"from {before or 'nothing'} to revision {now}")


def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="Mend what can be mended; a copy of the store is kept.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out what reads the whole store.")] = False,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Tell how things stand: what is wrong with the store and what mending would do, the SDKs, and which keys are set.

    Without --mend nothing is changed. With it, the spool is taken in, open calls of dead processes are settled, files
    are closed to others, the search index is completed, and every row that can be read of a damaged file is put into a
    new store. A copy of the store as it was is kept beside it, and named. A store that a newer ell2a made, or that is
    none of ours, is never touched. Keys are never shown.

    Exit code: 0 nothing is wrong (with --mend: nothing is left); 1 something is; 2 the command was written wrongly.

    Example: ell2a-studio doctor

    Example: ell2a-studio doctor --mend --store path/to/calls.db

    Example: ell2a-studio doctor --quick --json
    """
    from ell2a.log.checking import check
    from ell2a.log.mending import mend as mend_store
    from ell2a.studio.health import health

    with _Progress() as progress:
        mended = mend_store(store, quick=quick, tell=progress.tell) if mend else []
        findings = check(store, quick=quick, tell=progress.tell)
    found = health(store, findings)
    if mend:
        found["mended"] = [one.as_json() for one in mended]
    if as_json:
        write_json(found)
    else:
        _write(found)
    if findings:
        raise typer.Exit(1)


def _write(found: dict[str, Any]) -> None:
    kept = found["store"]
    write_fields(
        [
            ("ell2a", found["ell2a"]),
            ("store", kept["url"]),
            ("size", f"{kept['size_bytes']:,} bytes" if kept["size_bytes"] is not None else "not made yet"),
            ("revision", kept["revision"]),
            ("calls", kept["calls"]),
            ("spool waiting", f"{kept['spool_bytes']:,} bytes" if kept["spool_bytes"] else "nothing"),
            *((f"sdk {name}", version or "not installed") for name, version in found["sdks"].items()),
            *((f"{name}", "set" if there else "not set") for name, there in found["keys"].items()),
        ]
    )
    for one in found.get("mended", ()):
        tell(f"mended ({one['kind']}): {one['done']}" + (f"; as it was: {one['copy']}" if one["copy"] else ""))
    for finding in found["findings"]:
        what = "the store" if finding["problem"] == kept["fault"] else finding["kind"]
        tell(f"{what}: {finding['problem']}")
        if finding["mend"]:
            tell(f"    --mend would: {finding['mend']}")
        if finding["instead"]:
            tell(f"    {finding['instead']}")


class _Progress:
    """How far long work is: one line that changes on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._width = 0
        self._last = time.monotonic()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")

    def tell(self, what: str, done: int, total: int | None) -> None:
        """Show it, not more often than can be read."""
        now = time.monotonic()
        if now - self._last < (0.1 if self._is_shown else _BETWEEN_LINES_S):
            return
        self._last = now
        line = f"{what} …" if not done else f"{what}: {done:,}" + (f" of {total:,}" if total else "")
        if self._is_shown:
            sys.stderr.write("\r" + line.ljust(self._width))
            self._width = max(self._width, len(line))
            sys.stderr.flush()
        else:
            tell(line)
