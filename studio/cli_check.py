"""`ell2a-studio providers check`: the laws held for one provider, with a report that can be read."""

from __future__ import annotations

from typing import Annotated

import typer

from ell2a.errors import Ell2aError
from ell2a.studio.cli_options import AsJson
from ell2a.studio.cli_output import tell

_NOTHING_TO_CHECK = 2


def check(
    name: Annotated[str, typer.Argument(help="FILE.py:CLASS, module:Class, or a provider's name.", show_default=False)],
    wire: Annotated[str | None, typer.Option("--wire", help="On this wire.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Hold the seven laws for a provider: no key, no network.

    CLASS is a subclass of ProviderConformance, or a Provider that one is about, in the same file or in test_FILE.py. A
    provider's name stands for itself with the samples of its wire; how it fared is then shown on its page of the studio.

    Ends with 0 where every law is held, with 1 where one is broken, with 2 where there is nothing to check.

    Example: ell2a-studio providers check openai

    Example: ell2a-studio providers check openai --wire openai-responses

    Example: ell2a-studio providers check test_mine.py:TestMine

    Example: ell2a-studio providers check mine.py:MyProvider --json
    """
    try:
        from ell2a.providers.conformance import telling
    except Ell2aError as error:
        # pytest or hypothesis are not installed: it says by what they are.
        tell(str(error))
        raise typer.Exit(_NOTHING_TO_CHECK) from error
    raise typer.Exit(telling.run(name, wire=wire, as_json=as_json))
