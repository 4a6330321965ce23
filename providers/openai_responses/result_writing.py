"""From the block of a result to its item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ell2a.messages import AgentResultBlock, ImageBlock, MediaBlock, TextBlock, parse_json
from ell2a.providers.openai_responses.call_kinds import CARRIED, OUTPUTS
from ell2a.providers.openai_responses.native_keys import key_of, put_back, report_native
from ell2a.providers.openai_responses.part_writing import write_part
from ell2a.providers.openai_responses.result_reading import LOCAL_SHELL, PLAIN, SCREENSHOT, last_call, output_of
from ell2a.providers.report import Report

_NO_FLAG = "this wire has no flag for errors: the words alone tell of it"


def write_result(
    block: AgentResultBlock, called: dict[str, str], path: str, place: str, report: Report
) -> dict[str, Any] | None:
    """The item of a result, of the kind that its call asks for; None where a replay leaves it out.

    `called` is id -> type of the calls so far, in order.
    """
    report_native(block.native, path, report)
    called_as = called.get(block.call_id)
    kind = _kind(block, called_as)
    within = Report(report.target, replay=report.replay)
    write = _WRITERS[kind]
    fields = write(block, path, place, within)
    if isinstance(fields, str):
        report.lost(path, fields, capability=f"such a result of {called_as or 'an agent'}")
        return None
    reasons = [item.reason for item in within.items if item.reason]
    if block.is_error and kind != "apply_patch_call_output":
        reasons.append(_NO_FLAG)
    if reasons:
        report.converted(path, place, "; ".join(dict.fromkeys(reasons)))
    else:
        report.kept(path, place)
    item: dict[str, Any] = {"type": kind}
    item_id = key_of(block.native, "item_id")
    absent = key_of(block.native, "call_id") == "absent"
    if absent and kind != LOCAL_SHELL:
        # Its place tells which call it answers, unless that is another by now.
        absent = block.call_id == last_call(kind, called)
    # The result of a local shell is named by the id of its call: it has no other field for it.
    by_id = kind == LOCAL_SHELL and (absent or item_id is None)
    if by_id or item_id is not None:
        item["id"] = block.call_id if by_id else item_id
    if not absent and not by_id:
        item["call_id"] = block.call_id
    return put_back({**item, **fields}, block.native, (*CARRIED, "execution"))


def _kind(block: AgentResultBlock, called_as: str | None) -> str:
    said = key_of(block.native, "form")
    if isinstance(said, str) and said in OUTPUTS:
        return said
    return output_of(called_as)


Written = dict[str, Any] | str
"""The fields of an item, or why it cannot hold the result."""


def _output(block: AgentResultBlock, path: str, place: str, within: Report) -> Written:
    parts: list[Any] = []
    for k, inner in enumerate(block.content):
        part = write_part(inner, "result", f"{path}.content.{k}", f"{place}.output.{len(parts)}", within)
        if part is not None:
            parts.append(part)
    only = parts[0] if len(parts) == 1 else None
    if not parts:
        return {"output": ""}
    plain = isinstance(only, dict) and only == {"type": "input_text", "text": only.get("text")}
    return {"output": only["text"] if plain and only is not None else parts}


def _screenshot(block: AgentResultBlock, path: str, place: str, within: Report) -> Written:
    only = block.content[0] if len(block.content) == 1 else None
    if not isinstance(only, ImageBlock):
        return "what a computer gives back is one image, a picture of its screen"
    part = write_part(only, "result", f"{path}.content.0", f"{place}.output", within)
    return {"output": {**part, "type": SCREENSHOT}} if isinstance(part, dict) else "it is no picture"


def _text(field: str) -> Callable[[AgentResultBlock, str, str, Report], Written]:
    def write(block: AgentResultBlock, _: str, __: str, within: Report) -> Written:
        del within
        media = _no_text(block)
        return media or {field: block.text}

    return write


def _shell(block: AgentResultBlock, _: str, __: str, within: Report) -> Written:
    del within
    value, parses = parse_json(block.text)
    if _no_text(block):
        return str(_no_text(block))
    if parses and isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return {"output": value}
    # Words that are no list of outputs are what the command printed.
    outcome = {"type": "exit", "exit_code": 1 if block.is_error else 0}
    return {"output": [{"stdout": block.text, "stderr": "", "outcome": outcome}]}


def _tools(block: AgentResultBlock, _: str, __: str, within: Report) -> Written:
    del within
    value, parses = parse_json(block.text)
    if not parses or not isinstance(value, list):
        return "what a search of tools gives back is a list of tools, as JSON"
    return {"tools": value}


def _patch(block: AgentResultBlock, _: str, __: str, within: Report) -> Written:
    del within
    media = _no_text(block)
    if media:
        return media
    said = {"output": block.text} if block.content else {}
    return {"status": "failed" if block.is_error else "completed", **said}


_WRITERS: dict[str, Callable[[AgentResultBlock, str, str, Report], Written]] = {
    PLAIN: _output,
    "custom_tool_call_output": _output,
    "computer_call_output": _screenshot,
    "local_shell_call_output": _text("output"),
    "shell_call_output": _shell,
    "apply_patch_call_output": _patch,
    "tool_search_output": _tools,
    "program_output": _text("result"),
}


def _no_text(block: AgentResultBlock) -> str | None:
    other = next((b for b in block.content if not isinstance(b, TextBlock)), None)
    if other is None:
        return None
    kind = "media" if isinstance(other, MediaBlock) else other.type
    return f"this kind of result is text alone, not {kind}"
