"""The capabilities in words: a label for each, and a fact as one sentence with its source and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ell2a.studio import formats

LABELS: Mapping[str, str] = {
    "streaming": "Streaming",
    "structured_outputs": "JSON schema",
    "function_calling": "Declares agents",
    "agent_calling": "Agents and results",
    "parallel_agent_calls": "Parallel agents",
    "agent_choice": "Agent choice",
    "system_messages": "System messages",
    "image_input": "Images in",
    "audio_input": "Audio in",
    "video_input": "Video in",
    "document_input": "Documents in",
    "image_output": "Images out",
    "audio_output": "Audio out",
    "thinking": "Thinking",
    "caching": "Prompt cache",
    "multiple_choices": "Several answers",
    "seed": "Seed",
    "stop": "Stop words",
    "temperature": "Temperature",
    "logprobs": "Log probs",
    "citations": "Citations",
    "server_agents": "Agents of its own",
    "context_window": "Context",
    "max_output_tokens": "Longest answer",
    "knowledge_date": "Knows until",
    "end_of_life": "Ends on",
}
"""Capability -> what pages call it."""

NUMBERS = ("context_window", "max_output_tokens", "knowledge_date", "end_of_life")
"""Capabilities that are a value, not a yes or no."""

UNIVERSAL: Mapping[str, str] = {
    "max_tokens": "max output tokens",
    "temperature": "temperature",
    "top_p": "top p",
    "stop": "stop words",
    "seed": "seed",
    "n": "how many answers",
    "agent_choice": "agent choice",
    "parallel_agent_calls": "parallel agent calls",
    "reasoning_effort": "reasoning effort",
    "reasoning_budget": "reasoning budget",
    "response_format": "response format",
    "user_id": "end user",
}
"""Universal param -> what pages call it."""


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact, ready to be shown."""

    capability: str
    label: str
    state: str
    value: str
    """A limit, a date or kinds; empty where yes and no say it all."""
    told: str
    """The whole of it in one line: state, value, source, date, detail."""
    source: str
    as_of: str
    detail: str
    call_url: str
    """The call that showed it; empty where none did."""


def fact_view(capability: str, fact: Mapping[str, Any]) -> FactView:
    """A fact of the inspector as pages show it."""
    value = _value(fact.get("value"))
    if value and fact["state"] == "unknown":
        value = f"unknown; where it can: {value}"
    source = str(fact["source"])
    parts = [
        str(fact["state"]) if fact["state"] != "unknown" or not value else "",
        value,
        f"known from {source}" if fact["state"] != "unknown" else source,
    ]
    parts += [f"as of {fact['as_of']}" if fact.get("as_of") else "", str(fact.get("detail") or "")]
    return FactView(
        capability=capability,
        label=LABELS.get(capability, capability.replace("_", " ")),
        state=str(fact["state"]),
        value=value,
        told=", ".join(p for p in parts if p),
        source=source,
        as_of=str(fact.get("as_of") or ""),
        detail=str(fact.get("detail") or ""),
        call_url=f"/calls/{fact['call_id']}" if fact.get("call_id") else "",
    )


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return formats.short_number(value)
    return formats.one_line(value)
