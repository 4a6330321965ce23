"""From an item that calls an agent to its block, and the block of a result that stands in the same item."""

from __future__ import annotations

from typing import Any

from ell2a.messages import AgentCallBlock, Block, JsonValue, agent_call
from ell2a.providers.openai_responses.call_kinds import CARRIED, FUNCTION, CallKind, runs_there
from ell2a.providers.openai_responses.native_keys import carried, native_of
from ell2a.providers.openai_responses.own_results import read_own_result


def read_call(item: dict[str, Any], kind: CallKind, *, answer: bool = False) -> list[Block] | None:
    """The call, and its result where the item has it; None where the item is not of the documented shape.

    In an answer more is taken: no arguments, and an object where the wire has a text.
    """
    name = kind.name or item.get("name")
    item_id = item.get("id") if item.get("id") is not None else item.get("item_id")
    by_call = kind.id == "call_id"
    named_by = item.get("call_id") if by_call else item_id
    id = named_by if named_by is not None else item_id
    if not isinstance(name, str) or not isinstance(id, str) or not isinstance(item_id, str | None):
        return None
    arguments = _arguments(item, kind, answer)
    if arguments is None:
        return None
    result = read_own_result(item, kind, id)
    known = {"type", "id", "call_id", *kind.fields, *_fields(kind)}
    if result is not None:
        known |= set(kind.result)
    if answer:
        # Bedrock's items have these in the place of `id`.
        known |= {"item_id", "output_index"}
    told = carried(item, CARRIED, known)
    if told["namespace"] == name:
        told["namespace"] = True
    native = native_of(
        form=None if kind.type == FUNCTION else kind.type,
        item_id=item_id if by_call and named_by not in (None, item_id) else None,
        call_id=_pairing(named_by, item_id) if by_call else None,
        execution=_place(item) if kind.type == "tool_search_call" else None,
        **told,
    )
    call = AgentCallBlock(id=id, name=name, executed_by_provider=runs_there(item, kind), native=native, **arguments)
    return [call] if result is None else [call, result]


def _pairing(call_id: Any, item_id: Any) -> str | None:
    """How `native` tells which ids an item has, where they are not two of their own."""
    if call_id is None:
        return "absent"
    return "same" if call_id == item_id else None


def _place(item: dict[str, Any]) -> JsonValue:
    """Who runs a tool search, where `executed_by_provider` does not say it."""
    said = item.get("execution")
    return "absent" if said is None else said if said not in ("server", "client") else None


def _fields(kind: CallKind) -> set[str]:
    """The fields that say the name, the arguments and who runs it."""
    fields = {field for field in (kind.whole, kind.text) if field is not None}
    fields |= {"name"} if kind.name is None else set()
    return fields | ({"execution"} if kind.type == "tool_search_call" else set())


def _arguments(item: dict[str, Any], kind: CallKind, answer: bool) -> dict[str, JsonValue] | None:
    """The fields of an AgentCallBlock that say its arguments; None where they are of another shape."""
    if kind.text is not None:
        return _from_text(item.get(kind.text), kind, answer)
    if kind.whole is not None:
        value = item.get(kind.whole)
        return {"arguments": value} if isinstance(value, dict) else None
    return {"arguments": {field: item[field] for field in kind.fields if item.get(field) is not None}}


def _from_text(raw: Any, kind: CallKind, answer: bool) -> dict[str, JsonValue] | None:
    if answer and isinstance(raw, dict):
        return {"arguments": raw}
    if raw is None and answer:
        raw = ""
    if not isinstance(raw, str):
        return None
    if kind.free:
        # Free text: no JSON that could be parsed, whatever it looks like.
        return {"raw_arguments": raw}
    if raw == "":
        # So some services say that an agent is called without arguments.
        return {"arguments": {}, "raw_arguments": raw}
    read = agent_call("", "", raw)
    return {"arguments": read.arguments, "raw_arguments": read.raw_arguments}
