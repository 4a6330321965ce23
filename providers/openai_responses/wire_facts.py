"""What the wire can carry, whatever the model."""

from __future__ import annotations

from ell2a.providers.capabilities import UNKNOWN, Fact, ProviderCapabilities, no, yes
from ell2a.providers.openai_responses.server_agents import SERVER_AGENTS
from ell2a.providers.server_agents import run_by_provider

_AS_OF = "2026-11-22"
_TYPES = "openai 3.54.0, types.responses."
_CREATE = f"{_TYPES}response_create_params"


def _yes(detail: str, value: object = None) -> Fact:
    return yes("wire", as_of=_AS_OF, value=value, detail=detail)


def _no(detail: str) -> Fact:
    return no("wire", as_of=_AS_OF, detail=detail)


WIRE_FACTS = ProviderCapabilities(
    streaming=_yes(f"{_CREATE}: stream"),
    structured_outputs=_yes(f"{_TYPES}response_text_config_param: format"),
    function_calling=_yes(f"{_TYPES}function_tool_param"),
    agent_calling=_yes(f"{_TYPES}response_input_item_param: FunctionCallOutput"),
    parallel_agent_calls=_yes(f"{_CREATE}: parallel_tool_calls"),
    agent_choice=_yes(f"{_CREATE}: ToolChoice", ["auto", "none", "required", "agent"]),
    system_messages=_yes(f"{_CREATE}: instructions, and messages of the roles system and developer"),
    image_input=_yes(f"{_TYPES}response_input_image_param"),
    audio_input=Fact(
        state="unknown",
        source="wire",
        as_of=_AS_OF,
        detail=f"{_TYPES}response_input_message_content_list_param has no sound; some services take `input_audio`",
    ),
    video_input=_no(f"{_TYPES}response_input_message_content_list_param: no part holds moving pictures"),
    document_input=_yes(f"{_TYPES}response_input_file_param"),
    image_output=_yes(f"{_TYPES}response_output_item: ImageGenerationCall, by the agent image_generation"),
    audio_output=_no(f"{_TYPES}response_output_message: text and refusals"),
    thinking=_yes("openai 3.54.0, types.shared_params.reasoning", ["effort"]),
    caching=_yes(f"{_CREATE}: prompt_cache_key, prompt_cache_options", ["automatic"]),
    multiple_choices=_no(f"{_CREATE}: it has no `n`, an answer is one"),
    seed=_no(f"{_CREATE}: it has no `seed`"),
    stop=_no(f"{_CREATE}: it has no `stop`"),
    temperature=_yes(f"{_CREATE}: temperature"),
    logprobs=_yes(f"{_CREATE}: top_logprobs, and message.output_text.logprobs in include"),
    citations=_yes(f"{_TYPES}response_output_text: annotations"),
    server_agents=_yes(f"{_TYPES}tool_param", run_by_provider(SERVER_AGENTS)),
    context_window=UNKNOWN,
    max_output_tokens=UNKNOWN,
    knowledge_date=UNKNOWN,
    end_of_life=UNKNOWN,
)
