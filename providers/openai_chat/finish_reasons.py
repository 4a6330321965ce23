"""Why a model stopped, in the wire's words and ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.messages import FinishKind, FinishReason

FINISH_REASONS: Mapping[str, FinishKind] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "agent_calls",
    "function_call": "agent_calls",
    "content_filter": "content_filter",
    # Together
    "eos": "stop",
    # Databricks, Hugging Face (text-generation-inference)
    "eos_token": "stop",
    "stop_sequence": "stop",
    # Mistral's models behind gateways
    "model_length": "context_window",
    # Z.ai
    "sensitive": "content_filter",
    "model_context_window_exceeded": "context_window",
    "network_error": "error",
    # DeepSeek
    "insufficient_system_resource": "error",
    # OpenRouter
    "error": "error",
    # vLLM
    "abort": "error",
}
"""The first five are the wire's own (openai 3.54.0, types.chat.chat_completion.Choice); the others the service's named above them."""


def finish_reason_of(raw: Any) -> FinishReason | None:
    """The finish reason; None where the answer has none."""
    if not isinstance(raw, str):
        return None
    return FinishReason(unified=FINISH_REASONS.get(raw, "other"), raw=raw)
