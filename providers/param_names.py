"""What other wires and libraries call things, so that a name which this wire lacks is answered with the one it has."""

from __future__ import annotations

from collections.abc import Mapping

UNIVERSAL_NAMES: Mapping[str, str] = {
    "max_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "max_new_tokens": "max_tokens",
    "max_tokens_to_sample": "max_tokens",
    "maxOutputTokens": "max_tokens",
    "maxTokens": "max_tokens",
    "num_predict": "max_tokens",
    "temperature": "temperature",
    "temp": "temperature",
    "top_p": "top_p",
    "topP": "top_p",
    "stop": "stop",
    "stop_sequences": "stop",
    "stopSequences": "stop",
    "stop_sequence": "stop",
    "seed": "seed",
    "random_seed": "seed",
    "n": "n",
    "candidate_count": "n",
    "candidateCount": "n",
    "num_completions": "n",
    "parallel_tool_calls": "parallel_agent_calls",
    "disable_parallel_tool_use": "parallel_agent_calls",
    "reasoning_effort": "reasoning_effort",
    "effort": "reasoning_effort",
    "reasoning": "reasoning_effort",
    "thinking": "reasoning_budget",
    "thinking_config": "reasoning_budget",
    "thinking_budget": "reasoning_budget",
    "user": "user_id",
    "user_id": "user_id",
    "safety_identifier": "user_id",
}
"""A name on some wire -> the field of UniversalParams that it means."""

OWN_WORDS: Mapping[str, str] = {
    "tools": "agents",
    "functions": "agents",
    "toolConfig": "agent_choice",
    "tool_choice": "agent_choice",
    "function_call": "agent_choice",
    "response_schema": "response_format",
    "response_model": "response_format",
    "output_format": "response_format",
    "output_type": "response_format",
    "text_format": "response_format",
    "json_schema": "response_format",
    "streaming": "stream",
    "system": "a system message",
    "system_prompt": "a system message",
    "system_instruction": "a system message",
    "instructions": "a system message",
    "prompt": "a message",
    "messages": "a message",
    "input": "a message",
    "contents": "a message",
    "model_name": "the model, which is the first argument",
}
"""A name on some wire -> ell2a's own word for it, the same on every wire."""

OWN_PARAMS = ("agents", "agent_choice", "response_format", "stream", "client")
"""What a definition takes beside the provider's own params."""
