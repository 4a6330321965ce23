"""From an item that brings a result back to its block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ell2a.messages import AgentResultBlock, Block, ImageBlock, TextBlock, compact_json
from ell2a.providers.openai_responses.call_kinds import CALL_KINDS, CARRIED, OUTPUTS
from ell2a.providers.openai_responses.native_keys import carried, native_of
from ell2a.providers.openai_responses.part_reading import read_content, read_part

PLAIN = "function_call_output"
LOCAL_SHELL = "local_shell_call_output"
SCREENSHOT = "computer_screenshot"


def read_result(item: dict[str, Any], called: dict[str, str]) -> AgentResultBlock | None:
    """The result; None where the item is not of the documented shape.

    `called` is id -> type of the calls so far: a result without `call_id` is of the last one of its kind.
    """
    kind = item["type"]
    item_id, call_id = item.get("id"), item.get("call_id")
    absent = call_id is None
    if absent:
        # The result of a local shell is named by the id of its call, the others by their place.
        call_id = item_id if kind == LOCAL_SHELL else last_call(kind, called)
    read = _READERS[kind](item)
    if not isinstance(call_id, str) or not isinstance(item_id, str | None) or read is None:
        return None
    content, known = read
    failed = kind == "apply_patch_call_output" and item.get("status") == "failed"
    keys = [key for key in (*CARRIED, "execution") if key not in known]
    told = carried(item, keys, ("type", "id", "call_id", *known))
    native = native_of(
        form=None if kind == output_of(called.get(call_id)) else kind,
        item_id=None if absent and kind == LOCAL_SHELL else item_id,
        call_id="absent" if absent else None,
        **told,
    )
    return AgentResultBlock(call_id=call_id, content=content, is_error=failed, native=native)


def last_call(output: str, called: dict[str, str]) -> str | None:
    """The last of some calls (id -> type, in order) that items of this type answer."""
    return next((id for id in reversed(called) if called[id] == OUTPUTS[output]), None)


def output_of(called_as: str | None) -> str:
    """The type of item that answers a call of a type; of a call that is not in sight, a function's."""
    called = CALL_KINDS.get(called_as or "")
    return called.output if called is not None and called.output is not None else PLAIN


Read = tuple[list[Block], tuple[str, ...]] | None
"""The content of a result, and the fields that it accounts for."""


def _output(item: dict[str, Any]) -> Read:
    content = read_content(item.get("output"), "result")
    return None if content is None else (content, ("output",))


def _screenshot(item: dict[str, Any]) -> Read:
    given = item.get("output")
    if not isinstance(given, dict) or given.get("type") != SCREENSHOT:
        return None
    block = read_part({**given, "type": "input_image"}, "result")
    return ([block], ("output",)) if isinstance(block, ImageBlock) else None


def _text(field: str) -> Callable[[dict[str, Any]], Read]:
    def read(item: dict[str, Any]) -> Read:
        text = item.get(field)
        return ([TextBlock(text=text)], (field,)) if isinstance(text, str) else None

    return read


def _json(field: str) -> Callable[[dict[str, Any]], Read]:
    def read(item: dict[str, Any]) -> Read:
        given = item.get(field)
        return ([TextBlock(text=compact_json(given))], (field,)) if isinstance(given, list) else None

    return read


def _patch(item: dict[str, Any]) -> Read:
    text = item.get("output")
    if item.get("status") not in ("completed", "failed") or not isinstance(text, str | None):
        return None
    return ([] if text is None else [TextBlock(text=text)]), ("output", "status")


_READERS: dict[str, Callable[[dict[str, Any]], Read]] = {
    PLAIN: _output,
    "custom_tool_call_output": _output,
    "computer_call_output": _screenshot,
    "local_shell_call_output": _text("output"),
    "shell_call_output": _json("output"),
    "apply_patch_call_output": _patch,
    "tool_search_output": _json("tools"),
    "program_output": _text("result"),
}
"""Type of item -> what reads its content. A list of a form of its own is read as the JSON text that it is."""
