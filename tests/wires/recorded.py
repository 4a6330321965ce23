"""The recordings of the three wires as the laws take them: each with the provider that it was recorded of."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ell2a.providers import Provider, registry
from ell2a.providers.anthropic_messages.response_leaves import OF_THIS_WIRE as MESSAGES_ALONE
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.wires.anthropic_messages import AnthropicMessagesConformance
from ell2a.providers.conformance.wires.openai_chat import OpenAIChatConformance
from ell2a.providers.conformance.wires.openai_responses import OpenAIResponsesConformance
from ell2a.providers.openai_chat.response_leaves import OF_THIS_WIRE as CHAT_ALONE
from ell2a.providers.openai_responses.response_leaves import OF_THIS_WIRE as RESPONSES_ALONE
from ell2a.providers.openai_responses.response_leaves import SETTINGS
from ell2a.providers.sse import SseDecoder

Row = dict[str, Any]


@dataclass(frozen=True)
class Wire:
    """One wire, and what its tables say of the leaves of its answers."""

    name: str
    ending: str
    """Of the paths that it was recorded at, behind the base URL."""
    subject: type[Subject]
    alone: Mapping[str, str]
    """Leaves that mean nothing on another wire."""
    meaningless: Mapping[str, str]


WIRES = (
    Wire(
        "openai-chat",
        "/chat/completions",
        OpenAIChatConformance,
        CHAT_ALONE,
        OpenAIChatConformance.meaningless,
    ),
    Wire(
        "openai-responses",
        "/responses",
        OpenAIResponsesConformance,
        RESPONSES_ALONE,
        {**OpenAIResponsesConformance.meaningless, **SETTINGS},
    ),
    Wire(
        "anthropic-messages",
        "/v1/messages",
        AnthropicMessagesConformance,
        MESSAGES_ALONE,
        AnthropicMessagesConformance.meaningless,
    ),
)


@functools.cache
def rows(recordings: Path, wire: str) -> tuple[Row, ...]:
    """All recordings of a wire. They are shared: not to be changed."""
    with gzip.open(recordings / f"{wire}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return tuple(json.loads(line) for line in lines)


def subject_of(wire: Wire, row: Row) -> Subject:
    """The wire under the laws, spoken to the service of a recording."""
    subject = wire.subject()
    subject.__dict__["instance"] = provider_of(wire, row)
    return subject


def provider_of(wire: Wire, row: Row) -> Provider:
    """The provider that a recording is of."""
    return registry.provider_at(f"https://{row['host']}{row['path'].removesuffix(wire.ending)}", wire.name)


def answer_of(provider: Provider, row: Row) -> Any:
    """The native answer of a recording; of a stream, what came of it amounts to."""
    if row["response_kind"] != "sse":
        return row["response"]
    accumulator = provider.accumulator()
    for event in events_of(row):
        list(accumulator.feed(event))
    return accumulator.response()


def events_of(row: Row) -> list[Any]:
    """The events of a recorded stream."""
    decoder = SseDecoder()
    sent = [*decoder.feed(row["response"].encode("utf-8", "surrogatepass")), *decoder.flush()]
    return [json.loads(event.data) for event in sent if event.data.startswith(b"{")]
