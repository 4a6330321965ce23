"""Agent calls in assistant messages: `tool_calls`, custom ones among them, and the older `function_call`."""

from __future__ import annotations

from typing import Any

from ell2a.messages import AgentCallBlock, OpaqueBlock, agent_call, compact_json
from ell2a.providers.openai_chat.native_keys import WIRE, key_of, native_of, put_unlisted, unlisted

LEGACY = "function_call"
CUSTOM = "custom"


def read_tool_call(entry: Any, *, answer: bool = False) -> AgentCallBlock | OpaqueBlock:
    """The block of an entry of `tool_calls`; an opaque one where it is not of a documented shape.

    `index`, which some services send in whole answers too, only counts the list. In an answer more is taken: no id,
    no arguments, and arguments that are an object already.
    """
    kind = "function" if isinstance(entry, dict) and entry.get("type") is None else None
    kind = entry["type"] if isinstance(entry, dict) and isinstance(entry.get("type"), str) else kind
    inner = entry.get(kind) if kind in ("function", CUSTOM) else None
    if isinstance(inner, dict) and isinstance(inner.get("name"), str):
        id = entry.get("id")
        id = "" if id is None and answer else id
        read = _custom if kind == CUSTOM else _function
        block = read(id, entry, inner, answer) if isinstance(id, str) else None
        if block is not None:
            return block
    return OpaqueBlock(wire=WIRE, kind=kind or "tool_call", raw=entry, native=native_of(form="tool_call"))


def write_tool_call(block: AgentCallBlock) -> dict[str, Any]:
    """The entry of `tool_calls` of a block."""
    if key_of(block.native, "form") == CUSTOM:
        entry = {"id": block.id, "type": CUSTOM, CUSTOM: {"name": block.name, "input": _input(block)}}
    else:
        function = {"name": block.name, "arguments": _arguments(block)}
        entry = {"id": block.id, "type": "function", "function": function}
    extra = key_of(block.native, "extra_content")
    if extra is not None:
        entry["extra_content"] = extra
    return put_unlisted(entry, block.native)


def read_function_call(given: Any, taken_ids: set[str], *, answer: bool = False) -> AgentCallBlock | None:
    """The block of a `function_call`; None where it is not of the documented shape.

    It has no id on the wire: one is made of its name, told apart from the ids that are taken.
    """
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        return None
    raw = "" if given.get("arguments") is None and answer else given.get("arguments")
    if not isinstance(raw, str):
        return None
    first = id = f"call_{given['name']}"
    number = 1
    while id in taken_ids:
        number += 1
        id = f"{first}_{number}"
    native = native_of(form=LEGACY, openai_chat_extra=unlisted(given, ("name", "arguments")))
    return _called(id, given["name"], raw, native=native)


def write_function_call(block: AgentCallBlock) -> dict[str, Any]:
    """The `function_call` of a block."""
    return put_unlisted({"name": block.name, "arguments": _arguments(block)}, block.native)


def is_legacy(block: AgentCallBlock) -> bool:
    """Whether the block came as a `function_call`, and goes back as one."""
    return bool(key_of(block.native, "form") == LEGACY)


def _function(id: str, entry: dict[str, Any], inner: dict[str, Any], answer: bool) -> AgentCallBlock | None:
    raw = inner.get("arguments")
    native = native_of(
        extra_content=entry.get("extra_content"),
        openai_chat_extra=_unlisted(entry, "function", unlisted(inner, ("name", "arguments"))),
    )
    if answer and isinstance(raw, dict):
        return AgentCallBlock(id=id, name=inner["name"], arguments=raw, native=native)
    raw = "" if raw is None and answer else raw
    return _called(id, inner["name"], raw, native=native) if isinstance(raw, str) else None


def _called(id: str, name: str, raw: str, **more: Any) -> AgentCallBlock:
    if raw == "":
        # So some services say that an agent is called without arguments.
        return AgentCallBlock(id=id, name=name, arguments={}, raw_arguments=raw, **more)
    return agent_call(id, name, raw, **more)


def _arguments(block: AgentCallBlock) -> str:
    return "" if block.raw_arguments == "" and block.arguments == {} else block.arguments_text()


def _custom(id: str, entry: dict[str, Any], inner: dict[str, Any], _: bool) -> AgentCallBlock | None:
    if not isinstance(inner.get("input"), str):
        return None
    # The input is free text: no JSON that could be parsed, whatever it looks like.
    return AgentCallBlock(
        id=id,
        name=inner["name"],
        raw_arguments=inner["input"],
        native=native_of(form=CUSTOM, openai_chat_extra=_unlisted(entry, CUSTOM, unlisted(inner, ("name", "input")))),
    )


def _unlisted(entry: dict[str, Any], kind: str, inner: dict[str, Any] | None) -> dict[str, Any] | None:
    rest = unlisted(entry, ("id", "type", "index", "extra_content", kind)) or {}
    return {**rest, kind: inner} if inner else rest or None


def _input(block: AgentCallBlock) -> str:
    if block.arguments is None:
        return block.raw_arguments or ""
    return block.arguments if isinstance(block.arguments, str) else compact_json(block.arguments)
