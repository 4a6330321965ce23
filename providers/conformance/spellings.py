"""Rewritings that several wires need, each for blocks that they have no place for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ell2a.messages import compact_json
from ell2a.providers.conformance.samples import Rewriting
from ell2a.providers.message_fields import MessageField


def _parsed_as_text(call: dict[str, Any]) -> None:
    _as_text(call, "parsed", lambda block: block["text"] or compact_json(block["value"]))


def _refusal_as_text(call: dict[str, Any]) -> None:
    _as_text(call, "refusal", lambda block: block["text"])


def _as_text(call: dict[str, Any], kind: str, words: Any) -> None:
    for message in call["messages"]:
        for block in message["content"]:
            if block["type"] == kind:
                text = words(block)
                block.clear()
                block.update(type="text", text=text, citations=[], native=None)


PARSED_AS_TEXT = Rewriting(
    "a structured output is text",
    "the wire's history has its JSON text, and does not say that it was asked for",
    _parsed_as_text,
)
REFUSAL_AS_TEXT = Rewriting("a refusal is text", "the wire's history has no place for refusals", _refusal_as_text)


def in_fields(fields: Sequence[MessageField]) -> Rewriting:
    """For messages with one key a kind of content: the blocks stand in the order of the keys, and words are one text."""
    order = [field.type for field in fields]

    def rewrite(call: dict[str, Any]) -> None:
        for message in call["messages"]:
            results = [block for block in message["content"] if block["type"] == "agent_result"]
            for holder in (message, *results):
                holder["content"] = _in_order(holder["content"], order)

    reason = "its message has one key a kind of content, and each key its words as one string"
    return Rewriting("one text, and blocks in the order of the keys", reason, rewrite)


def _in_order(content: list[dict[str, Any]], order: list[str]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for kind in order:
        taken = [block for block in content if block["type"] == kind]
        if kind in ("text", "thinking") and len(taken) > 1:
            taken = [{**taken[0], "text": "".join(block["text"] for block in taken)}]
        blocks += taken
    return [*blocks, *(block for block in content if block["type"] not in order)]
