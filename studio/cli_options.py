"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="A path or a database URL. Default: ELL2A_STORE, else a file in your data folder.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
Host = Annotated[str, typer.Option("--host", help="Where to listen. An address that others can reach needs a token.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")]
Open = Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")]
Model = Annotated[str | None, typer.Option("--model", help="What holds for this model.", show_default=False)]
