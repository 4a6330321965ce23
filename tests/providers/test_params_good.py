"""Values that the wires take, none of which is refused: a check that raises a false alarm is worse than none."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

import pytest
from sdks.installed import is_installed, rows_here, wire_and_model
from sdks.responses_params import RESPONSES_GOOD, RESPONSES_GOOD_SINCE

from ell2a.calls import AgentChoice, AgentSpec, ResponseFormat
from ell2a.errors import InvalidParams
from ell2a.providers import Provider, get
from ell2a.providers.registry import provider_at


class Effort(StrEnum):
    """A user's own names for the efforts."""

    LOW = "low"


class Tokens(IntEnum):
    """A user's own names for limits."""

    FEW = 20


GPT, CLAUDE, OPUS = "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "anthropic/claude-opus-4-6"
LLAMA = "groq/llama-3.3-70b-versatile"
O3, GPT52 = "openai/o3", "openai/gpt-5.2"
AGENT = AgentSpec(name="find", input_schema={"type": "object", "properties": {}})
JSON = ResponseFormat(kind="json_schema", name="A", json_schema={"type": "object", "properties": {}})
JSON_OBJECT = ResponseFormat(kind="json_object")
TEXT = ResponseFormat(kind="text")
AUTO, NONE, REQUIRED = AgentChoice(kind="auto"), AgentChoice(kind="none"), AgentChoice(kind="required")
THINKS = {"thinking": {"type": "enabled", "budget_tokens": 2048}}
EDIT = {"type": "content", "content": "def f():"}

OURS = ("agents", "agent_choice", "response_format", "stream")
"""What is ell2a's own in a row of the table."""

