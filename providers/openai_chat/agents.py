"""Agents and the choice among them: `tools` and `tool_choice`, and the older `functions` and `function_call`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ell2a.calls import AgentChoice, AgentSpec, AnyAgent, ServerAgent
from ell2a.providers.openai_chat.native_keys import EXTRA, WIRE, key_of, native_of, put_unlisted, unlisted
from ell2a.providers.openai_chat.part_writing import report_native
from ell2a.providers.openai_chat.strict_schema import strict_schema
from ell2a.providers.report import Report

LEGACY = "functions"
AMONG = "allowed_tools"
_FUNCTION_FIELDS = ("name", "description", "parameters", "strict")
_TOOL_FIELDS = ("type", "function", "cache_control", "eager_input_streaming")
_CARRIED = ("cache_control", "eager_input_streaming")


def read_agents(native: Mapping[str, Any]) -> tuple[list[AnyAgent], set[str]]:
    """The agents that a request offers, and the params that they account for."""
    agents: list[AnyAgent] = []
    known: set[str] = set()
    tools, functions = native.get("tools"), native.get(LEGACY)
    if isinstance(tools, list) and all(isinstance(tool, dict) for tool in tools):
        known.add("tools")
        agents += [_read_tool(tool) or ServerAgent(wire=WIRE, raw=tool) for tool in tools]
    if isinstance(functions, list):
        specs = [_read_function(f, form=LEGACY) if isinstance(f, dict) else None for f in functions]
        if all(spec is not None for spec in specs):
            known.add(LEGACY)
            agents += [spec for spec in specs if spec is not None]
    return agents, known


def write_agents(agents: list[AnyAgent], report: Report) -> dict[str, Any]:
    """The params that offer the agents."""
    params: dict[str, Any] = {}
    for at, agent in enumerate(agents):
        path = f"agents.{at}"
        if isinstance(agent, ServerAgent):
            if agent.wire != WIRE:
                report.lost(
                    path, f"it is an agent of the wire {agent.wire}.", capability="another wire's server agents"
                )
                continue
            tools = params.setdefault("tools", [])
            report.kept(path, f"tools.{len(tools)}")
            tools.append(agent.raw)
            continue
        field = LEGACY if key_of(agent.native, "form") == LEGACY else "tools"
        entries = params.setdefault(field, [])
        function, fitted = _write_function(agent)
        _say(report, path, f"{field}.{len(entries)}", fitted)
        report_native(agent.native, path, report)
        entries.append(function if field == LEGACY else _write_tool(agent, function))
    return params


def read_choice(native: Mapping[str, Any], known: set[str]) -> tuple[AgentChoice | None, str | None]:
    """The choice among the agents, and the param that said it; none where it is said in no way that we know."""
    legacy = LEGACY in known and bool(native[LEGACY]) and native.get("tool_choice") is None
    param = "function_call" if legacy else "tool_choice"
    given: Any = native.get(param)
    if given in ("auto", "none") or (given == "required" and param == "tool_choice"):
        return AgentChoice(kind=given), param
    among = _read_among(given)
    if among is not None:
        return among, param
    inner: Any = given if param == "function_call" else given.get("function") if isinstance(given, dict) else None
    named = isinstance(inner, dict) and inner.keys() == {"name"} and isinstance(inner["name"], str)
    plainly = param == "function_call" or (
        named and given.get("type") in ("function", None) and given.keys() <= {"type", "function"}
    )
    if isinstance(inner, dict) and named and plainly:
        return AgentChoice(kind="agent", name=inner["name"]), param
    return None, None


def write_choice(choice: AgentChoice, agents: list[AnyAgent], report: Report) -> dict[str, Any]:
    """The param that says the choice."""
    legacy = any(isinstance(a, AgentSpec) and key_of(a.native, "form") == LEGACY for a in agents)
    if legacy and choice.kind != "required":
        report.renamed("agent_choice", "function_call", "the older form, as the functions have")
        return {"function_call": {"name": choice.name} if choice.kind == "agent" else choice.kind}
    report.renamed("agent_choice", "tool_choice")
    if choice.among is not None:
        listed = {"mode": choice.kind, "tools": [_reference(name) for name in choice.among]}
        return {"tool_choice": {"type": AMONG, AMONG: listed}}
    if choice.kind != "agent":
        return {"tool_choice": choice.kind}
    return {"tool_choice": _reference(choice.name)}


def _reference(name: str | None) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


def _read_among(given: Any) -> AgentChoice | None:
    """The choice limited to some functions that `allowed_tools` is; None for another one."""
    inner = given.get(AMONG) if isinstance(given, dict) and given.keys() == {"type", AMONG} else None
    if not isinstance(inner, dict) or inner.keys() != {"mode", "tools"} or inner["mode"] not in ("auto", "required"):
        return None
    listed = inner["tools"] if isinstance(inner["tools"], list) else [None]
    functions = [tool.get("function") if isinstance(tool, dict) else None for tool in listed]
    names = [function.get("name") if isinstance(function, dict) else None for function in functions]
    if not all(isinstance(name, str) and _reference(name) == tool for name, tool in zip(names, listed, strict=True)):
        return None
    return AgentChoice(kind=inner["mode"], among=[str(name) for name in names])


def _read_tool(tool: dict[str, Any]) -> AgentSpec | None:
    inner = tool.get("function")
    if tool.get("type") not in ("function", None) or not isinstance(inner, dict):
        return None
    carried = {key: tool.get(key) for key in _CARRIED}
    spec = _read_function(inner)
    if spec is None:
        return None
    rest = unlisted(tool, _TOOL_FIELDS)
    inner_rest = key_of(spec.native, EXTRA)
    both = {**(rest or {}), **({"function": inner_rest} if inner_rest else {})}
    native = native_of(**{**(spec.native or {}), **carried, EXTRA: both or None})
    return spec.model_copy(update={"native": native})


def _read_function(given: dict[str, Any], form: str | None = None) -> AgentSpec | None:
    kinds = {"name": str, "description": str | None, "parameters": dict | None, "strict": bool | None}
    if not all(isinstance(given.get(field), kind) for field, kind in kinds.items()):
        return None
    schema = given.get("parameters")
    spec = AgentSpec(
        name=given["name"],
        description=given.get("description"),
        input_schema={"type": "object", "properties": {}} if schema is None else schema,
        strict=given.get("strict"),
    )
    native = native_of(
        form=form,
        parameters="absent" if schema is None else None,
        unfitted=True if schema is not None and _fitted(spec) != schema else None,
        openai_chat_extra=unlisted(given, _FUNCTION_FIELDS),
    )
    return spec.model_copy(update={"native": native})


def _write_tool(agent: AgentSpec, function: dict[str, Any]) -> dict[str, Any]:
    tool: dict[str, Any] = {"type": "function", "function": function}
    tool.update(_items(agent, _CARRIED))
    return put_unlisted(tool, agent.native)


def _write_function(agent: AgentSpec) -> tuple[dict[str, Any], bool]:
    """The function, and whether its schema had to be fitted."""
    function: dict[str, Any] = {"name": agent.name}
    if agent.description is not None:
        function["description"] = agent.description
    fitted = agent.input_schema if key_of(agent.native, "unfitted") else _fitted(agent)
    absent = key_of(agent.native, "parameters") == "absent" and not agent.input_schema.get("properties")
    if not absent:
        function["parameters"] = fitted
    if agent.strict is not None:
        function["strict"] = agent.strict
    if key_of(agent.native, "form") == LEGACY:
        put_unlisted(function, agent.native)
    return function, not absent and fitted != agent.input_schema


def _fitted(agent: AgentSpec) -> dict[str, Any]:
    return strict_schema(agent.input_schema) if agent.strict else agent.input_schema


def _say(report: Report, path: str, place: str, fitted: bool) -> None:
    if fitted:
        report.converted(path, place, "strict mode: every object requires all of its properties and takes no others")
    else:
        report.kept(path, place)


def _items(agent: AgentSpec, keys: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key in keys:
        value = key_of(agent.native, key)
        if value is not None:
            yield key, value
