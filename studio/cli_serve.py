"""`ell2a-studio serve`: the studio of the user's own store."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Annotated

import typer

from ell2a.errors import Ell2aError
from ell2a.studio.cli_options import Host, Open, Port, Store

TOKEN_VARIABLE = "ELL2A_STUDIO_TOKEN"  # noqa: S105  # the name of the variable


def serve(
    store: Store = None,
    host: Host = "127.0.0.1",
    port: Port = 4242,
    open_browser: Open = True,
    token: Annotated[
        str | None,
        typer.Option("--token", help=f"Ask for this token. Default: {TOKEN_VARIABLE}.", show_default=False),
    ] = None,
) -> None:
    """Serve the studio of your store. This is what `ell2a-studio` alone does.

    Example: ell2a-studio serve --store ./calls.db --port 4300 --no-open
    """
    import ell2a
    from ell2a.log import CallLog
    from ell2a.studio.address import TokenRequired
    from ell2a.studio.app import create_app
    from ell2a.studio.serving import serve as run

    log = CallLog.open(store)
    # Replays that are run from a page go to the store that is looked at.
    ell2a.init(store=store)
    try:
        try:
            app = create_app(log, host=host, port=port, token=token or os.environ.get(TOKEN_VARIABLE))
        except TokenRequired as error:
            raise Ell2aError(f"{error} A token is given by --token or {TOKEN_VARIABLE}.") from error
        # Ctrl-C is how one leaves.
        with suppress(KeyboardInterrupt):
            run(app, host, port, open_browser=open_browser, on_listening=_told)
    finally:
        log.close()


def _told(url: str) -> None:
    typer.echo(f"the studio is at {url} (Ctrl-C stops it)")
