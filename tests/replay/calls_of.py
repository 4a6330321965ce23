"""Calls to replay, and what a plan says of each of their parts."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall, TranslationItem
from ell2a.messages import Message, TextBlock
from ell2a.replay import Plan

OPENAI = "openai/gpt-4.1"
ANTHROPIC = "anthropic/claude-sonnet-4-5"
PNG = b"\x89PNG\r\n\x1a\n"
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


def call(provider: str = "openai", *, messages: list[Message] | None = None, **more: Any) -> Ell2aCall:
    """A call on the default wire of openai or anthropic."""
    wires = {"openai": ("openai-chat", "gpt-4.1"), "anthropic": ("anthropic-messages", "claude-sonnet-4-5")}
    wire, model = wires[provider]
    said = messages if messages is not None else [Message(role="user", content=[TextBlock(text="Hello")])]
    return Ell2aCall(**{"provider": provider, "wire": wire, "model": model, "messages": said, **more})


def user(*blocks: Any) -> Message:
    return Message(role="user", content=[TextBlock(text=b) if isinstance(b, str) else b for b in blocks])


def assistant(*blocks: Any) -> Message:
    return Message(role="assistant", content=[TextBlock(text=b) if isinstance(b, str) else b for b in blocks])


def items(plan: Plan) -> dict[str, TranslationItem]:
    return {item.path: item for item in plan.items}


def actions(plan: Plan) -> dict[str, str]:
    return {item.path: item.action for item in plan.items}


def chosen(plan: Plan, which: int = 0) -> Plan:
    """The plan after one of the choices of every refused item."""
    for _ in range(20):
        if plan.runnable:
            return plan
        choices = plan.refused[0].choices
        plan = plan.changed(**choices[min(which, len(choices) - 1)].changes)
    raise AssertionError(f"still refused: {[(i.path, i.reason) for i in plan.refused]}")
