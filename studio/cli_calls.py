"""`ell2a-studio calls` and `show`: reading the log in a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ell2a.errors import StoreError
from ell2a.studio.cli_options import AsJson, Store
from ell2a.studio.cli_output import tell, write_fields, write_json, write_table

if TYPE_CHECKING:
    from ell2a.log import CallLog
    from ell2a.log.views import CallDetail, CallSummary

_PAGE = 200


def calls(
    filter: Annotated[str, typer.Argument(help="The filter grammar, plain words included.", show_default=False)] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """List the newest calls.

    Example: ell2a-studio calls 'provider:openai status:error' --limit 5
    """
    _tell_problems(filter)
    with _reading(store) as log:
        found, more = _newest(log, filter, limit)
    if as_json:
        from ell2a.studio.json_answer import summary_json

        write_json({"items": [summary_json(c) for c in found], "next": more})
        return
    write_table(
        ("id", "status", "model", "lmp", "in", "out", "ms", "answer", "when"),
        (
            (
                c.id,
                c.status,
                f"{c.provider}/{c.model}",
                c.lmp,
                c.input_tokens,
                c.output_tokens,
                c.duration_ms,
                c.answer[:80],
                c.started_at,
            )
            for c in found
        ),
        one_line=True,
    )
    if not found:
        tell("no calls" + (f" fit {filter!r}" if filter else " in this store yet; `ell2a-studio demo` makes some"))


def show(
    id: Annotated[str, typer.Argument(help="The call's id.", show_default=False)],
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Show one call whole: messages, answer, params, usage, error.

    Example: ell2a-studio show 01M822R7RX4YBETN8MAYVTGRM6 --json
    """
    with _reading(store) as log:
        detail = log.call(id)
    if as_json:
        write_json(detail.as_json())
    else:
        _write_call(detail)


def _tell_problems(filter: str) -> None:
    """What of a filter could not be read; the rest of it applies."""
    from ell2a.log.filters import parse

    for problem in parse(filter).problems:
        tell(problem.message)


@contextmanager
def _reading(store: str | None) -> Iterator[CallLog]:
    """The log of a store that is there: a mistyped path makes no new one."""
    from ell2a.log import CallLog
    from ell2a.log.location import Location

    location = Location.of(store)
    if location.path is not None and not location.path.exists():
        raise StoreError(f"there is no store at {location.path}; the first logged call makes it.")
    log = CallLog.open(store)
    try:
        yield log
    finally:
        log.close()


def _newest(log: CallLog, filter: str, limit: int) -> tuple[list[CallSummary], str | None]:
    """The newest calls, and the cursor of what follows."""
    from ell2a.log.views import CallFilter

    found: list[CallSummary] = []
    cursor = None
    while len(found) < limit:
        page = log.calls(CallFilter(q=filter), cursor=cursor, limit=min(limit - len(found), _PAGE))
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    return found, cursor


def _write_call(detail: CallDetail) -> None:
    call, metadata = detail.summary, detail.metadata
    write_fields(
        [
            ("id", call.id),
            ("status", call.status),
            ("model", f"{call.provider}/{call.model} on {call.wire}"),
            ("answered by", call.response_model),
            ("lmp", call.lmp),
            ("when", call.started_at),
            ("took", f"{call.duration_ms:,.0f} ms" if call.duration_ms is not None else None),
            ("tokens", f"{call.input_tokens} in, {call.output_tokens} out" if call.input_tokens is not None else None),
            ("cost", f"{call.cost} {call.currency}" if call.cost is not None else "unknown"),
            ("finished by", (metadata.get("finish_reason") or {}).get("unified")),
            ("params", json.dumps(detail.api_params, ensure_ascii=False)),
            ("replay of", call.replay_of),
            ("replays", [r.id for r in detail.replays]),
        ]
    )
    for message in [*detail.messages, *detail.response_messages]:
        typer.echo(f"\n[{message['role']}]")
        for line in _lines(message["content"]):
            typer.echo(line)
    if detail.error:
        typer.echo(f"\n[error] {detail.error['class']}: {detail.error['message']}")


def _lines(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for block in blocks:
        kind = block["type"]
        if kind in ("text", "refusal"):
            yield block["text"] if kind == "text" else f"(refusal) {block['text']}"
        elif kind == "thinking":
            yield f"(thinking) {block.get('text') or '(not shown)'}"
        elif kind == "agent_call":
            yield f"→ {block['name']}({json.dumps(block.get('arguments'), ensure_ascii=False)})"
        elif kind == "agent_result":
            yield f"← {'error: ' if block.get('is_error') else ''}{' '.join(_lines(block['content']))}"
        elif kind == "parsed":
            yield json.dumps(block["value"], ensure_ascii=False)
        else:
            yield f"({kind} {block.get('media_type') or block.get('kind') or ''})".replace(" )", ")")
