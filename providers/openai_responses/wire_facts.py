"""What the wire can carry, whatever the model."""

from __future__ import annotations

from ell2a.providers.capabilities import UNKNOWN, Fact, ProviderCapabilities, no, yes

_AS_OF = "2026-11-22"
_TYPES = "openai 3.54.0, types.responses."


def _yes(detail: str, value: object = None) -> Fact:
    return yes("wire", as_of=_AS_OF, value=value, detail=detail)


def _no(detail: str) -> Fact:
    return no("wire", as_of=_AS_OF, detail=detail)


WIRE_FACTS = ProviderCapabilities(
    streaming=_yes(f"{_TYPES}response_create_params: stream"),
    structured_outputs=_yes(f"{_TYPES}response_create_params: text.format"),
    function_calling=_yes(f"{_TYPES}response_create_params: tools"),
    agent_calling=_yes(f"{_TYPES}response_input_item_param: FunctionCallOutput"),
    parallel_agent_calls=_yes(f"{_TYPES}response_create_params: parallel_tool_calls"),
    agent_choice=_yes(f"{_TYPES}response_create_params: tool_choice", ["auto", "none", "required", "agent"]),
    system_messages=_yes(f"{_TYPES}response_create_params: instructions"),
    image_input=_yes(f"{_TYPES}response_input_image_param"),
    audio_input=UNKNOWN,
    video_input=_no("no content part of an input holds moving pictures"),
    document_input=_yes(f"{_TYPES}response_input_file_param"),
    image_output=_yes(f"{_TYPES}response_output_item: ImageGenerationCall"),
    audio_output=UNKNOWN,
    thinking=_yes(f"{_TYPES}response_create_params: reasoning", ["effort"]),
    caching=_yes(f"{_TYPES}response_create_params: prompt_cache_key"),
    multiple_choices=_no("`responses.create` has no `n`"),
    seed=_no("`responses.create` has no `seed`"),
    stop=_no("`responses.create` has no `stop`"),
    temperature=_yes(f"{_TYPES}response_create_params: temperature"),
    logprobs=_yes(f"{_TYPES}response_create_params: top_logprobs"),
    citations=_yes(f"{_TYPES}response_output_text: annotations"),
    server_agents=_yes(f"{_TYPES}tool_param"),
    context_window=UNKNOWN,
    max_output_tokens=UNKNOWN,
    knowledge_date=UNKNOWN,
    end_of_life=UNKNOWN,
)
