"""Where the leaves of an answer go that are neither words nor usage: named in `metadata.other`, or without meaning."""

from __future__ import annotations

from collections.abc import Mapping

OTHER: Mapping[str, str] = {
    "created_at": "when the provider began the answer, in seconds since 1970",
    "completed_at": "when the answer was completed, in seconds since 1970",
    "service_tier": "the tier that served the call",
    "incomplete_details": "why the answer is incomplete; the finish reason tells the kind",
    "error": "the error object of an answer that failed",
    "status_details": "more on the status, in the words of a service other than OpenAI",
    "conversation": "the stored conversation that the answer was added to",
    "previous_response_id": "the stored answer that this one follows",
    "moderation": "what OpenAI's moderation says of input and output",
    "content_filters": "what Azure's filters say of input and output",
    "billing": "who pays for the call",
    "tool_usage": "OpenAI's counts of what its own agents used, pictures by their tokens",
    "unread_events": "events of the stream that no table here knows",
}
"""Top-level field -> what it tells. Each stands under its own name in `metadata.other`; under `usage` there stands what
the usage tells that the vocabulary has no count for, under `settings` the fields below where they differ from the
request, under `faults` what was of another shape than the wire's, and under `unlisted` what no table here knows."""

SETTINGS: Mapping[str, str] = dict.fromkeys(
    (
        "background",
        "context_management",
        "frequency_penalty",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "parallel_tool_calls",
        "presence_penalty",
        "prompt",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
    ),
    "the request again, with the provider's default where that had none",
)
"""Top-level field -> why it is no part of the answer."""

LONG_SETTINGS = frozenset({"instructions", "tools", "text", "prompt"})
"""Settings that are as long as the request, and tell nothing that it does not."""

MEANINGLESS: Mapping[str, str] = {
    "object": "always `response`",
    "output_text": "the SDK's own joining of the texts in `output`, which some services send",
    "output.role": "always `assistant`",
    "output.output_index": "Bedrock: counts the list that it stands in",
    "tool_calls": "Bedrock repeats the calls of `output`",
    "total_tokens": "Bedrock repeats the total of `usage`",
    "usage.total_tokens": "the sum of input and output",
}
"""Path, without the numbers of lists -> why it says nothing. So do null, and empty lists and objects."""

OF_USAGE: Mapping[str, str] = {
    "usage.context_details": "xAI: how much of the context the last round of its own agents took",
    "usage.num_sources_used": "xAI: how many pages its search read",
    "usage.num_server_side_tools_used": "xAI: the sum of its counts by agent",
    "usage.cost_details": "OpenRouter: parts of the cost; the metadata has the whole",
    "usage.pydantic_ai_gateway": "a gateway's own estimate of the cost",
}
"""Path -> what it tells. They stand in `metadata.other["usage"]`."""

OF_THIS_WIRE: Mapping[str, str] = {**OTHER, **OF_USAGE}
"""Path, without the numbers of lists -> what it tells: leaves that mean nothing on another wire. They are kept in
`metadata.other`, and nothing that has a universal field is among them."""
