"""Where the leaves of an answer go that are neither words nor usage: named in `metadata.other`, or without meaning."""

from __future__ import annotations

from collections.abc import Mapping

OTHER: Mapping[str, str] = {
    "created": "when the provider made the answer, in seconds since 1970",
    "service_tier": "the tier that served the call",
    "system_fingerprint": "the configuration of the provider's servers",
    "moderation": "what OpenAI's moderation says of input and output",
    "prompt_filter_results": "what Azure's filters say of the input",
    "provider": "OpenRouter: who served the model",
    "citations": "Perplexity: the sources by number, as `[1]` in the text refers to them",
    "search_results": "Perplexity: what its search found",
    "request_id": "Z.ai: the provider's id of the request",
    "x_groq": "Groq: its id of the request, the seed it used",
    "usage_breakdown": "Groq: the usage of each model that a compound answer used",
    "time_info": "Cerebras: where the time went",
    "sla_metrics": "Hugging Face: time to the first token",
    "latency_checkpoint": "Azure's xAI models: where the time went",
    "metadata": "SGLang: the version of the weights",
    "error": "the error object of an answer that has one",
}
"""Top-level field -> what it tells. Each stands under its own name in `metadata.other`; under `usage` there stands what
the usage tells that the vocabulary has no count for, under `choices` the fields below, under `faults` what was of another
shape than the wire's, and under `unlisted` what no table here knows."""

CHOICE: Mapping[str, str] = {
    "logprobs": "log probabilities of the tokens",
    "content_filter_results": "what Azure's filters say of the answer",
    "native_finish_reason": "OpenRouter: the finish reason in the upstream provider's word",
    "stop_reason": "vLLM: the stop sequence or token that was met",
    "token_ids": "vLLM: the answer as tokens",
    "seed": "Together: the seed that was used",
    "error": "OpenRouter: why this choice broke off",
}
"""Field of a choice -> what it tells. They stand in `metadata.other["choices"]`, an object a choice with its `index`."""

MEANINGLESS: Mapping[str, str] = {
    "object": "always `chat.completion`",
    "choices.index": "the place of the choice; the messages stand in that order",
    "choices.delta": "Perplexity repeats an empty piece of stream in whole answers",
    "choices.message.role": "always `assistant`",
    "choices.message.extra_content.google.thought": "told by the block: the signature is of reasoning",
    "choices.message.tool_calls.index": "counts the list that it stands in",
    "choices.message.tool_calls.type": "told by the block: custom calls say so in `native`",
    "choices.message.images.index": "counts the list that it stands in",
    "choices.message.images.type": "told by the block's type",
    "choices.message.annotations.type": "told by the block: those of another kind are opaque",
    "choices.message.executed_tools.index": "makes the id of the call",
    "obfuscation": "padding that hides the length of a piece of stream",
    "stream_options": "repeats the request",
    "usage.total_tokens": "the sum of input and output",
}
"""Path, without the numbers of lists -> why it says nothing. So do null, and "", 0, [] and {} where a field is only
there to be empty."""
