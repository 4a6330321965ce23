"""Agents and the choice among them: `tools` and `tool_choice`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.calls import AgentChoice, AgentSpec, AnyAgent, ServerAgent
from ell2a.providers.openai_chat.strict_schema import strict_schema
from ell2a.providers.openai_responses.native_keys import WIRE, carried, key_of, native_of, put_back, report_native
from ell2a.providers.report import Report

_FIELDS = {"name": str, "description": str | None, "parameters": dict | None, "strict": bool | None}
_CARRIED = ("defer_loading",)


def read_agents(given: Any) -> list[AnyAgent] | None:
    """The agents that a request offers; None where they are no list of objects."""
    if not isinstance(given, list) or not all(isinstance(tool, dict) for tool in given):
        return None
    return [_read_function(tool) or ServerAgent(wire=WIRE, raw=tool) for tool in given]


def write_agents(agents: list[AnyAgent], report: Report) -> list[Any]:
    """The value of `tools`."""
    tools: list[Any] = []
    for at, agent in enumerate(agents):
        path, place = f"agents.{at}", f"tools.{len(tools)}"
        if isinstance(agent, ServerAgent):
            if agent.wire != WIRE:
                report.lost(
                    path, f"it is an agent of the wire {agent.wire}.", capability="another wire's server agents"
                )
                continue
            report.kept(path, place)
            tools.append(agent.raw)
            continue
        tool, fitted = _write_function(agent)
        if fitted:
            report.converted(
                path, place, "strict mode: every object requires all of its properties and takes no others"
            )
        else:
            report.kept(path, place)
        report_native(agent.native, path, report)
        tools.append(tool)
    return tools


def read_choice(given: Any, agents: list[AnyAgent]) -> AgentChoice | None:
    """The choice among the agents; None where it is said in no way that we know."""
    if given in ("auto", "none", "required"):
        return AgentChoice(kind=given)
    if not isinstance(given, dict):
        return None
    named = given.get("name") if given.get("type") in ("function", "custom") else given.get("type")
    choices = [AgentChoice(kind="agent", name=named)] if isinstance(named, str) else []
    listed = given.get("tools")
    if given.get("type") == "allowed_tools" and isinstance(listed, list) and given.get("mode") in ("auto", "required"):
        names = [tool.get("name") or tool.get("type") for tool in listed if isinstance(tool, dict)]
        if all(isinstance(name, str) for name in names):
            choices = [AgentChoice(kind=given["mode"], among=names)]
    # What would not come back the same is not understood.
    return next((choice for choice in choices if _written(choice, agents) == given), None)


def write_choice(choice: AgentChoice, agents: list[AnyAgent], report: Report) -> Any:
    """The value of `tool_choice`."""
    report.renamed("agent_choice", "tool_choice")
    return _written(choice, agents)


def _written(choice: AgentChoice, agents: list[AnyAgent]) -> Any:
    if choice.kind == "agent":
        return _reference(choice.name or "", agents)
    if choice.among is not None:
        tools = [_reference(name, agents) for name in choice.among]
        return {"type": "allowed_tools", "mode": choice.kind, "tools": tools}
    return choice.kind


def _reference(name: str, agents: list[AnyAgent]) -> dict[str, Any]:
    """How a choice points to an agent: a function by its name, one of the provider's own by its type."""
    own = next((a.raw for a in agents if isinstance(a, ServerAgent) and a.wire == WIRE and a.name == name), None)
    if own is None or any(isinstance(a, AgentSpec) and a.name == name for a in agents):
        return {"type": "function", "name": name}
    return {"type": own["type"], "name": name} if "name" in own else {"type": name}


def _read_function(tool: Mapping[str, Any]) -> AgentSpec | None:
    if tool.get("type") != "function" or not all(isinstance(tool.get(f), kind) for f, kind in _FIELDS.items()):
        return None
    schema = tool.get("parameters")
    spec = AgentSpec(
        name=tool["name"],
        description=tool.get("description"),
        input_schema={"type": "object", "properties": {}} if schema is None else schema,
        strict=tool.get("strict"),
    )
    native = native_of(
        parameters="absent" if schema is None else None,
        unfitted=True if schema is not None and _fitted(spec) != schema else None,
        **carried(tool, _CARRIED, ("type", *_FIELDS)),
    )
    return spec.model_copy(update={"native": native})


def _write_function(agent: AgentSpec) -> tuple[dict[str, Any], bool]:
    """The tool, and whether its schema had to be fitted."""
    tool: dict[str, Any] = {"type": "function", "name": agent.name}
    if agent.description is not None:
        tool["description"] = agent.description
    absent = key_of(agent.native, "parameters") == "absent" and not agent.input_schema.get("properties")
    written = agent.input_schema if key_of(agent.native, "unfitted") else _fitted(agent)
    # Both are required by the wire's own type; null leaves the matter to the provider.
    tool["parameters"] = None if absent else written
    tool["strict"] = agent.strict
    return put_back(tool, agent.native, _CARRIED), not absent and written != agent.input_schema


def _fitted(agent: AgentSpec) -> dict[str, Any]:
    return strict_schema(agent.input_schema) if agent.strict else agent.input_schema
