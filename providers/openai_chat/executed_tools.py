"""Agents that the provider ran within its answer: `executed_tools`, of Groq's compound models."""

from __future__ import annotations

from typing import Any

from ell2a.messages import AgentResultBlock, Block, TextBlock, agent_call
from ell2a.providers.openai_chat.native_keys import native_of, unlisted

FIELD = "executed_tools"


def read_executed_tools(given: Any) -> list[Block] | None:
    """A call and a result for each, in their order; None where one of them is of no documented shape."""
    if not isinstance(given, list) or not all(_readable(entry) for entry in given):
        return None
    blocks: list[Block] = []
    for at, entry in enumerate(given):
        # The wire gives them no id, only their number.
        id = f"executed_{entry.get('index', at)}"
        rest = unlisted(entry, ("index", "type", "arguments", "output", "search_results"))
        native = native_of(form=FIELD, openai_chat_extra=rest)
        call = agent_call(id, entry["type"], entry.get("arguments") or "", executed_by_provider=True, native=native)
        found = native_of(form=FIELD, search_results=entry.get("search_results"))
        output = [TextBlock(text=entry["output"])] if entry.get("output") else []
        blocks += [call, AgentResultBlock(call_id=id, content=output, native=found)]
    return blocks


def _readable(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
        return False
    return isinstance(entry.get("arguments") or "", str) and isinstance(entry.get("output") or "", str)
