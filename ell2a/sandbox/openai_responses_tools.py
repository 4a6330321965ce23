"""The agents on offer in a request of the wire openai-responses: the caller's own, and those that the service has itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from ell2a.sandbox import openai_values
from ell2a.sandbox.checked import Checked
from ell2a.sandbox.conversation import Agent, AgentChoice

ServerAgentKind = Literal["web_search", "file_search", "code_interpreter", "image_generation"]

_KINDS: dict[str, ServerAgentKind] = {
    "web_search": "web_search",
    "web_search_2025_08_26": "web_search",
    "web_search_preview": "web_search",
    "web_search_preview_2025_03_11": "web_search",
    "file_search": "file_search",
    "code_interpreter": "code_interpreter",
    "image_generation": "image_generation",
}
"""Type of tool -> the server agent that it means."""
_KEYS: dict[ServerAgentKind, tuple[str, ...]] = {
    "web_search": (
        "type",
        "filters",
        "search_context_size",
        "user_location",
        "external_web_access",
        "search_content_types",
    ),
    "file_search": ("type", "vector_store_ids", "filters", "max_num_results", "ranking_options"),
    "code_interpreter": ("type", "container"),
    "image_generation": (
        "type",
        "action",
        "background",
        "input_fidelity",
        "model",
        "moderation",
        "output_compression",
        "output_format",
        "partial_images",
        "quality",
        "size",
    ),
}
_NOT_HERE = (
    "apply_patch",
    "computer",
    "computer_use_preview",
    "custom",
    "local_shell",
    "mcp",
    "namespace",
    "programmatic_tool_calling",
    "shell",
    "tool_search",
)
"""Other types of tools that the wire has. Source of all: openai 3.54.0, `types.responses.tool_param`."""
_MEANT: dict[ServerAgentKind, re.Pattern[str]] = {
    "web_search": re.compile(r"\b(?:search|web|online|latest|news|today|current\w*|look\w* up)\b", re.IGNORECASE),
    "file_search": re.compile(r"\b(?:files?|documents?|search|find|contract|manual)\b", re.IGNORECASE),
    "code_interpreter": re.compile(
        r"\b(?:code|python|run|compute|calculate|plot)\b|[\d.]+\s*[-+*/×÷]\s*[\d.]+", re.IGNORECASE
    ),
    "image_generation": re.compile(r"\b(?:draw|image|picture|paint|sketch)\b", re.IGNORECASE),
}
"""The words of a question that have a server agent called."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a request offers, and which of it must be called."""

    agents: tuple[Agent, ...]
    choice: AgentChoice
    server: tuple[ServerAgentKind, ...]
    """The server agents on offer."""
    forced: ServerAgentKind | None = None
    """The one that must be called."""

    def wanted(self, question: str) -> list[ServerAgentKind]:
        """The server agents that a question has called."""
        if self.forced is not None:
            return [self.forced]
        if self.choice.kind == "none":
            return []
        return [kind for kind in self.server if _MEANT[kind].search(question)]


def read(asked: Checked) -> Tools:
    """The tools of a request. Raises Fault."""
    functions: list[Agent] = []
    server: list[ServerAgentKind] = []
    for tool in asked["tools"].items() if "tools" in asked else ():
        kind = tool.object()["type"].one_of("function", *_KINDS, *_NOT_HERE)
        if kind in _NOT_HERE:
            raise tool["type"].fault("no model of the sandbox can do this", "unsupported_value")
        if kind == "function":
            functions.append(_function(tool))
        else:
            server.append(_server(tool, _KINDS[kind]))
    return _chosen(asked.given("tool_choice"), tuple(functions), tuple(dict.fromkeys(server)))


def _function(tool: Checked) -> Agent:
    tool.object(("type", "name", "description", "parameters", "strict", "defer_loading", "allowed_callers"))
    strict = tool["strict"].boolean() if "strict" in tool else False
    parameters, described = tool.given("parameters"), tool.given("description")
    empty: dict[str, Any] = {"type": "object", "properties": {}}
    schema = openai_values.schema(parameters, strict=strict) if parameters else empty
    return Agent(openai_values.name(tool["name"]), described.string() if described else "", schema)


def _server(tool: Checked, kind: ServerAgentKind) -> ServerAgentKind:
    tool.object(_KEYS[kind])
    if kind == "file_search":
        list(tool["vector_store_ids"].items(at_least=1))
    if kind == "code_interpreter" and not isinstance(tool["container"].value, str):
        tool["container"].object()["type"].one_of("auto")
    return kind


def _chosen(choice: Checked | None, agents: tuple[Agent, ...], server: tuple[ServerAgentKind, ...]) -> Tools:
    if choice is None:
        return Tools(agents, AgentChoice(), server)
    if isinstance(choice.value, str):
        kind = choice.one_of("auto", "none", "required")
        if kind == "required" and not agents and not server:
            raise choice.fault("'required' is only taken where `tools` are given")
        forced = server[0] if kind == "required" and not agents else None
        return Tools(agents, AgentChoice(kind), server, forced)  # type: ignore[arg-type]  # one of the three
    kind = choice.object()["type"].one_of("function", "allowed_tools", *_KINDS)
    if kind == "function":
        named = choice.object(("type", "name"))["name"].one_of(*(a.name for a in agents))
        return Tools(agents, AgentChoice("agent", named), server)
    if kind == "allowed_tools":
        return _allowed(choice, agents, server)
    if _KINDS[kind] not in server:
        raise choice["type"].fault(f"{kind!r} is not among the `tools`")
    return Tools(agents, AgentChoice(), server, _KINDS[kind])


def _allowed(choice: Checked, agents: tuple[Agent, ...], server: tuple[ServerAgentKind, ...]) -> Tools:
    mode = choice.object(("type", "mode", "tools"))["mode"].one_of("auto", "required")
    names: list[str] = []
    kinds: list[ServerAgentKind] = []
    for tool in choice["tools"].items(at_least=1):
        if tool.object()["type"].one_of("function", *_KINDS) == "function":
            names.append(tool["name"].one_of(*(a.name for a in agents)))
        else:
            kinds.append(_KINDS[tool["type"].string()])
    allowed = tuple(a for a in agents if a.name in names)
    kept = tuple(kind for kind in server if kind in kinds)
    forced = kept[0] if mode == "required" and not allowed and kept else None
    return Tools(allowed, AgentChoice(mode), kept, forced)  # type: ignore[arg-type]  # auto or required
