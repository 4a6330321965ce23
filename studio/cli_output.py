"""What commands print: JSON for programs, tables for people, plain tab-separated lines where they are piped."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import typer


def write_json(value: Any) -> None:
    """A value as indented JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def write_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, one_line: bool = False) -> None:
    """Rows under headings: aligned on a terminal, one line a row with tabs between its fields where piped.

    `one_line`: on a terminal too a row is one line, the first field whole, the others cut where there is no room.
    """
    texts = [[_text(field) for field in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(headings), *texts]:
            typer.echo("\t".join(field.replace("\t", " ").replace("\n", " ") for field in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        whole = max((len(row[0]) for row in texts), default=0) if one_line and number == 0 else None
        table.add_column(heading, overflow="ellipsis" if one_line else "fold", no_wrap=one_line, min_width=whole)
    for row in texts:
        # Text, not str: a model's words are no markup of ours.
        table.add_row(*(Text(field) for field in row))
    Console().print(table)


def write_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Names and values, one a line."""
    for name, value in fields:
        typer.echo(f"{name:<16} {_text(value)}")


def tell(words: str) -> None:
    """A line for the person, not for the next program in the pipe."""
    typer.echo(words, err=True)


def _text(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float):
        return f"{value:,.0f}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(v) for v in value) or "—"
    # The words of models and providers reach the terminal without their control characters.
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in str(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} has no JSON form")
