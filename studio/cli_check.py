"""`ell2a-studio providers check`: the laws held for one provider, with a report that can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ell2a.errors import Ell2aError, UnknownProvider
from ell2a.studio.cli_options import AsJson
from ell2a.studio.cli_output import tell, write_json

if TYPE_CHECKING:
    from ell2a.providers import Provider
    from ell2a.providers.conformance import CheckResult, LawResult

_BROKEN, _NOTHING_TO_CHECK = 1, 2


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
        from ell2a.providers.conformance import check as hold_all
        from ell2a.providers.conformance.finding import subject_at

        subject = subject_at(name, wire=wire)
        if not as_json:
            tell(f"{subject.instance.name} on {subject.instance.wire}: each law takes some seconds")
        result = hold_all(subject, progress=None if as_json else _told)
        _keep(subject.instance, result.as_json())
    except (Ell2aError, ImportError) as error:
        tell(str(error))
        raise typer.Exit(_NOTHING_TO_CHECK) from error
    if as_json:
        write_json(result.as_json())
    else:
        _write_end(result)
    if not result.held:
        raise typer.Exit(_BROKEN)


def _told(law: LawResult) -> None:
    """One line a law as soon as it is done, and what breaks it below."""
    word = "held  " if law.held else "BROKEN"
    cases = f"{law.cases:>6} cases" if law.cases else "            " if law.broken else "not declared"
    typer.echo(f"law {law.number}  {word}  {law.name:<25} {cases}  {law.seconds:6.1f} s")
    if law.broken is not None:
        typer.echo("\n" + "\n".join(f"    {line}" for line in str(law.broken).splitlines()) + "\n")


def _keep(provider: Provider, result: dict[str, Any]) -> None:
    """Keep the result for the inspector, where it shows this very class under this name."""
    from ell2a.providers import law_records, registry

    try:
        shown = registry.get(provider.name, provider.wire)
    except UnknownProvider:
        return
    ours, theirs = type(provider), type(shown)
    if (ours.__module__, ours.__qualname__) != (theirs.__module__, theirs.__qualname__):
        return
    try:
        law_records.keep(provider, result)
    except OSError as error:
        tell(f"the result could not be kept for the studio: {error}")


def _write_end(result: CheckResult) -> None:
    kept = sum(law.held for law in result.laws)
    typer.echo(
        f"{result.provider} on {result.wire} ({result.sdk}): {kept} of {len(result.laws)} laws, {result.seconds:.1f} s"
    )
    broken = [str(law.number) for law in result.laws if not law.held]
    if broken:
        typer.echo(f"broken: law {', '.join(broken)}. What each asks for: docs/new-provider.md, `What the laws ask`.")
