"""`ell2a-studio replay`: a logged call, sent to another model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ell2a.studio.cli_options import AsJson, Store
from ell2a.studio.cli_output import tell, write_json, write_table

if TYPE_CHECKING:
    from ell2a.replay import Plan


def replay(  # noqa: PLR0917  # typer reads options off the arguments
    id: Annotated[str, typer.Argument(help="The call's id.", show_default=False)],
    model: Annotated[str, typer.Option("--model", help="provider/model to send it to.", show_default=False)],
    wire: Annotated[str | None, typer.Option("--wire", help="The wire to use.", show_default=False)] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change",
            metavar="KEY=VALUE",
            help="Change a param or make a choice; JSON, or plain words. May be repeated.",
        ),
    ] = None,
    plan_only: Annotated[bool, typer.Option("--plan", help="Tell what would happen; send nothing.")] = False,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Replay a call on another provider or model: what carries over, then the answer.

    Example: ell2a-studio replay 01M822R7RX4YBETN8MAYVTGRM6 --model anthropic/claude-haiku-4-5 --change temperature=0 --plan
    """
    import ell2a
    import ell2a.replay

    ell2a.init(store=store)
    plan = ell2a.replay.plan(id, model=model, wire=wire, **_changes(change or []))
    if plan_only:
        _show_plan(plan, as_json=as_json)
        return
    if not as_json:
        _show_plan(plan, as_json=False)
    response = plan.run()
    if as_json:
        write_json({"id": response.call_id, "plan": plan.as_json()})
        return
    typer.echo(response.text)
    tell(f"the replay is call {response.call_id}")


def _changes(given: list[str]) -> dict[str, Any]:
    """`["temperature=0", "user_id=me"]` -> `{"temperature": 0, "user_id": "me"}`."""
    changes: dict[str, Any] = {}
    for words in given:
        key, equals, value = words.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{words!r} is not of the form KEY=VALUE", param_hint="--change")
        try:
            changes[key] = json.loads(value)
        except ValueError:
            changes[key] = value
    return changes


def _show_plan(plan: Plan, *, as_json: bool) -> None:
    told = plan.as_json()
    if as_json:
        write_json(told)
        return
    write_table(
        ("path", "action", "becomes", "why", "choices"),
        (
            (
                i["path"],
                i["action"],
                json.dumps(i["to"], ensure_ascii=False)[:60] if i.get("to") is not None else "",
                i.get("reason") or "",
                _choices(i),
            )
            for i in told["items"]
        ),
    )
    tell(f"{told['target']} on {told['wire']}: " + ("can be run" if told["runnable"] else "cannot be run as it stands"))


def _choices(item: dict[str, Any]) -> str:
    return ", ".join(str(c.get("change", c)) if isinstance(c, dict) else str(c) for c in item.get("choices") or ())
