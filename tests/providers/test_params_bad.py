"""Mistakes in params, each refused when the function is defined, with its place and what to write instead."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from sdks.installed import is_installed, rows_here, spoken, wire_and_model
from sdks.responses_params import RESPONSES_BAD, RESPONSES_SINCE

from ell2a.calls import AgentChoice, AgentSpec, ResponseFormat
from ell2a.errors import InvalidParams
from ell2a.providers import get, row
from ell2a.providers.anthropic_messages.rules import RULES as MESSAGES_RULES
from ell2a.providers.openai_chat.rules import RULES as CHAT_RULES
from ell2a.providers.openai_responses.rules import RULES as RESPONSES_RULES
from ell2a.providers.param_rules import Asked, ParamRule


class Person(BaseModel):
    """A structured value, where JSON is wanted."""

    name: str


def defined(model: str, params: dict[str, Any]) -> None:
    """Define a call on `provider/model`, or on `provider/model` of a wire: `WIRE:provider/model`."""
    wire, name = wire_and_model(model)
    provider, _, bare = name.partition("/")
    get(provider, wire).define(bare, **params)


GPT, CLAUDE, OPUS = "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "anthropic/claude-opus-4-6"
LLAMA = "groq/openai/gpt-oss-120b"
AGENT = AgentSpec(name="find", input_schema={"type": "object", "properties": {}})
REQUIRED, FIND = AgentChoice(kind="required"), AgentChoice(kind="agent", name="find")
JSON = ResponseFormat(kind="json_schema", name="A", json_schema={"type": "object", "properties": {}})
JSON_OBJECT = ResponseFormat(kind="json_object")
THINKS = {"thinking": {"type": "enabled", "budget_tokens": 2048}}
EDIT = {"type": "content", "content": "def f():"}

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    # --- names ---
    (GPT, {"tempature": 0.5}, "tempature", "did you mean `temperature`?"),
    (GPT, {"Temperature": 0.5}, "Temperature", "did you mean `temperature`?"),
    (GPT, {"max_token": 5}, "max_token", "did you mean `max_tokens`?"),
    (GPT, {"max_output_tokens": 5}, "max_output_tokens", "here it is `max_completion_tokens`"),
    (GPT, {"stop_sequences": ["a"]}, "stop_sequences", "here it is `stop`"),
    (GPT, {"system_prompt": "Be brief."}, "system_prompt", "a system message"),
    (GPT, {"streaming": True}, "streaming", "`stream`"),
    (GPT, {"respons_format": "json"}, "respons_format", "did you mean `response_format`?"),
    (GPT, {"zzz": 1}, "zzz", "extra_body={'zzz': ...}"),
    (CLAUDE, {"max_output_tokens": 5}, "max_output_tokens", "here it is `max_tokens`"),
    (CLAUDE, {"max_completion_tokens": 5}, "max_completion_tokens", "here it is `max_tokens`"),
    (CLAUDE, {"stop": "END"}, "stop", "here it is `stop_sequences`"),
    (CLAUDE, {"reasoning_effort": "low"}, "reasoning_effort", "here it is `output_config`"),
    (CLAUDE, {"user": "u1"}, "user", "here it is `metadata`"),
    (CLAUDE, {"parallel_tool_calls": False}, "parallel_tool_calls", "here it is `disable_parallel_tool_use`"),
    (CLAUDE, {"temprature": 0.5}, "temprature", "did you mean `temperature`?"),
    (CLAUDE, {"functions": []}, "functions", "ell2a's word for it is `agents`"),
    # --- what ell2a owns ---
    (GPT, {"messages": []}, "messages", "is set by ell2a"),
    (GPT, {"system": "Be brief."}, "system", "a system message"),
    (GPT, {"tools": []}, "tools", "`agents=[...]`"),
    (GPT, {"tool_choice": "auto"}, "tool_choice", 'agent_choice="auto"'),
    (GPT, {"functions": []}, "functions", "`agents=[...]`"),
    (GPT, {"function_call": "auto"}, "function_call", 'agent_choice="auto"'),
    (GPT, {"stream_options": {"include_usage": True}}, "stream_options", "leave it out"),
    (GPT, {"extra_body": {"messages": []}}, "extra_body.messages", "is set by ell2a"),
    (CLAUDE, {"messages": []}, "messages", "is set by ell2a"),
    (CLAUDE, {"system": "Be brief."}, "system", "a system message"),
    (CLAUDE, {"tools": []}, "tools", "`agents=[...]`"),
    (CLAUDE, {"tool_choice": {"type": "auto"}}, "tool_choice", 'agent_choice="auto"'),
    (CLAUDE, {"output_config": {"format": {}}}, "output_config.format", "`response_format=`"),
    (
        CLAUDE,
        {"extra_body": {"output_config": {"format": {}}}},
        "extra_body.output_config.format",
        "`response_format=`",
    ),
    # --- types ---
    (GPT, {"temperature": "hot"}, "temperature", "'hot' is not float | None"),
    (GPT, {"temperature": "0.5"}, "temperature", "write 0.5 without quotes"),
    (GPT, {"temperature": True}, "temperature", "True is not float"),
    (GPT, {"temperature": math.nan}, "temperature", "no number that JSON has"),
    (GPT, {"temperature": Decimal("0.5")}, "temperature", "write `float(...)`"),
    (GPT, {"n": 2.0}, "n", "write 2"),
    (GPT, {"n": True}, "n", "True is not int"),
    (GPT, {"seed": "3"}, "seed", "write 3 without quotes"),
    (GPT, {"logprobs": 1}, "logprobs", "1 is not bool"),
    (GPT, {"stop": 5}, "stop", "5 is not str | list[str] | None"),
    (GPT, {"stop": ["a", 5]}, "stop.1", "5 is not str"),
    (GPT, {"stop": {"a"}}, "stop", "write `list(...)`"),
    (GPT, {"user": 7}, "user", "7 is not str"),
    (GPT, {"parallel_tool_calls": "false"}, "parallel_tool_calls", "write False without quotes"),
    (GPT, {"logit_bias": {"50256": "no"}}, "logit_bias.50256", "'no' is not int"),
    (GPT, {"logit_bias": {50256: 1}}, "logit_bias", "the key 50256 is no string"),
    (GPT, {"metadata": {"a": 1}}, "metadata.a", "1 is not str"),
    (GPT, {"metadata": {"at": datetime.now(UTC)}}, "metadata.at", "write `.isoformat()`"),
    (GPT, {"metadata": Person(name="Ada")}, "metadata", "write `.model_dump(mode='json')`"),
    (GPT, {"extra_body": 3}, "extra_body", "3 is no dict"),
    (GPT, {"extra_body": {"top_k": 3, "at": Path("a")}}, "extra_body.at", "write `str(path)`"),
    (GPT, {"extra_body": {"n": 2}, "n": 2}, "extra_body.n", "given twice"),
    (GPT, {"extra_body": {"timeout": 2}}, "extra_body.timeout", "is no part of the body"),
    (GPT, {"timeout": "soon"}, "timeout", "'soon' is not float"),
    (CLAUDE, {"max_tokens": "500"}, "max_tokens", "write 500 without quotes"),
    (CLAUDE, {"max_tokens": 500.5}, "max_tokens", "500.5 is not int"),
    (CLAUDE, {"max_tokens": None}, "max_tokens", "None is not int"),
    (CLAUDE, {"temperature": "0"}, "temperature", "write 0.0 without quotes"),
    (CLAUDE, {"stop_sequences": "END"}, "stop_sequences", "write ['END']"),
    (CLAUDE, {"stop_sequences": ["END", None]}, "stop_sequences.1", "None is not str"),
    (CLAUDE, {"metadata": "u1"}, "metadata", "'u1' is not MetadataParam"),
    (CLAUDE, {"top_k": 1.5}, "top_k", "1.5 is not int"),
    # --- literals ---
    (GPT, {"reasoning_effort": "hihg"}, "reasoning_effort", "did you mean 'high'?"),
    (GPT, {"service_tier": "fastest"}, "service_tier", "is not one of 'auto', 'default', 'flex'"),
    (GPT, {"verbosity": "loud"}, "verbosity", "is not one of 'low', 'medium', 'high'"),
    (GPT, {"modalities": ["text", "sound"]}, "modalities.1", "is not one of 'text', 'audio'"),
    (GPT, {"modalities": "text"}, "modalities", "write ['text']"),
    (CLAUDE, {"service_tier": "standard"}, "service_tier", "did you mean 'standard_only'?"),
    (CLAUDE, {"speed": 2}, "speed", '2 is not "'),
    # --- nested ---
    (GPT, {"audio": {"format": "mp3", "voic": "alloy"}}, "audio.voic", "did you mean 'voice'?"),
    (GPT, {"audio": {"format": "mp4", "voice": "alloy"}}, "audio.format", "did you mean 'mp3'?"),
    (GPT, {"audio": {"format": "mp3"}}, "audio.voice", "is missing"),
    (GPT, {"prediction": {"type": "contnt", "content": "x"}}, "prediction.type", "is not 'content'"),
    (
        GPT,
        {"web_search_options": {"user_location": {"type": "approximate", "approximate": {"cty": "Ulm"}}}},
        "web_search_options.user_location.approximate.cty",
        "did you mean 'city'?",
    ),
    (CLAUDE, {"thinking": {"type": "enbled", "budget_tokens": 2048}}, "thinking.type", "did you mean 'enabled'?"),
    (CLAUDE, {"thinking": {"type": "enabled", "budget": 2048}}, "thinking.budget", "did you mean 'budget_tokens'?"),
    (CLAUDE, {"thinking": {"type": "enabled"}}, "thinking.budget_tokens", "is missing"),
    (CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": "2048"}}, "thinking.budget_tokens", "write 2048"),
    (CLAUDE, {"thinking": {"budget_tokens": 2048}}, "thinking.type", "is missing"),
    (CLAUDE, {"thinking": True}, "thinking", "True is not ThinkingConfigEnabledParam"),
    ("anthropic/claude-opus-4-5", {"output_config": {"effort": "hgh"}}, "output_config.effort", "did you mean 'high'?"),
    (
        "anthropic/claude-opus-4-5",
        {"output_config": {"efort": "high"}},
        "output_config.efort",
        "did you mean 'effort'?",
    ),
    (CLAUDE, {"metadata": {"userid": "u1"}}, "metadata.userid", "did you mean 'user_id'?"),
    (CLAUDE, {"cache_control": {"type": "ephemeral", "ttl": "2h"}}, "cache_control.ttl", "is not one of '5m', '1h'"),
    (
        CLAUDE,
        {"container": {"skills": [{"type": "anthropic", "skillid": "xlsx"}]}},
        "container.skills.0.skillid",
        "did you mean 'skill_id'?",
    ),
    # --- ranges ---
    (GPT, {"temperature": 7.5}, "temperature", "it takes 0 to 2"),
    (GPT, {"top_p": 1.1}, "top_p", "it takes 0 to 1"),
    (GPT, {"presence_penalty": -3}, "presence_penalty", "it takes -2 to 2"),
    (GPT, {"n": 0}, "n", "it takes 1 to 128"),
    (GPT, {"stop": ["a", "b", "c", "d", "e"]}, "stop", "it takes at most 4"),
    (CLAUDE, {"temperature": 1.5}, "temperature", "it takes 0 to 1"),
    (CLAUDE, {"max_tokens": -1}, "max_tokens", "it takes at least 0"),
    # --- this model, this provider ---
    ("openai/o3", {"temperature": 0.2}, "temperature", "o3 reasons"),
    ("openai/o3", {"max_tokens": 20}, "max_tokens", "write `max_completion_tokens`"),
    ("anthropic/claude-opus-4-7", {"temperature": 0.2}, "temperature", "refuses sampling params"),
    ("mistral/mistral-large-latest", {"seed": 3}, "seed", "write `random_seed`"),
    ("mistral/mistral-large-latest", {"max_completion_tokens": 3}, "max_completion_tokens", "takes `max_tokens`"),
    ("deepseek/deepseek-chat", {"max_completion_tokens": 3}, "max_completion_tokens", "DeepSeek takes `max_tokens`"),
    ("groq/llama-3.3-70b-versatile", {"logprobs": True}, "logprobs", "does not give log probabilities"),
    # --- rules across params, anthropic-messages ---
    (CLAUDE, {**THINKS, "temperature": 0.5}, "temperature", "0.5 is not taken while the model thinks"),
    (CLAUDE, {**THINKS, "temperature": 0}, "temperature", "leave it out or write 1"),
    (OPUS, {"thinking": {"type": "adaptive"}, "temperature": 0.0}, "temperature", "while the model thinks"),
    (CLAUDE, {**THINKS, "top_p": 0.9}, "top_p", "write 0.95 to 1"),
    (CLAUDE, {**THINKS, "top_k": 5}, "top_k", "leave out `thinking`"),
    (CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": 500}}, "thinking.budget_tokens", "at least 1024"),
    (CLAUDE, {"thinking": {"type": "enabled", "budget_tokens": 0}}, "thinking.budget_tokens", "0 is too few"),
    (CLAUDE, {**THINKS, "max_tokens": 2048}, "thinking.budget_tokens", "not less than the 2048 of `max_tokens`"),
    (CLAUDE, {**THINKS, "max_tokens": 100}, "thinking.budget_tokens", "raise `max_tokens`"),
    (CLAUDE, {**THINKS, "agents": [AGENT], "agent_choice": REQUIRED}, "agent_choice", 'write "auto" or "none"'),
    (CLAUDE, {**THINKS, "agents": [AGENT], "agent_choice": FIND}, "agent_choice", "while the model thinks"),
    (CLAUDE, {"temperature": 0.5, "top_p": 0.9}, "top_p", "one of `temperature` and `top_p`"),
    ("anthropic/claude-opus-4-7", THINKS, "thinking.type", 'write {"type": "adaptive"}'),
    ("anthropic/claude-opus-4-7", {"temperature": 0.9}, "temperature", "refuses sampling params"),
    (CLAUDE, {"thinking": {"type": "adaptive"}}, "thinking.type", '"budget_tokens": ...}'),
    (CLAUDE, {"output_config": {"effort": "high"}}, "output_config", "an effort is not taken"),
    (OPUS, {"output_config": {"effort": "xhigh"}}, "output_config.effort", "'xhigh' is not taken by claude-opus-4-6"),
    (CLAUDE, {"agent_choice": REQUIRED}, "agent_choice", "nothing to choose from"),
    (CLAUDE, {"disable_parallel_tool_use": True}, "disable_parallel_tool_use", "give `agents=[...]`"),
    # --- rules across params, openai-chat ---
    (GPT, {"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens", "leave out `max_tokens`"),
    (GPT, {"top_logprobs": 3}, "top_logprobs", "write `logprobs=True`"),
    (GPT, {"top_logprobs": 3, "logprobs": False}, "top_logprobs", "write `logprobs=True`"),
    (GPT, {"modalities": ["text", "audio"]}, "modalities", "`audio={"),
    (GPT, {"prediction": EDIT, "n": 2}, "n", "beside `prediction`"),
    (GPT, {"prediction": EDIT, "logprobs": True}, "logprobs", "beside `prediction`"),
    (GPT, {"prediction": EDIT, "presence_penalty": 0.5}, "presence_penalty", "beside `prediction`"),
    (GPT, {"prediction": EDIT, "frequency_penalty": 0.5}, "frequency_penalty", "beside `prediction`"),
    (GPT, {"prediction": EDIT, "max_completion_tokens": 9}, "max_completion_tokens", "beside `prediction`"),
    (GPT, {"prediction": EDIT, "audio": {"format": "mp3", "voice": "alloy"}}, "audio", "beside `prediction`"),
    (GPT, {"prediction": EDIT, "agents": [AGENT]}, "prediction", "where agents are offered"),
    (GPT, {"parallel_tool_calls": False}, "parallel_tool_calls", "no agents are offered"),
    (GPT, {"agent_choice": REQUIRED}, "agent_choice", "nothing to choose from"),
    ("openai/o3", {"temperature": 0.999}, "temperature", "o3 reasons"),
    ("openai/o3", {"presence_penalty": 0.1}, "presence_penalty", "o3 reasons"),
    ("openai/o3", {"stop": "END"}, "stop", "o3 takes no stop sequences"),
    ("openai/o3", {"reasoning_effort": "minimal"}, "reasoning_effort", "'minimal' is not taken by o3"),
    ("openai/gpt-5", {"reasoning_effort": "none"}, "reasoning_effort", "'none' is not taken by gpt-5"),
    ("openai/gpt-5.1", {"reasoning_effort": "xhigh"}, "reasoning_effort", "'xhigh' is not taken by gpt-5.1"),
    ("openai/gpt-5.2", {"reasoning_effort": "low", "temperature": 0.3}, "temperature", "`reasoning_effort='none'`"),
    ("openai/gpt-5.2", {"reasoning_effort": "low", "top_p": 0.3}, "top_p", "`reasoning_effort='none'`"),
    ("openai/gpt-5.2", {"reasoning_effort": "low", "logprobs": True}, "logprobs", "`reasoning_effort='none'`"),
    (LLAMA, {"agents": [AGENT], "response_format": JSON}, "response_format", "where agents are offered"),
    (LLAMA, {"agents": [AGENT], "response_format": JSON_OBJECT}, "response_format", "leave out `response_format`"),
    ("groq/llama-3.3-70b-versatile", {"service_tier": "on_demnd"}, "service_tier", "did you mean 'on_demand'?"),
]

SINCE = {
    "{'speed': 2}": "1.17.0",
    "{'reasoning_effort': 'none'}": "2.54.0",
    "{'reasoning_effort': 'xhigh'}": "2.54.0",
}
"""Rows whose fault is another one with older SDKs -> the first version that was tried where it is this one."""

BAD += RESPONSES_BAD
SINCE |= RESPONSES_SINCE

needs_openai = pytest.mark.skipif(not is_installed("openai"), reason="the test is of openai's params")
needs_anthropic = pytest.mark.skipif(not is_installed("anthropic"), reason="the test is of anthropic's params")


@pytest.mark.parametrize(("model", "params", "path", "words"), rows_here(BAD, SINCE), ids=lambda value: str(value)[:40])
def test_a_mistake_is_refused_with_one_fault(model: str, params: dict[str, Any], path: str, words: str) -> None:
    """A mistake gives exactly one fault, at its place, with the value or what to write instead."""
    with pytest.raises(InvalidParams) as caught:
        defined(model, params)
    assert [fault.path for fault in caught.value.faults] == [path]
    assert words in str(caught.value.faults[0])
    assert wire_and_model(model)[1] in str(caught.value)


@needs_openai
def test_all_mistakes_are_told_at_once() -> None:
    """A definition with several mistakes names each of them, and what the provider takes."""
    with pytest.raises(InvalidParams) as caught:
        defined(GPT, {"tempature": 0.5, "n": "two", "messages": [], "reasoning_effort": "hihg", "top_p": 4})
    paths = [fault.path for fault in caught.value.faults]
    assert paths == ["tempature", "n", "messages", "reasoning_effort", "top_p"]
    assert "max_completion_tokens" in caught.value.allowed
    assert "messages" not in caught.value.allowed
    assert "5 faults" in str(caught.value)


@needs_openai
def test_two_mistakes_in_one_value_are_two_faults() -> None:
    """Each mistake in a nested value has its own path."""
    with pytest.raises(InvalidParams) as caught:
        defined(GPT, {"audio": {"format": "mp4", "voic": "alloy"}})
    assert [fault.path for fault in caught.value.faults] == ["audio.format", "audio.voic"]


@needs_anthropic
def test_rules_are_told_with_all_other_mistakes() -> None:
    """Mistakes in single values and in their combination stand in one error; what is faulty itself breaks no rule as well."""
    with pytest.raises(InvalidParams) as caught:
        defined(CLAUDE, {**THINKS, "tempature": 1, "top_k": 3, "max_tokens": "9", "agent_choice": REQUIRED})
    assert [fault.path for fault in caught.value.faults] == ["tempature", "max_tokens", "top_k", "agent_choice"]


def _asked(model: str, params: dict[str, Any]) -> Asked:
    name, _, bare = wire_and_model(model)[1].partition("/")
    own = {key: params[key] for key in ("agent_choice", "response_format") if key in params}
    agents, stream = params.get("agents", ()), params.get("stream", False)
    return Asked(provider=name, model=bare, params=params, agents=agents, stream=stream, quirks=row(name).quirks, **own)


@pytest.mark.parametrize(
    ("wire", "rule"),
    [("openai-chat", rule) for rule in CHAT_RULES]
    + [("openai-responses", rule) for rule in RESPONSES_RULES]
    + [("anthropic-messages", rule) for rule in MESSAGES_RULES],
    ids=lambda value: getattr(value, "name", value),
)
def test_every_rule_has_a_source_and_a_row_of_the_table_that_breaks_it(wire: str, rule: ParamRule) -> None:
    """No rule stands without its source, and none that no mistake of the table meets."""
    assert "https://" in rule.source or "the row of the provider" in rule.source
    rows = [(model, _asked(model, params)) for model, params, path, _ in BAD if path == rule.path]
    assert any(spoken(model) == wire and rule.fault(asked) for model, asked in rows)
