"""What the wire can carry, whatever the model."""

from __future__ import annotations

from ell2a.providers.capabilities import UNKNOWN, Fact, ProviderCapabilities, yes

_AS_OF = "2026-11-22"
_TYPES = "openai 3.54.0, types.chat."


def _yes(detail: str, value: object = None) -> Fact:
    return yes("wire", as_of=_AS_OF, value=value, detail=detail)


def _unknown(detail: str) -> Fact:
    return Fact(state="unknown", source="wire", as_of=_AS_OF, detail=detail)


WIRE_FACTS = ProviderCapabilities(
    streaming=_yes(f"{_TYPES}completion_create_params: stream"),
    structured_outputs=_yes(f"{_TYPES}completion_create_params: response_format"),
    function_calling=_yes(f"{_TYPES}completion_create_params: tools"),
    agent_calling=_yes(f"{_TYPES}chat_completion_tool_message_param"),
    parallel_agent_calls=_yes(f"{_TYPES}completion_create_params: parallel_tool_calls"),
    agent_choice=_yes(f"{_TYPES}chat_completion_tool_choice_option_param", ["auto", "none", "required", "agent"]),
    system_messages=_yes(f"{_TYPES}chat_completion_system_message_param"),
    image_input=_yes(f"{_TYPES}chat_completion_content_part_image_param"),
    audio_input=_yes(f"{_TYPES}chat_completion_content_part_input_audio_param"),
    video_input=_unknown("`video_url` is an extension of some services: OpenRouter, Qwen, vLLM"),
    document_input=_yes(f"{_TYPES}chat_completion_content_part_param: File"),
    image_output=_unknown("`images` is an extension of some services: OpenRouter"),
    audio_output=_yes(f"{_TYPES}completion_create_params: audio"),
    thinking=_yes(f"{_TYPES}completion_create_params: reasoning_effort", ["effort"]),
    caching=_unknown("most services cache by themselves; `cache_control` is an extension of OpenRouter"),
    multiple_choices=_yes(f"{_TYPES}completion_create_params: n"),
    seed=_yes(f"{_TYPES}completion_create_params: seed"),
    stop=_yes(f"{_TYPES}completion_create_params: stop"),
    temperature=_yes(f"{_TYPES}completion_create_params: temperature"),
    logprobs=_yes(f"{_TYPES}completion_create_params: logprobs"),
    citations=_yes(f"{_TYPES}chat_completion_message: annotations"),
    server_agents=_unknown("`tools` may hold a service's own: OpenRouter has some"),
    context_window=UNKNOWN,
    max_output_tokens=UNKNOWN,
    knowledge_date=UNKNOWN,
    end_of_life=UNKNOWN,
)