GOOD: list[tuple[str, dict[str, Any]]] = [
    (GPT, {}),
    (GPT, {"temperature": 0}),
    (GPT, {"temperature": 0.0}),
    (GPT, {"temperature": 2}),
    (GPT, {"temperature": None}),
    (GPT, {"top_p": 1}),
    (GPT, {"n": 3}),
    (GPT, {"seed": -1}),
    (GPT, {"stop": "END"}),
    (GPT, {"stop": ["END", "STOP"]}),
    (GPT, {"stop": ("END",)}),
    (GPT, {"stop": []}),
    (GPT, {"stop": None}),
    (GPT, {"max_tokens": 20}),
    (GPT, {"max_completion_tokens": Tokens.FEW}),
    (GPT, {"presence_penalty": -2.0, "frequency_penalty": 2}),
    (GPT, {"logit_bias": {"50256": -100}}),
    (GPT, {"logprobs": True, "top_logprobs": 5}),
    (GPT, {"metadata": {"team": "a"}}),
    (GPT, {"modalities": ["text", "audio"], "audio": {"format": "mp3", "voice": "alloy"}}),
    (GPT, {"audio": {"format": "wav", "voice": {"id": "voice_1"}}}),
    (GPT, {"audio": {"format": "wav", "voice": "a-new-voice"}}),
    (GPT, {"prediction": {"type": "content", "content": "def f():"}}),
    (GPT, {"prediction": {"type": "content", "content": [{"type": "text", "text": "def f():"}]}}),
    (GPT, {"parallel_tool_calls": False, "agents": [AGENT]}),
    (GPT, {"service_tier": "flex"}),
    (GPT, {"reasoning_effort": Effort.LOW}),
    (GPT, {"verbosity": "low", "store": True, "user": "u1"}),
    (GPT, {"web_search_options": {}}),
    (GPT, {"web_search_options": {"search_context_size": "low", "user_location": None}}),
    (
        GPT,
        {"web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "Ulm"}}}},
    ),
    (GPT, {"timeout": 30}),
    (GPT, {"timeout": None}),
    (GPT, {"extra_headers": {"x-trace": "1"}, "extra_query": {"a": "b"}}),
    (GPT, {"extra_body": {"top_k": 5, "nested": {"any": [1, 2.5, None, True]}}}),
    (GPT, {"extra_body": None}),
    ("openai/o3", {"reasoning_effort": "high", "max_completion_tokens": 500}),
    ("openai/gpt-6-sol", {"reasoning_effort": "xhigh"}),
    (CLAUDE, {}),
    (CLAUDE, {"max_tokens": 1}),
    (CLAUDE, {"max_tokens": 0}),
    (CLAUDE, {"temperature": 0.0}),
    (CLAUDE, {"temperature": 1}),
    (CLAUDE, {"top_p": 0.5, "top_k": 5}),
    # --- rules across params, anthropic-messages ---
    (CLAUDE, {**THINKS, "temperature": 1}),
    (CLAUDE, {**THINKS, "top_p": 0.95}),
    (CLAUDE, {**THINKS, "max_tokens": 2049}),
    (CLAUDE, {**THINKS, "agents": [AGENT], "agent_choice": AUTO}),
    (CLAUDE, {**THINKS, "agents": [AGENT], "agent_choice": NONE}),
    (CLAUDE, {"thinking": {"type": "disabled"}, "agents": [AGENT], "agent_choice": REQUIRED, "temperature": 0.2}),
    (
        CLAUDE,
        {
            "thinking": {"type": "enabled", "budget_tokens": 9000},
            "max_tokens": 4000,
            "agents": [AGENT],
            "extra_headers": {"Anthropic-Beta": "a,interleaved-thinking-2025-05-14"},
        },
    ),
    (CLAUDE, {**THINKS, "extra_body": {"temperature": 0.5}}),
    ("anthropic/claude-3-haiku-20240307", {"temperature": 0.5, "top_p": 0.9}),
    ("anthropic/claude-opus-4-7", {"temperature": 1, "top_p": 1}),
    ("anthropic/claude-opus-4-7", {"output_config": {"effort": "xhigh"}, "thinking": {"type": "adaptive"}}),
    ("anthropic/claude-a-model-of-tomorrow", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}),
    (OPUS, {"output_config": {"effort": "max"}}),
    # --- rules across params, openai-chat ---
    (O3, {"temperature": 1, "top_p": 1.0, "presence_penalty": 0, "frequency_penalty": 0.0}),
    (O3, {"stop": []}),
    ("openai/gpt-5", {"reasoning_effort": "minimal"}),
    ("openai/gpt-5.1", {"reasoning_effort": "none", "temperature": 0.3}),
    (GPT52, {"reasoning_effort": "xhigh", "temperature": 1}),
    (GPT52, {"temperature": 0.3, "logprobs": True, "top_logprobs": 2}),
    ("openai/gpt-a-model-of-tomorrow", {"reasoning_effort": "max"}),
    (GPT, {"modalities": ["text"]}),
    (GPT, {"prediction": EDIT, "n": 1, "logprobs": False, "presence_penalty": -1, "modalities": ["text"]}),
    (GPT, {"prediction": EDIT, "max_tokens": 50}),
    (GPT, {"agents": [AGENT], "agent_choice": REQUIRED, "response_format": JSON}),
    (LLAMA, {"response_format": JSON_OBJECT}),
    (LLAMA, {"agents": [AGENT], "response_format": TEXT}),
    (LLAMA, {"agents": [AGENT], "agent_choice": REQUIRED}),
    ("deepseek/deepseek-chat", {"prediction": EDIT, "agents": [AGENT]}),
    (CLAUDE, {"stop_sequences": ["END"]}),
    (CLAUDE, {"stop_sequences": ()}),
    (CLAUDE, {"metadata": {"user_id": "u1"}}),
    (CLAUDE, {"metadata": {"user_id": None}}),
    (CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": 2048}, "max_tokens": 4096}),
    (CLAUDE, {"thinking": {"type": "disabled"}}),
    (OPUS, {"thinking": {"type": "adaptive"}}),
    (OPUS, {"output_config": {"effort": "high"}}),
    (CLAUDE, {"service_tier": "standard_only"}),
    (CLAUDE, {"cache_control": {"type": "ephemeral"}}),
    (CLAUDE, {"cache_control": {"type": "ephemeral", "ttl": "1h"}}),
    (CLAUDE, {"container": "container_1"}),
    (CLAUDE, {"container": {"skills": [{"type": "anthropic", "skill_id": "xlsx"}]}}),
    (CLAUDE, {"disable_parallel_tool_use": True, "agents": [AGENT]}),
    (CLAUDE, {"extra_headers": {"anthropic-beta": "context-1m"}}),
    (CLAUDE, {"extra_body": {"context_management": {"edits": []}}}),
    ("groq/llama-3.3-70b-versatile", {"service_tier": "on_demand", "reasoning_effort": "default"}),
    ("groq/llama-3.3-70b-versatile", {"reasoning_format": "parsed"}),
    ("openrouter/anthropic/claude-sonnet-4.5", {"provider": {"order": ["a"]}, "models": ["a/b"], "top_k": 5}),
    ("mistral/mistral-large-latest", {"random_seed": 3, "safe_prompt": True, "max_tokens": 20}),
    ("deepseek/deepseek-chat", {"max_tokens": 20, "thinking": {"type": "disabled"}}),
    ("perplexity/sonar", {"search_recency_filter": "week"}),
    ("vllm/some-model", {"chat_template_kwargs": {"enable_thinking": False}, "min_p": 0.1}),
]

SINCE = dict.fromkeys(
    [
        "{'audio': {'format': 'wav', 'voice': {'id': 'voice_1'}}}",
        "{'reasoning_effort': 'xhigh'}",
        "{'reasoning_effort': 'none', 'temperature': 0.3}",
        "{'reasoning_effort': 'xhigh', 'temperature': 1}",
        "{'reasoning_effort': 'max'}",
    ],
    "2.54.0",
)
"""Rows with values that older SDKs do not list, and that go by `extra_body` there -> the first version tried that does."""

GOOD += RESPONSES_GOOD
SINCE |= RESPONSES_GOOD_SINCE


@pytest.mark.parametrize(("model", "params"), rows_here(GOOD, SINCE), ids=lambda value: str(value)[:50])
def test_a_good_value_is_taken(model: str, params: dict[str, Any]) -> None:
    """What the wire takes is not refused."""
    wire, full_name = wire_and_model(model)
    provider, _, name = full_name.partition("/")
    defined = get(provider, wire).define(name, **params)
    sent = {**params, **(params.get("extra_body") or {})}
    kept = {**defined.api_params, **defined.options}
    assert kept == {name: value for name, value in sent.items() if name not in {"extra_body", *OURS}}


def _answered(recordings: Path, wire: str) -> Iterator[dict[str, Any]]:
    """The recorded requests of a wire that a provider answered well."""
    with gzip.open(recordings / f"{wire}.jsonl.gz", "rt") as lines:
        for line in lines:
            recording = json.loads(line)
            if recording["status"] < 300 and recording["request"]:
                yield recording


def _free(provider: Provider, request: dict[str, Any]) -> dict[str, Any]:
    """The params of a request that a user would have written."""
    owned = provider.disallowed_provider_params()
    params = {name: value for name, value in request.items() if name not in owned}
    for name in owned:
        outer, _, inner = name.partition(".")
        if inner and isinstance(params.get(outer), dict):
            params[outer] = {key: value for key, value in params[outer].items() if key != inner}
    return params


# Some requests have efforts that openai 2.0.0 does not list.
@pytest.mark.parametrize(
    "wire",
    [
        wire
        for wire, package, since in (
            ("openai-chat", "openai", "2.54.0"),
            ("openai-responses", "openai", "3.54.0"),
            ("anthropic-messages", "anthropic", "0"),
        )
        if is_installed(package, since)
    ],
)
def test_no_recorded_request_is_refused(recordings: Path, wire: str) -> None:
    """What real providers answered well is not refused; what their SDK has no argument for goes by `extra_body`."""
    alarms: list[str] = []
    checked = 0
    for recording in _answered(recordings, wire):
        provider = provider_at(f"https://{recording['host']}", wire)
        known = provider.available_params(None, None)
        params = _free(provider, recording["request"])
        beyond = {name: value for name, value in params.items() if name not in known}
        given = {name: value for name, value in params.items() if name in known}
        if beyond:
            given["extra_body"] = beyond
        checked += 1
        try:
            call = provider.translate_request_to_ell2a(recording["request"])
            provider.validate_call_params(
                None,
                recording["request"].get("model"),
                given,
                agents=call.agents,
                agent_choice=call.agent_choice,
                response_format=call.response_format,
            )
        except InvalidParams as error:
            alarms += [f"{recording['host']}: {fault}" for fault in error.faults]
    assert checked > 300
    # `task_budget` is of a beta that the plain `messages.create` of the SDK does not know: it goes by `extra_body`.
    assert [alarm for alarm in alarms if "output_config.task_budget" not in alarm] == []
