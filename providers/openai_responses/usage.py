"""What an answer used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ell2a.calls import Usage
from ell2a.messages import AgentCallBlock
from ell2a.providers.openai_chat.usage import TICKS

_COUNTS: Mapping[str, tuple[str, ...]] = {
    "input_tokens": ("input_tokens",),
    "output_tokens": ("output_tokens",),
    "cache_read_tokens": ("input_tokens_details", "cached_tokens"),
    "cache_write_tokens": ("input_tokens_details", "cache_write_tokens"),
    "reasoning_tokens": ("output_tokens_details", "reasoning_tokens"),
    "audio_input_tokens": ("input_tokens_details", "audio_tokens"),
    "audio_output_tokens": ("output_tokens_details", "audio_tokens"),
}
"""Field of Usage -> where the wire has it. Its input includes what was read from a cache and its output the reasoning,
as Usage counts. Source: openai 3.54.0, types.responses.response_usage; `cache_write_tokens`: OpenAI's answers."""

_SERVER_AGENTS = "server_side_tool_usage_details"
"""xAI's counts of the agents that it ran."""

_TOTAL = "total_tokens"


def usage_of(raw: Any, calls: Iterable[AgentCallBlock]) -> Usage | None:
    """The usage in universal terms; None where there is none.

    The provider's own agents are counted by the service where it counts them, else by the calls in the answer.
    """
    if not isinstance(raw, dict):
        return None
    served = raw.get(_SERVER_AGENTS)
    counted = {n: v for n, v in served.items() if type(v) is int} if isinstance(served, dict) else {}
    if not counted:
        for call in calls:
            if call.executed_by_provider:
                counted[call.name] = counted.get(call.name, 0) + 1
    counts = {field: _count(raw, place) for field, place in _COUNTS.items()}
    return Usage(**counts, server_agent_calls=counted, raw=raw)


def beyond(raw: Any) -> dict[str, Any]:
    """What a usage tells that neither Usage nor Cost has a field for."""
    if not isinstance(raw, dict):
        return {}
    rest = {n: dict(v) if isinstance(v, dict) else v for n, v in raw.items() if n not in (_TOTAL, _SERVER_AGENTS)}
    for place in _COUNTS.values():
        if _count(raw, place) is not None:
            holder = rest[place[0]] if len(place) > 1 else rest
            del holder[place[-1]]
    if isinstance(rest.get("cost"), int | float) and rest.get("is_byok") is not True:
        del rest["cost"]
    if type(rest.get(TICKS)) is int and rest.get("cost") is None:
        del rest[TICKS]
    return {name: value for name, value in rest.items() if value not in (None, {})}


def _count(raw: dict[str, Any], place: tuple[str, ...]) -> int | None:
    found: Any = raw
    for name in place:
        found = found.get(name) if isinstance(found, dict) else None
    return found if type(found) is int else None
