"""`ell2a-studio migrate` and `doctor`: the store, and what this machine has to offer."""

from __future__ import annotations

from typing import Any

import typer

from ell2a.studio.cli_options import AsJson, Store
from ell2a.studio.cli_output import tell, write_fields, write_json


def migrate(store: Store = None) -> None:
    """Bring a store to the newest revision. A SQLite file needs no such call: it is upgraded when it is opened.

    Example: ell2a-studio migrate --store postgresql+psycopg://localhost/ell2a
    """
    from ell2a.log import revisions
    from ell2a.log.store import migrate as bring_up

    before = bring_up(store)
    now = revisions.HEAD
    typer.echo(f"at revision {now}, as before" if before == now else f"from {before or 'nothing'} to revision {now}")


def doctor(as_json: AsJson = False, store: Store = None) -> None:
    """Tell how things stand: the store, the SDKs, and which keys are set (never a key itself).

    Example: ell2a-studio doctor --json
    """
    from ell2a.studio.health import health

    found = health(store)
    if as_json:
        write_json(found)
    else:
        _write(found)
    if found["store"]["fault"]:
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
    if kept["fault"]:
        tell(f"the store: {kept['fault']}")
