"""`ell2a-studio demo`: the studio with a sandbox and calls that arrive while one looks."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from ell2a.studio.cli_options import Open, Port


def demo(
    port: Port = 4242,
    open_browser: Open = True,
    store: Annotated[
        str | None,
        typer.Option(
            "--store", metavar="URL", help="Keep the calls in this store. Default: a fresh one, gone afterwards."
        ),
    ] = None,
) -> None:
    """Look at the studio with no key and no network: a model server on this machine answers by rule.

    Example: ell2a-studio demo --port 4300 --no-open
    """
    from ell2a.studio.demo import run_demo

    # Ctrl-C is how one leaves.
    with suppress(KeyboardInterrupt):
        run_demo(port=port, open_browser=open_browser, store=store, tell=typer.echo)
