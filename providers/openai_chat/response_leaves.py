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

_BY_KIND = "tokens of one kind, which the vocabulary does not count apart"
_PART_OF_COST = "a part of the cost; the metadata has the whole"
_TIME = "how long a part of the answer took; the metadata has the whole"

OF_USAGE: Mapping[str, str] = {
    "usage.prompt_tokens_details.text_tokens": _BY_KIND,
    "usage.prompt_tokens_details.image_tokens": _BY_KIND,
    "usage.prompt_tokens_details.video_tokens": _BY_KIND,
    "usage.completion_tokens_details.text_tokens": _BY_KIND,
    "usage.completion_tokens_details.image_tokens": _BY_KIND,
    "usage.completion_tokens_details.accepted_prediction_tokens": "OpenAI: tokens of a predicted output that it used",
    "usage.completion_tokens_details.rejected_prediction_tokens": "OpenAI: those that it did not use",
    "usage.prompt_cache_hit_tokens": "DeepSeek repeats the count of cached tokens",
    "usage.prompt_cache_miss_tokens": "DeepSeek: the input less those",
    "usage.audio_prompt_tokens": "xAI repeats the count of audio tokens",
    "usage.num_sources_used": "xAI: how many pages its search read",
    "usage.search_context_size": "Perplexity repeats the request",
    "usage.cost.input_tokens_cost": _PART_OF_COST,
    "usage.cost.output_tokens_cost": _PART_OF_COST,
    "usage.cost.request_cost": _PART_OF_COST,
    "usage.cost_details": _PART_OF_COST,
    "usage.pydantic_ai_gateway": "a gateway's own estimate of the cost",
    "usage.prompt_time": _TIME,
    "usage.queue_time": _TIME,
    "usage.completion_time": _TIME,
    "usage.total_time": _TIME,
    "usage.time_to_first_token_ms": _TIME,
    "usage.time_per_output_token_ms": _TIME,
    "usage.latency_checkpoint": _TIME,
    "usage.tokens_per_second": "tokens by time",
    "usage.prompt_tokens_per_second": "tokens by time",
    "usage.draft_tokens": "Hugging Face: tokens guessed ahead",
    "usage.draft_tokens_acceptance": "Hugging Face: the share of those that were right",
}
"""Path -> what it tells. They stand in `metadata.other["usage"]`."""

OF_THIS_WIRE: Mapping[str, str] = {**OTHER, **{f"choices.{name}": told for name, told in CHOICE.items()}, **OF_USAGE}
"""Path, without the numbers of lists -> what it tells: leaves that mean nothing on another wire. They are kept in
`metadata.other`, and nothing that has a universal field is among them."""
