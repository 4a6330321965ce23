"""Agents, the choice among them and the response format, both ways."""

from __future__ import annotations

from typing import Any

from ell2a.calls import AgentChoice, AgentSpec, AnyAgent, ResponseFormat, ServerAgent
from ell2a.errors import InvalidAgent
from ell2a.providers.anthropic_messages.native_extras import extras_of, put_extras
from ell2a.providers.anthropic_messages.output_schema import taken
from ell2a.providers.anthropic_messages.tables import WIRE
from ell2a.providers.anthropic_messages.written import Written, lost

_CHOICES = {"auto": "auto", "none": "none", "required": "any", "agent": "tool"}
"""Our kind of choice -> the wire's. Source: anthropic 2.12, `types.tool_choice_param`."""

_KINDS = {native: kind for kind, native in _CHOICES.items()}

_TOOL_KEYS = frozenset({"type", "name", "description", "input_schema", "strict"})
_CLOSED = "the wire takes closed schemas without limits; what it lacks stands in the descriptions"

JSON_SCHEMA = "json_schema"


def write_agent(agent: AnyAgent) -> Written:
    """An agent as a tool."""
    if isinstance(agent, ServerAgent):
        if agent.wire != WIRE:
            return lost(f"the agent {agent.name} of {agent.wire}", "only its own provider runs it; leave it out")
        return Written(agent.raw)
    body: dict[str, Any] = {"name": agent.name, "input_schema": agent.input_schema}
    reason = None
    if agent.description is not None:
        body["description"] = agent.description
    if agent.strict is not None:
        body["strict"] = agent.strict
    if not _verbatim(agent.native):
        body["input_schema"], reason = _arguments_schema(agent)
    return Written(put_extras(body, agent.native), reason)


def _arguments_schema(agent: AgentSpec) -> tuple[dict[str, Any], str | None]:
    schema = agent.input_schema
    if "type" not in schema:
        schema = {"type": "object", **schema}
    if agent.strict:
        schema = taken(schema)
    return (schema, None) if schema == agent.input_schema else (schema, _CLOSED)


def read_agent(raw: Any) -> AnyAgent:
    """A tool as an agent: declared ones as a spec, the service's own as they are. Raises InvalidAgent for what is no object."""
    if not isinstance(raw, dict):
        raise InvalidAgent(f"{raw!r} in `tools` is no object: an agent has a name and a schema.")
    name, schema, strict = raw.get("name"), raw.get("input_schema"), raw.get("strict")
    described = isinstance(raw.get("description", ""), str)
    known = isinstance(name, str) and isinstance(schema, dict) and described
    if not known or raw.get("type", "custom") != "custom" or not isinstance(raw.get("strict", True), bool):
        return ServerAgent(wire=WIRE, raw=raw)
    spec = AgentSpec(name=str(name), description=raw.get("description"), input_schema=schema, strict=strict)
    altered = _arguments_schema(spec)[1] is not None
    marks = {"verbatim": True} if altered else {}
    return spec.model_copy(update={"native": extras_of(raw, _TOOL_KEYS, **marks)})


def write_choice(choice: AgentChoice | None, one_at_a_time: bool | None) -> dict[str, Any] | None:
    """The `tool_choice` of a choice and of `disable_parallel_tool_use`; None where neither is given."""
    if choice is None and one_at_a_time is None:
        return None
    kind = "auto" if choice is None else choice.kind
    native: dict[str, Any] = {"type": _CHOICES[kind]}
    if choice is not None and choice.name is not None:
        native["name"] = choice.name
    if one_at_a_time is not None and kind != "none":
        native["disable_parallel_tool_use"] = one_at_a_time
    return native


def read_choice(native: Any) -> tuple[AgentChoice, bool | None] | None:
    """The choice and whether calls are one at a time; None for a `tool_choice` of another shape."""
    if not isinstance(native, dict) or not isinstance(native.get("type"), str):
        return None
    kind = _KINDS.get(native["type"])
    single = native.get("disable_parallel_tool_use")
    named = isinstance(native.get("name"), str)
    if kind is None or named != (kind == "agent") or not isinstance(single, bool | None):
        return None
    if not native.keys() <= {"type", "name", "disable_parallel_tool_use"} or (kind == "none" and single is not None):
        return None
    return AgentChoice(kind=kind, name=native.get("name")), single


def write_format(wanted: ResponseFormat) -> Written:
    """A response format as the wire's `format`; None as the body where the format is plain text."""
    if wanted.kind == "text":
        return Written(None, "plain text is what the wire gives where no format is asked for")
    if wanted.kind == "json_object" or wanted.json_schema is None:
        return lost("JSON without a schema", "give a pydantic class or a JSON schema")
    schema, reason = wanted.json_schema, None
    if not _verbatim(wanted.native):
        schema = taken(wanted.json_schema)
        reason = None if schema == wanted.json_schema else _CLOSED
    return Written({"type": JSON_SCHEMA, "schema": schema}, reason)


def read_format(native: Any, *, place: str | None = None) -> ResponseFormat | None:
    """The response format that a `format` asks for; None for one of another shape."""
    if not isinstance(native, dict) or set(native) != {"type", "schema"} or native["type"] != JSON_SCHEMA:
        return None
    schema = native["schema"]
    if not isinstance(schema, dict):
        return None
    marks: dict[str, Any] = {"place": place} if place else {}
    if taken(schema) != schema:
        marks["verbatim"] = True
    return ResponseFormat(kind="json_schema", json_schema=schema, native=marks or None)


def _verbatim(native: dict[str, Any] | None) -> bool:
    return bool((native or {}).get("verbatim"))
