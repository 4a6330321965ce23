"""Params of the wire openai-responses: what is refused at definition, with path and hint, and what never is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ell2a.calls import AgentChoice, AgentSpec, ResponseFormat, ServerAgent

GPT = "openai-responses:openai/gpt-4o"
O3, GPT5, GPT52 = "openai-responses:openai/o3", "openai-responses:openai/gpt-5", "openai-responses:openai/gpt-5.2"
GPT55, GPT56 = "openai-responses:openai/gpt-5.5", "openai-responses:openai/gpt-5.6-sol"
TOMORROW = "openai-responses:openai/gpt-a-model-of-tomorrow"
AGENT = AgentSpec(name="find", input_schema={"type": "object", "properties": {}})
SEARCH = ServerAgent(wire="openai-responses", raw={"type": "web_search"})
FILES = ServerAgent(wire="openai-responses", raw={"type": "file_search", "vector_store_ids": ["vs_1"]})
REQUIRED, NONE = AgentChoice(kind="required"), AgentChoice(kind="none")
JSON = ResponseFormat(kind="json_schema", name="A", json_schema={"type": "object", "properties": {}})
SEALED, LOGPROBS = "reasoning.encrypted_content", "message.output_text.logprobs"

RESPONSES_BAD: list[tuple[str, dict[str, Any], str, str]] = [
    # --- names ---
    (GPT, {"tempature": 0.5}, "tempature", "did you mean `temperature`?"),
    (GPT, {"max_tokens": 50}, "max_tokens", "here it is `max_output_tokens`"),
    (GPT, {"max_completion_tokens": 50}, "max_completion_tokens", "here it is `max_output_tokens`"),
    (GPT5, {"reasoning_effort": "low"}, "reasoning_effort", "here it is `reasoning`"),
    (GPT, {"user_id": "u1"}, "user_id", "here it is `safety_identifier`"),
    (GPT, {"previous_response": "resp_1"}, "previous_response", "did you mean `previous_response_id`?"),
    (GPT, {"stop": ["END"]}, "stop", "this wire has none"),
    (GPT, {"seed": 3}, "seed", "extra_body={'seed': ...}"),
    (GPT, {"n": 2}, "n", "extra_body={'n': ...}"),
    (GPT, {"text_format": JSON}, "text_format", "ell2a's word for it is `response_format`"),
    (GPT, {"messages": []}, "messages", "ell2a's word for it is a message"),
    (GPT, {"streaming": True}, "streaming", "`stream`"),
    # --- what ell2a owns ---
    (GPT, {"input": "Hi"}, "input", "is set by ell2a"),
    (GPT, {"instructions": "Be brief."}, "instructions", "a system message"),
    (GPT, {"tools": [{"type": "web_search"}]}, "tools", "`agents=[...]`"),
    (GPT, {"tool_choice": "auto"}, "tool_choice", 'agent_choice="auto"'),
    (GPT, {"text": {"format": {"type": "json_object"}}}, "text.format", "`response_format=`"),
    (GPT, {"extra_body": {"text": {"format": {}}}}, "extra_body.text.format", "`response_format=`"),
    (GPT, {"extra_body": {"input": []}}, "extra_body.input", "is set by ell2a"),
    # --- types ---
    (GPT, {"temperature": "hot"}, "temperature", "'hot' is not float | None"),
    (GPT, {"temperature": Decimal("0.5")}, "temperature", "write `float(...)`"),
    (GPT, {"max_output_tokens": "50"}, "max_output_tokens", "write 50 without quotes"),
    (GPT, {"max_output_tokens": 50.0}, "max_output_tokens", "write 50"),
    (GPT, {"max_tool_calls": True}, "max_tool_calls", "True is not int"),
    (GPT, {"store": "no"}, "store", "'no' is not bool"),
    (GPT, {"background": 1}, "background", "1 is not bool"),
    (GPT, {"parallel_tool_calls": "false"}, "parallel_tool_calls", "write False without quotes"),
    (GPT, {"previous_response_id": 7}, "previous_response_id", "7 is not str"),
    (GPT, {"include": SEALED}, "include", f"write [{SEALED!r}]"),
    (GPT, {"metadata": {"a": 1}}, "metadata.a", "1 is not str"),
    (GPT5, {"reasoning": "low"}, "reasoning", "'low' is not Reasoning"),
    (GPT, {"top_logprobs": 2.5}, "top_logprobs", "2.5 is not int"),
    # --- literals ---
    (GPT, {"truncation": "atuo"}, "truncation", "did you mean 'auto'?"),
    (GPT, {"service_tier": "fastest"}, "service_tier", "is not one of 'auto', 'default', 'flex'"),
    (GPT, {"include": ["reasoning.encrypted"]}, "include.0", "did you mean 'reasoning.encrypted_content'?"),
    (GPT, {"prompt_cache_retention": "48h"}, "prompt_cache_retention", "did you mean '24h'?"),
    (GPT5, {"reasoning": {"effort": "hihg"}}, "reasoning.effort", "did you mean 'high'?"),
    (GPT5, {"reasoning": {"summary": "brief"}}, "reasoning.summary", "is not one of 'auto', 'concise', 'detailed'"),
    (GPT5, {"text": {"verbosity": "loud"}}, "text.verbosity", "is not one of 'low', 'medium', 'high'"),
    # --- nested ---
    (GPT5, {"reasoning": {"effrot": "low"}}, "reasoning.effrot", "did you mean 'effort'?"),
    (GPT5, {"text": {"verbosty": "low"}}, "text.verbosty", "did you mean 'verbosity'?"),
    (GPT, {"conversation": {}}, "conversation.id", "is missing"),
    (GPT, {"prompt": {"id": "pmpt_1", "verison": "2"}}, "prompt.verison", "did you mean 'version'?"),
    (GPT, {"prompt": {"version": "2"}}, "prompt.id", "is missing"),
    (GPT, {"context_management": [{"typ": "compaction"}]}, "context_management.0.typ", "did you mean 'type'?"),
    (GPT56, {"prompt_cache_options": {"mod": "explicit"}}, "prompt_cache_options.mod", "did you mean 'mode'?"),
    # --- ranges ---
    (GPT, {"temperature": 2.5}, "temperature", "it takes 0 to 2"),
    (GPT, {"top_p": -0.1}, "top_p", "it takes 0 to 1"),
    (GPT, {"top_logprobs": 21}, "top_logprobs", "it takes 0 to 20"),
    (GPT, {"max_output_tokens": 0}, "max_output_tokens", "it takes at least 1"),
    (GPT, {"max_tool_calls": -1}, "max_tool_calls", "it takes at least 0"),
    # --- this model ---
    (O3, {"temperature": 0.2}, "temperature", "o3 reasons"),
    (O3, {"top_p": 0.9}, "top_p", "o3 reasons"),
    (GPT5, {"temperature": 0}, "temperature", "gpt-5 reasons"),
    (GPT5, {"top_logprobs": 2}, "top_logprobs", "gpt-5 reasons"),
    # --- rules across params ---
    (GPT, {"reasoning": {"effort": "low"}}, "reasoning", "gpt-4o does not reason"),
    (GPT, {"reasoning": {"summary": "auto"}}, "reasoning", "leave it out"),
    (O3, {"reasoning": {"effort": "minimal"}}, "reasoning.effort", "'minimal' is not taken by o3"),
    (GPT5, {"reasoning": {"effort": "none"}}, "reasoning.effort", "'none' is not taken by gpt-5"),
    (GPT5, {"reasoning": {"effort": "minimal"}, "agents": [FILES]}, "reasoning.effort", "write 'low'"),
    (O3, {"reasoning": {"summary": "concise"}}, "reasoning.summary", "write 'auto' or 'detailed'"),
    (GPT52, {"reasoning": {"effort": "low"}, "temperature": 0.3}, "temperature", "only where it does not reason"),
    (GPT52, {"reasoning": {"effort": "high"}, "top_p": 0.3}, "top_p", "`reasoning={'effort': 'none'}`"),
    (GPT, {"include": [SEALED]}, "include", "gpt-4o has no reasoning"),
    ("openai-responses:openai/gpt-5-chat-latest", {"include": [SEALED]}, "include", "leave it out of the list"),
    (GPT5, {"include": [LOGPROBS]}, "include", "gives no log probabilities"),
    (
        GPT,
        {"previous_response_id": "resp_1", "conversation": "conv_1"},
        "previous_response_id",
        "leave one of the two out",
    ),
    (GPT, {"background": True, "store": False}, "store", "leave `store` out"),
    (GPT, {"stream_options": {"include_obfuscation": False}}, "stream_options", "write `stream=True`"),
    (GPT, {"max_output_tokens": 10}, "max_output_tokens", "write at least 16"),
    (GPT, {"text": {"verbosity": "low"}}, "text.verbosity", "'low' is not taken by gpt-4o"),
    (GPT55, {"prompt_cache_options": {"mode": "explicit"}}, "prompt_cache_options", "gpt-5.6 and later"),
    (GPT55, {"prompt_cache_retention": "in_memory"}, "prompt_cache_retention", "write '24h'"),
    (GPT, {"context_management": [{"type": "trimming"}]}, "context_management", "'compaction'"),
    (GPT, {"metadata": {f"k{i}": "v" for i in range(17)}}, "metadata", "it takes 16"),
    (GPT, {"metadata": {"k": "v" * 513}}, "metadata", "a value 512"),
    (GPT, {"metadata": {"k" * 65: "v"}}, "metadata", "at most 64 characters"),
    (GPT, {"safety_identifier": "x" * 129}, "safety_identifier", "at most 128 characters"),
    (GPT, {"agent_choice": REQUIRED}, "agent_choice", "nothing to choose from"),
    (
        GPT56,
        {"background_options": {"completion_window": "2h"}},
        "background_options.completion_window",
        "write `background=True`",
    ),
    (
        GPT56,
        {"background": True, "background_options": {"completion_window": "8h"}, "stream": True},
        "background_options.completion_window",
        "does not go together with a stream",
    ),
    (
        GPT56,
        {"background": True, "background_options": {"completion_window": "2h"}, "service_tier": "flex"},
        "service_tier",
        "leave one of the two out",
    ),
    (GPT55, {"service_tier": "ultrafast"}, "service_tier", "'ultrafast' is not there for gpt-5.5"),
]
"""`(WIRE:provider/model, params, path, words of the fault)`."""

RESPONSES_SINCE: dict[str, str] = {
    "{'context_management': [{'typ': 'compaction'}]}": "2.54.0",
    "{'prompt_cache_options': {'mod': 'explicit'}}": "2.54.0",
    "{'reasoning': {'effort': 'none'}}": "2.54.0",
    "{'background_options': {'completion_window': '2h'}}": "3.54.0",
    "{'background': True, 'background_options': {'completion_window': '8h'}, 'stream': True}": "3.54.0",
    "{'background': True, 'background_options': {'completion_window': '2h'}, 'service_tier': 'flex'}": "3.54.0",
    "{'service_tier': 'ultrafast'}": "3.54.0",
}
"""Rows that are another fault with older SDKs -> the first version that was tried where it is this one."""

RESPONSES_GOOD: list[tuple[str, dict[str, Any]]] = [
    (GPT, {}),
    (GPT, {"temperature": 0, "top_p": 1.0}),
    (GPT, {"temperature": None, "max_output_tokens": None}),
    (GPT, {"max_output_tokens": 16}),
    (GPT, {"max_tool_calls": 0}),
    (GPT, {"max_tool_calls": 3, "agents": [SEARCH]}),
    (GPT, {"store": False}),
    (GPT, {"store": True, "background": True}),
    (GPT, {"background": False, "store": False}),
    (GPT, {"previous_response_id": "resp_1"}),
    (GPT, {"conversation": "conv_1"}),
    (GPT, {"conversation": {"id": "conv_1"}}),
    (GPT, {"previous_response_id": "resp_1", "conversation": None}),
    (GPT, {"metadata": {f"k{i}": "v" * 512 for i in range(16)}}),
    (GPT, {"safety_identifier": "x" * 128, "user": "u1"}),
    (GPT, {"prompt_cache_key": "k", "prompt_cache_retention": "in_memory"}),
    (GPT, {"truncation": "auto"}),
    (GPT, {"service_tier": "priority"}),
    (GPT, {"text": {"verbosity": "medium"}}),
    (GPT, {"top_logprobs": 5, "include": [LOGPROBS]}),
    (GPT, {"include": ("web_search_call.action.sources", "file_search_call.results")}),
    (GPT, {"reasoning": None}),
    (GPT, {"reasoning": {"effort": None}}),
    (GPT, {"prompt": {"id": "pmpt_1", "version": "2", "variables": {"name": "Ada"}}, "agent_choice": REQUIRED}),
    (GPT, {"parallel_tool_calls": False}),
    (GPT, {"agents": [AGENT], "agent_choice": REQUIRED, "response_format": JSON}),
    (GPT, {"agents": [SEARCH], "agent_choice": REQUIRED}),
    (GPT, {"agent_choice": NONE}),
    (GPT, {"response_format": JSON}),
    (GPT, {"stream": True, "stream_options": {"include_obfuscation": False}}),
    (GPT, {"context_management": [{"type": "compaction", "compact_threshold": 1000}]}),
    (GPT, {"extra_body": {"stop": ["END"]}, "timeout": 3.5}),
    (O3, {"temperature": 1, "top_p": 1}),
    (O3, {"reasoning": {"effort": "high", "summary": "detailed"}, "include": [SEALED]}),
    (GPT5, {"reasoning": {"effort": "minimal"}}),
    (GPT5, {"reasoning": {"effort": "minimal"}, "agents": [AGENT]}),
    (GPT5, {"reasoning": {"effort": "low", "summary": "auto"}, "text": {"verbosity": "low"}}),
    (GPT52, {"reasoning": {"effort": "none"}, "temperature": 0.3}),
    (GPT52, {"reasoning": {"effort": "xhigh"}, "temperature": 1}),
    (GPT52, {"temperature": 0.3}),
    (GPT55, {"prompt_cache_retention": "24h"}),
    (GPT56, {"prompt_cache_options": {"mode": "explicit", "ttl": "30m"}}),
    (TOMORROW, {"reasoning": {"effort": "high"}, "temperature": 0.3, "text": {"verbosity": "high"}}),
    ("openai-responses:openai/gpt-5-pro", {"reasoning": {"effort": "high"}}),
    ("openai-responses:sandbox/sandbox-small", {"max_output_tokens": 4, "temperature": 0.5}),
]
"""`(WIRE:provider/model, params)`."""

RESPONSES_GOOD_SINCE: dict[str, str] = {
    "{'include': ('web_search_call.action.sources', 'file_search_call.results')}": "2.54.0",
    "{'reasoning': {'effort': 'none'}, 'temperature': 0.3}": "2.54.0",
    "{'reasoning': {'effort': 'xhigh'}, 'temperature': 1}": "2.54.0",
}
"""Rows with values that older SDKs do not list, and that go by `extra_body` there -> the first version tried that does."""
