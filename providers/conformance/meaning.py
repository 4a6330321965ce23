"""A translated answer held against what its author says that it means."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aResponse, Usage
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.samples import Meaning


def check(law: int, name: str, means: Meaning, response: Ell2aResponse) -> None:
    """Raises LawBroken at the first thing that differs."""
    usage = response.metadata.usage or Usage()
    message = response.message
    came: dict[str, Any] = {
        "finish_reason": message.finish_reason.unified if message.finish_reason else None,
        "text": message.text,
        "thinking": message.thinking,
        "refusal": message.refusal,
        "agent_calls": tuple((c.id, c.name, c.arguments) for c in message.agent_calls),
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "choices": len(response.messages),
    }
    for field, value in came.items():
        expected = getattr(means, field)
        if expected is not None and expected != value:
            raise LawBroken(
                law,
                f"{name}: {field}",
                expected=expected,
                came=value,
                mend="`translate_provider_to_ell2a` reads it otherwise than a person does; input counts cached tokens in,"
                " output counts reasoning in",
            )
    counts(law, name, usage)


def counts(law: int, name: str, usage: Usage) -> None:
    """Raises LawBroken where a part of a count is larger than the count."""
    cached = (usage.cache_read_tokens or 0) + (usage.cache_write_tokens or 0)
    parts = (
        ("input_tokens", usage.input_tokens, cached),
        ("output_tokens", usage.output_tokens, usage.reasoning_tokens),
    )
    for field, whole, part in parts:
        if whole is not None and part is not None and part > whole:
            raise LawBroken(
                law,
                f"{name}: usage.{field}",
                expected=Words(f"at least {part}, which is a part of it"),
                came=whole,
                mend="input INCLUDES cached tokens and output INCLUDES reasoning: add what the service counts beside them",
            )
