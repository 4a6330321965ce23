"""From the block of a call to its item."""

from __future__ import annotations

from typing import Any

from ell2a.messages import AgentCallBlock, compact_json
from ell2a.providers.openai_responses.call_kinds import CALL_KINDS, CARRIED, FUNCTION, CallKind, runs_there
from ell2a.providers.openai_responses.native_keys import key_of, put_back


def kind_of(block: AgentCallBlock) -> CallKind | None:
    """The kind of item that a call goes out as: the one that it came as, where it still fits.

    A call that this program runs is a function's otherwise; one that the provider ran is one of its own agents', by
    name and arguments. None where it is none of those.
    """
    said = CALL_KINDS.get(str(key_of(block.native, "form")))
    if said is not None and _fits(block, said):
        return said
    if not block.executed_by_provider:
        return CALL_KINDS[FUNCTION]
    named = (kind for kind in CALL_KINDS.values() if kind.name == block.name)
    return next((kind for kind in named if _fits(block, kind)), None)


def write_call(block: AgentCallBlock, kind: CallKind) -> dict[str, Any]:
    """The item of a call."""
    item: dict[str, Any] = {"type": kind.type, **_ids(block, kind)}
    if kind.name is None:
        item["name"] = block.name
    item.update(_arguments(block, kind))
    place = key_of(block.native, "execution")
    if kind.type == "tool_search_call" and place != "absent":
        item["execution"] = place or ("server" if block.executed_by_provider else "client")
    put_back(item, block.native, CARRIED)
    if item.get("namespace") is True:
        item["namespace"] = block.name
    return item


def _ids(block: AgentCallBlock, kind: CallKind) -> dict[str, Any]:
    pairing, item_id = key_of(block.native, "call_id"), key_of(block.native, "item_id")
    ids: dict[str, Any] = {}
    if kind.id == "id" or pairing in ("absent", "same"):
        ids["id"] = block.id
    elif item_id is not None:
        ids["id"] = item_id
    if kind.id == "call_id" and pairing != "absent":
        ids["call_id"] = block.id
    return ids


def _arguments(block: AgentCallBlock, kind: CallKind) -> dict[str, Any]:
    """The fields that are the arguments."""
    if kind.free:
        return {str(kind.text): _free_text(block)}
    if kind.text is not None:
        return {kind.text: "" if block.raw_arguments == "" and block.arguments == {} else block.arguments_text()}
    return {kind.whole: block.arguments} if kind.whole is not None else dict(block.arguments)


def _fits(block: AgentCallBlock, kind: CallKind) -> bool:
    """Whether the item can say all that the block says."""
    if kind.name is not None and kind.name != block.name:
        return False
    if kind.text is not None:
        return kind.executed == block.executed_by_provider
    if not isinstance(block.arguments, dict):
        return False
    if kind.type == "tool_search_call":
        return not (key_of(block.native, "execution") is not None and block.executed_by_provider)
    return (
        block.arguments.keys() <= set(kind.fields) and runs_there(block.arguments, kind) == block.executed_by_provider
    )


def _free_text(block: AgentCallBlock) -> str:
    if block.arguments is None:
        return block.raw_arguments or ""
    return block.arguments if isinstance(block.arguments, str) else compact_json(block.arguments)
