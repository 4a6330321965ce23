"""What the wire can carry, whatever the model."""

from __future__ import annotations

from ell2a.providers.anthropic_messages.server_agents import SERVER_AGENTS
from ell2a.providers.capabilities import UNKNOWN, Fact, ProviderCapabilities, no, yes
from ell2a.providers.server_agents import run_by_provider

_AS_OF = "2026-11-22"
_TYPES = "anthropic 2.12, types."


def _yes(detail: str, value: object = None) -> Fact:
    return yes("wire", as_of=_AS_OF, value=value, detail=detail)


def _no(detail: str) -> Fact:
    return no("wire", as_of=_AS_OF, detail=detail)


WIRE_FACTS = ProviderCapabilities(
    streaming=_yes(f"{_TYPES}message_create_params: stream"),
    structured_outputs=_yes(f"{_TYPES}output_config_param: format"),
    function_calling=_yes(f"{_TYPES}tool_param"),
    agent_calling=_yes(f"{_TYPES}tool_result_block_param"),
    parallel_agent_calls=_yes(f"{_TYPES}tool_choice_auto_param: disable_parallel_tool_use"),
    agent_choice=_yes(f"{_TYPES}tool_choice_param", ["auto", "none", "required", "agent"]),
    system_messages=_yes(f"{_TYPES}message_create_params: system"),
    image_input=_yes(f"{_TYPES}image_block_param"),
    audio_input=_no(f"{_TYPES}content_block_param has no such block"),
    video_input=_no(f"{_TYPES}content_block_param has no such block"),
    document_input=_yes(f"{_TYPES}document_block_param"),
    image_output=_no(f"{_TYPES}content_block has no such block"),
    audio_output=_no(f"{_TYPES}content_block has no such block"),
    thinking=_yes(f"{_TYPES}thinking_config_param, output_config_param: effort", ["effort", "budget", "adaptive"]),
    caching=_yes(f"{_TYPES}cache_control_ephemeral_param"),
    multiple_choices=_no("Messages.create has no param for it"),
    seed=_no("Messages.create has no param for it"),
    stop=_yes(f"{_TYPES}message_create_params: stop_sequences"),
    temperature=_yes("models before Opus 4.7 take it; since anthropic 1.0 it goes out by extra_body"),
    logprobs=_no("Messages.create has no param for it"),
    citations=_yes(f"{_TYPES}citations_config_param"),
    server_agents=_yes(
        f"{_TYPES}tool_union_param; bash, text_editor, memory, computer and browser tools run in your program",
        run_by_provider(SERVER_AGENTS),
    ),
    context_window=UNKNOWN,
    max_output_tokens=UNKNOWN,
    knowledge_date=UNKNOWN,
    end_of_life=UNKNOWN,
)
