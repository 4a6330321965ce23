"""`ell2a-studio providers` and `models`: what the providers can do, the same content as /api/providers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from ell2a.studio.cli_check import check
from ell2a.studio.cli_options import AsJson, Model, Store
from ell2a.studio.cli_output import tell, write_fields, write_json, write_table

app = typer.Typer(
    help="What the providers can do, and which params they take.", no_args_is_help=True, rich_markup_mode=None
)

Wire = Annotated[str | None, typer.Option("--wire", help="On this wire.", show_default=False)]


app.command()(check)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List every provider: its wires, whether its SDK and its key are there.

    Example: ell2a-studio providers list
    """
    from ell2a.studio.inspector import provider_list

    listed = provider_list()
    if as_json:
        write_json(listed)
        return
    write_table(
        ("provider", "wires", "sdk", "key", "models", "address"),
        (
            (
                p["name"],
                [w["name"] for w in p["wires"]],
                _sdk(p),
                _key(p["key"]),
                len(p["models"]) or "any",
                p["base_url"],
            )
            for p in listed
        ),
    )


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The provider's name.", show_default=False)],
    model: Model = None,
    wire: Wire = None,
    as_json: AsJson = False,
) -> None:
    """Show one provider: capabilities with their sources, and every param.

    Example: ell2a-studio providers show openai --model gpt-4o-mini
    """
    from ell2a.studio.inspector import provider_detail

    found = provider_detail(name, model, wire)
    if as_json:
        write_json(found)
        return
    write_fields(
        [
            ("provider", f"{found['title']} ({found['name']})"),
            ("wire", _wires(found)),
            ("address", found["base_url"]),
            ("sdk", _sdk(found)),
            ("key", _key(found["key"])),
            ("docs", found["docs"]),
            ("laws", _laws(found["conformance"])),
        ]
    )
    typer.echo()
    write_table(
        ("capability", "", "value", "known from"),
        ((c, f["state"], f["value"], _source(f)) for c, f in found["capabilities"].items()),
    )
    typer.echo()
    write_table(
        ("part of the row", "known from", "uncertain"),
        ((s["part"], s["source"], s["uncertain"] or "") for s in found["sources"]),
    )
    if found["params_fault"]:
        tell(found["params_fault"])
    typer.echo()
    write_table(("param", "type", "default", "range", "allowed"), (_param(p) for p in found["params"]))
    if found["observations"]:
        typer.echo()
        write_table(
            ("observed", "model", "refused", "on", "call", "in its words"),
            (
                (o["kind"], o["model"], _observed(o), o["as_of"], o["call_id"], o["words"])
                for o in found["observations"]
            ),
        )
    if found["listed"]:
        typer.echo()
        tell(f"what {name} says of {model}, {found['listed']['as_of']}:")
        write_table(
            ("field", "value"), ((k, json.dumps(v, ensure_ascii=False)) for k, v in found["listed"]["entry"].items())
        )


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(help="Two to six providers, or provider/model.", show_default=False)],
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Compare providers side by side: capabilities and params, aligned by what they mean.

    Example: ell2a-studio providers compare openai anthropic
    """
    from ell2a.studio import inspector

    try:
        found = inspector.compare(names, model)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        write_json(found)
        return
    headings = ["", *(p["name"] if not p["model"] else f"{p['name']}/{p['model']}" for p in found["providers"])]
    write_table(headings, ([r["name"], *(_fact(f) for f in r["facts"])] for r in found["capabilities"]))
    typer.echo()
    write_table(["param", *headings[1:]], ([r["name"], *(_cell(c) for c in r["params"])] for r in found["params"]))


@app.command()
def refresh(
    name: Annotated[str, typer.Argument(help="The provider's name.", show_default=False)],
    wire: Wire = None,
    as_json: AsJson = False,
    store: Store = None,
) -> None:
    """Ask a provider which models it has, keep the list with its date, and tell what changed since the last time.

    Example: ell2a-studio providers refresh openrouter
    """
    import ell2a

    if store is not None:
        ell2a.init(store=store)
    found = ell2a.refresh(name, wire=wire, progress=tell)
    if as_json:
        write_json(found.as_json())
        return
    told, diff = found.snapshot, found.diff
    if not found.is_new:
        typer.echo(f"nothing changed since snapshot {told.number} of {told.taken_at:%Y-%m-%d}: {told.models} models")
        return
    typer.echo(f"snapshot {told.number} of {name}, {told.taken_at:%Y-%m-%d}: {told.models} models")
    if told.number == 1:
        typer.echo("it is the first; the next is compared with it")
    write_table(("model", "change", "field", "before", "after"), _changes(diff.as_json(), first=told.number == 1))


def models(
    query: Annotated[str, typer.Argument(help="Part of a name.", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """List the models that ell2a knows by name; any other is written as provider/model.

    Example: ell2a-studio models claude
    """
    from ell2a.studio.inspector import provider_list

    found = [
        {"provider": p["name"], "model": m}
        for p in provider_list()
        for m in p["models"]
        if query.lower() in f"{p['name']}/{m}".lower()
    ]
    if as_json:
        write_json(found)
        return
    write_table(("model",), ((f"{m['provider']}/{m['model']}",) for m in found))
    if not found:
        tell(f"no known model has {query!r} in its name; another is written as provider/model")


def _changes(diff: dict[str, Any], *, first: bool) -> Iterator[tuple[object, ...]]:
    for model in diff["added"]:
        yield model, "listed" if first else "added", "", "", ""
    for model in diff["gone"]:
        yield model, "gone", "", "", ""
    for change in diff["changed"]:
        for field in change["fields"]:
            before = "not there" if field["kind"] == "added" else json.dumps(field["before"], ensure_ascii=False)
            after = "not there" if field["kind"] == "gone" else json.dumps(field["after"], ensure_ascii=False)
            yield change["model"], field["kind"], field["path"], before, after


def _laws(told: dict[str, Any]) -> str:
    if told["checked_at"] is None:
        return f"not checked here: {told['command']}"
    broken = ", ".join(str(law["law"]) for law in told["laws"] if not law["held"])
    words = (
        f"{told['kept']} of {len(told['laws'])} held on {told['checked_at'][:10]}, ell2a {told['ell2a']}, {told['sdk']}"
    )
    words += f"; broken: {broken}" if broken else ""
    words += f"; {told['outdated']}" if told["outdated"] else ""
    return f"{words}; again: {told['command']}"


def _wires(provider: dict[str, Any]) -> str:
    others = [w["name"] for w in provider["wires"] if w["name"] != provider["wire"]]
    return f"{provider['wire']}; also {', '.join(others)}, by --wire" if others else provider["wire"]


def _sdk(provider: dict[str, Any]) -> str:
    sdk = provider["sdk"]
    if sdk is None:
        return provider["fault"] or "—"
    return f"{sdk['package']} {sdk['installed']}" if sdk["installed"] else f"not installed: {sdk['install']}"


def _key(key: dict[str, Any]) -> str:
    if key["unset"]:
        missing = [] if key["present"] or not key["needed"] else [" or ".join(key["variables"])]
        return f"missing: {', '.join([*missing, *key['unset']])}"
    if not key["needed"]:
        return "none needed"
    return "present" if key["present"] else f"missing: {' or '.join(key['variables'])}"


def _observed(seen: dict[str, Any]) -> str:
    return seen["name"] if seen["value"] is None else f"{seen['name']} = {json.dumps(seen['value'])}"


def _source(fact: dict[str, Any]) -> str:
    source = f"row: {fact['detail']}" if fact["source"] == "row" and fact["detail"] else fact["source"]
    parts = (source, fact["as_of"], f"call {fact['call_id']}" if fact["call_id"] else None)
    return ", ".join(part for part in parts if part)


def _fact(fact: dict[str, Any]) -> str:
    if fact["value"] is None or fact["state"] == "unknown":
        return str(fact["state"])
    value = fact["value"]
    return f"{fact['state']} ({', '.join(map(str, value)) if isinstance(value, list) else value})"


def _param(param: dict[str, Any]) -> tuple[object, ...]:
    seen = param["observed"]
    allowed = "yes" if param["allowed"] else f"no: {param['why_not']}"
    if seen and param["allowed"]:
        allowed = f"observed: refused on {seen['as_of']}, call {seen['call_id']}"
    return param["name"], param["type"], param["default"] or "", param["range_text"] or "", allowed


def _cell(params: list[dict[str, Any]]) -> str:
    return "; ".join(f"{p['name']}: {p['type']}" + ("" if p["allowed"] else " (not to be given)") for p in params)
