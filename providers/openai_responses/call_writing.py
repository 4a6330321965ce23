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
    item: dict[str, Any] = {"type": kind.type}
    item_id = key_of(block.native, "item_id")
    if kind.id == "id" or key_of(block.native, "call_id") == "absent":
        item["id"] = block.id
    else:
        if item_id is not None:
            item["id"] = item_id
        item["call_id"] = block.id
    if kind.name is None:
        item["name"] = block.name
    if kind.free:
        item[str(kind.text)] = _free_text(block)
    elif kind.text is not None:
        item[kind.text] = "" if block.raw_arguments == "" and block.arguments == {} else block.arguments_text()
    elif kind.whole is not None:
        item[kind.whole] = block.arguments
    else:
        item.update(block.arguments)
    if kind.type == "tool_search_call" and key_of(block.native, "execution") != "absent":
        item["execution"] = "server" if block.executed_by_provider else "client"
    return put_back(item, block.native, CARRIED)


def _fits(block: AgentCallBlock, kind: CallKind) -> bool:
    """Whether the item can say all that the block says."""
    if kind.name is not None and kind.name != block.name:
        return False
    if kind.text is not None:
        return kind.executed == block.executed_by_provider
    if not isinstance(block.arguments, dict):
        return False
    if kind.type == "tool_search_call":
        return not (key_of(block.native, "execution") == "absent" and block.executed_by_provider)
    return (
        block.arguments.keys() <= set(kind.fields) and runs_there(block.arguments, kind) == block.executed_by_provider
    )


def _free_text(block: AgentCallBlock) -> str:
    if block.arguments is None:
        return block.raw_arguments or ""
    return block.arguments if isinstance(block.arguments, str) else compact_json(block.arguments)
