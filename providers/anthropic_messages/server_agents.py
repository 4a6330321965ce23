"""The agents of the wire's own: every type of the SDK's tools that is no declared function, and who runs it."""

from __future__ import annotations

from ell2a.providers.server_agents import Kinds, ServerAgentKind

_SOURCE = "anthropic 2.12, types.tool_union_param"

_BY_PROVIDER = (
    "web_search_20250305",
    "web_search_20260209",
    "web_search_20260318",
    "web_fetch_20250910",
    "web_fetch_20260209",
    "web_fetch_20260309",
    "web_fetch_20260318",
    "code_execution_20250522",
    "code_execution_20250825",
    "code_execution_20260120",
    "code_execution_20260521",
    "tool_search_tool_bm25",
    "tool_search_tool_bm25_20251119",
    "tool_search_tool_regex",
    "tool_search_tool_regex_20251119",
)
"""Their names are those of a `server_tool_use` block (anthropic 2.12, types.server_tool_use_block_param)."""

_BY_PROGRAM = (
    "bash_20250124",
    "browser_toolset_20260801",
    "computer_toolset_20260801",
    "memory_20250818",
    "text_editor_20250124",
    "text_editor_20250429",
    "text_editor_20250728",
)
"""Anthropic knows their schema; the calls come as `tool_use`, and your program answers them."""

SERVER_AGENTS: Kinds = {
    **{kind: ServerAgentKind(runs="provider", source=_SOURCE) for kind in _BY_PROVIDER},
    **{kind: ServerAgentKind(runs="program", source=_SOURCE) for kind in _BY_PROGRAM},
}
