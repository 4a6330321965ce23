"""`ell2a-studio providers` and `models`: what the providers can do, the same content as /api/providers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ell2a.studio.cli_options import AsJson, Model
from ell2a.studio.cli_output import tell, write_fields, write_json, write_table

app = typer.Typer(
    help="What the providers can do, and which params they take.", no_args_is_help=True, rich_markup_mode=None
)

Wire = Annotated[str | None, typer.Option("--wire", help="On this wire.", show_default=False)]


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
            ("wire", found["wire"]),
            ("address", found["base_url"]),
            ("sdk", _sdk(found)),
            ("key", _key(found["key"])),
            ("docs", found["docs"]),
        ]
    )
    typer.echo()
    write_table(
        ("capability", "", "value", "known from"),
        ((c, f["state"], f["value"], _source(f)) for c, f in found["capabilities"].items()),
    )
    if found["params_fault"]:
        tell(found["params_fault"])
    typer.echo()
    write_table(("param", "type", "default", "range", "allowed"), (_param(p) for p in found["params"]))


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


def _sdk(provider: dict[str, Any]) -> str:
    sdk = provider["sdk"]
    if sdk is None:
        return provider["fault"] or "—"
    return f"{sdk['package']} {sdk['installed']}" if sdk["installed"] else f"not installed: {sdk['install']}"


def _key(key: dict[str, Any]) -> str:
    if not key["needed"]:
        return "none needed"
    return "present" if key["present"] else f"missing: {' or '.join(key['variables'])}"


def _source(fact: dict[str, Any]) -> str:
    return f"{fact['source']}, {fact['as_of']}" if fact["as_of"] else fact["source"]


def _fact(fact: dict[str, Any]) -> str:
    return fact["state"] if fact["value"] is None else f"{fact['state']} ({fact['value']})"


def _param(param: dict[str, Any]) -> tuple[object, ...]:
    allowed = "yes" if param["allowed"] else f"no: {param['why_not']}"
    return param["name"], param["type"], param["default"] or "", param["range_text"] or "", allowed


def _cell(params: list[dict[str, Any]]) -> str:
    return "; ".join(f"{p['name']}: {p['type']}" + ("" if p["allowed"] else " (not to be given)") for p in params)
