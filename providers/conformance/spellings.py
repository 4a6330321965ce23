"""Rewritings that several wires need, each for blocks that they have no place for."""

from __future__ import annotations

from typing import Any

from ell2a.messages import compact_json
from ell2a.providers.conformance.samples import Rewriting


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
