"""Calls of the wire anthropic-messages, and what is sent and planned for them, for the tests beside this file."""

from __future__ import annotations

from typing import Any

from ell2a import providers
from ell2a.calls import Ell2aCall, Ell2aResponse, TranslationItem, leaves_of
from ell2a.messages import Block, Message, TextBlock, user
from ell2a.providers import Report

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 8
WIRE = "anthropic-messages"
PROVIDER = providers.get("anthropic")


def call_of(*messages: Message, **more: Any) -> Ell2aCall:
    more.setdefault("api_params", {"max_tokens": 100})
    more.setdefault("model", "claude-opus-4-8")
    return Ell2aCall(provider="anthropic", wire=WIRE, messages=list(messages), **more)


def sent(*messages: Message, **more: Any) -> dict[str, Any]:
    return PROVIDER.translate_ell2a_to_provider(call_of(*messages, **more))


def planned(call: Ell2aCall) -> tuple[dict[str, Any], dict[str, TranslationItem]]:
    """What a replay would send, and its items by path."""
    report = Report("anthropic", replay=True)
    native = PROVIDER.translate_ell2a_to_provider(call, report)
    assert {item.path for item in report.items} >= set(leaves_of(call))
    return native, {item.path: item for item in report.items}


def block_sent(block: Block, role: str = "user") -> Any:
    """What one block becomes in a message."""
    (message,) = sent(Message(role=role, content=[block, TextBlock(text="and?")]))["messages"]
    return message["content"][0]


def answer(*content: Any, **more: Any) -> dict[str, Any]:
    """A native response with these blocks."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-4-8",
        "content": list(content),
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 2},
        **more,
    }


CALL = call_of(user("Hi"))


def read(body: Any, call: Ell2aCall = CALL) -> Ell2aResponse:
    """A native response, translated."""
    return PROVIDER.translate_provider_to_ell2a(body, call)
