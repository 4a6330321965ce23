"""The marks of a translation report: what became of one part of a call on its way to a wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ell2a.messages import compact_json
from ell2a.studio import formats, json_tree
from ell2a.studio.conversation import at

ORDER = ("refused", "kept", "renamed", "converted", "moved", "defaulted", "clamped", "dropped")

_BLOCKS = {
    "text": None, "image": "media", "audio": "media", "video": "media", "document": "media", "thinking": "thinking",
    "agent_call": "agent", "agent_result": "agent", "parsed": "parsed", "refusal": None, "opaque": "opaque",
}  # fmt: skip
"""Block type -> the hue of its row; None takes that of the role."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One item of a report, ready to be shown."""

    path: str
    label: str
    """The part in words: `temperature`, `message 2, image`."""
    group: str
    """`Params`, `Messages`, `Agents` or `Call`."""
    hue: str
    """Which row of the parallel text it is: system, user, assistant, thinking, agent, media, parsed, opaque, param."""
    action: str
    reason: str | None
    value: str
    """What stood in the call, in one line."""
    place: str | None
    """Where it went in the native request; None where it has no leaf there."""
    native: Markup | None
    """What stands there, as a tree."""
    became: str | None
    """What stands there, in one line."""


def marks(items: Iterable[Mapping[str, Any]], call: Mapping[str, Any], request: Any) -> list[Mark]:
    """The items of a report beside what they speak of. `call` is a whole call's JSON."""
    return [_mark(item, call, request) for item in items]


def counts(items: Iterable[Mapping[str, Any] | Mark]) -> list[tuple[str, int]]:
    """How often each action occurs, in the order in which they are told."""
    found = Counter(i.action if isinstance(i, Mark) else i["action"] for i in items)
    return [(action, found[action]) for action in ORDER if found[action]]


def _mark(item: Mapping[str, Any], call: Mapping[str, Any], request: Any) -> Mark:
    path = item["path"]
    block = at(call, path)
    place, native = _native(item.get("to"), request)
    shown = native is not _NOTHING
    return Mark(
        path=path,
        label=_label(path, block),
        group=_group(path),
        hue=_hue(path, block, call),
        action=item["action"],
        reason=item.get("reason"),
        value=formats.one_line(_words(block), 300) if block is not None else "",
        place=place,
        native=json_tree.tree(native, open_depth=1) if shown else None,
        became=formats.one_line(_words(native), 300) if shown else None,
    )


_NOTHING = object()


def _native(to: Any, request: Any) -> tuple[str | None, Any]:
    """The place that an item names and what stands there: `to` is a path in the request, or {place: value}."""
    if isinstance(to, str):
        return to, _standing_at(request, to)
    if isinstance(to, Mapping) and to:
        return ", ".join(map(str, to)), next(iter(to.values())) if len(to) == 1 else dict(to)
    return None, _NOTHING


def _standing_at(request: Any, place: str) -> Any:
    """What stands at a place. Several texts of ours may be one string there: then it is that string."""
    value = request
    for step in place.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, (list, tuple)) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return value if isinstance(value, str) else _NOTHING
    return value


def _group(path: str) -> str:
    first = path.split(".", maxsplit=1)[0]
    return {"api_params": "Params", "messages": "Messages", "agents": "Agents"}.get(first, "Call")


def _label(path: str, block: Any) -> str:
    steps = path.split(".")
    if steps[0] == "api_params":
        return ".".join(steps[1:])
    if steps[0] == "messages" and len(steps) > 1 and steps[1].isdigit():
        kind = str(block.get("type", "")).replace("_", " ") if isinstance(block, Mapping) else ""
        what = f"native {steps[-1]}" if "native" in steps else kind or "message"
        return f"message {int(steps[1]) + 1}, {what}"
    if steps[0] == "agents" and isinstance(block, Mapping):
        return f"agent {block.get('name') or (block.get('raw') or {}).get('type', '')}"
    return path.replace("_", " ")


def _hue(path: str, block: Any, call: Mapping[str, Any]) -> str:
    steps = path.split(".")
    if steps[0] == "agents":
        return "agent"
    if steps[0] == "response_format":
        return "parsed"
    if steps[0] != "messages":
        return "param"
    own = _BLOCKS.get(block.get("type", "")) if isinstance(block, Mapping) else None
    return own or str(at(call, ".".join([*steps[:2], "role"])) or "param")


def _words(value: Any) -> str:
    """A value in words: of a block, what it says."""
    if isinstance(value, str):
        return value[:2000]
    if isinstance(value, Mapping):
        kind = value.get("type")
        if kind in {"text", "thinking", "refusal"} and isinstance(value.get("text"), str):
            return str(value["text"][:2000])
        if kind == "agent_result":
            return " ".join(_words(b) for b in value.get("content", ()))[:2000]
        if kind == "agent_call" and value.get("name"):
            return f"{value['name']}({compact_json(value.get('arguments'))[:2000]})"
        if kind in {"image", "audio", "video", "document"} and "role" not in value:
            said = value.get("media_type") or kind
            return f"{said} {value.get('url') or value.get('file_id') or value.get('title') or ''}".strip()
        if kind in {"json_schema", "agent"} or "schema" in value:
            return str(value.get("name") or compact_json(value))[:2000]
    return compact_json(value)[:2000]
