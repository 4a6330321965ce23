"""The agents of the wire's own: every type of the SDK's tools that is no declared function, and who runs it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ell2a.providers.server_agents import Kinds, ServerAgentKind

_TYPES = "openai 3.54, types.responses"


def _kinds(
    runs: Literal["provider", "program", "either"], source: str, names: Iterable[str]
) -> dict[str, ServerAgentKind]:
    return {name: ServerAgentKind(runs=runs, source=f"{_TYPES}.{source}") for name in names}


SERVER_AGENTS: Kinds = {
    **_kinds(
        "provider",
        "response_output_item: the item of the call holds its result",
        (
            "code_interpreter",
            "file_search",
            "image_generation",
            "mcp",
            "programmatic_tool_calling",
            "web_search",
            "web_search_2025_08_26",
            "web_search_preview",
            "web_search_preview_2025_03_11",
        ),
    ),
    **_kinds("either", "function_shell_tool_param: `environment`, a container of the service or `local`", ("shell",)),
    **_kinds("either", "tool_search_tool_param: `execution`, `server` or `client`", ("tool_search",)),
    **_kinds(
        "program",
        "response_input_item_param: your program answers the call by an item of its own",
        ("apply_patch", "computer", "computer_use_preview", "custom", "local_shell"),
    ),
    **_kinds("program", "namespace_tool_param: it holds functions of yours", ("namespace",)),
}
