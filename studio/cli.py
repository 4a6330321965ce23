"""The command `ell2a-studio`: every subcommand in one list, and what becomes of their errors.

Nothing heavy is imported here: the web framework, the database and the SDKs come with the command that needs them.
"""

from __future__ import annotations

import signal
import sys

import typer

from ell2a.errors import Ell2aError
from ell2a.studio import cli_calls, cli_demo, cli_providers, cli_replay, cli_serve, cli_store

app = typer.Typer(
    name="ell2a-studio",
    help=(
        "Browse the logged calls of language models, compare the providers, replay a call elsewhere.\n\n"
        "Without a command it serves the studio: ell2a-studio --port 4242"
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(cli_serve.serve)
app.command("demo")(cli_demo.demo)
app.command("calls")(cli_calls.calls)
app.command("show")(cli_calls.show)
app.command("replay")(cli_replay.replay)
app.add_typer(cli_providers.app, name="providers")
app.command("models")(cli_providers.models)
app.command("migrate")(cli_store.migrate)
app.command("doctor")(cli_store.doctor)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. An error of ell2a is one line on stderr and exit code 1."""
    given = sys.argv[1:] if arguments is None else arguments
    # Told to stop, a command leaves through its `with` blocks: the demo takes its store and its program along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        app(_with_command(given))
    except Ell2aError as error:
        typer.echo(f"ell2a-studio: {error}", err=True)
        raise SystemExit(1) from error


def _with_command(arguments: list[str]) -> list[str]:
    """`ell2a-studio --port 4242` means `ell2a-studio serve --port 4242`."""
    if arguments and (not arguments[0].startswith("-") or arguments[0] in ("-h", "--help")):
        return arguments
    return ["serve", *arguments]


if __name__ == "__main__":
    main()
