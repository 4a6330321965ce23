"""What a user writes for `response_format`, `agent_choice` and `agents`, made into plain data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from ell2a.calls.call import AgentChoice, AgentSpec, AnyAgent, ResponseFormat, ServerAgent
from ell2a.errors import InvalidAgent, InvalidParams, ParamFault


def response_format_of(given: Any) -> ResponseFormat | None:
    """From a pydantic class, a JSON schema as a dict, `"json_object"`, or a ResponseFormat."""
    if given is None or isinstance(given, ResponseFormat):
        return given
    if isinstance(given, type) and issubclass(given, BaseModel):
        schema = given.model_json_schema()
        return ResponseFormat(
            kind="json_schema",
            name=given.__name__,
            json_schema=schema,
            strict=True,
            description=schema.get("description"),
        ).bind(given)
    if given in ("json_object", "text"):
        return ResponseFormat(kind=given)
    if (
        isinstance(given, dict)
        and ("properties" in given or "$ref" in given or "type" in given)
        and "json_schema" not in given
    ):
        return ResponseFormat(kind="json_schema", name=str(given.get("title") or "response"), json_schema=given)
    raise InvalidParams(
        "response_format",
        [
            ParamFault(
                "response_format", f"{given!r} is no format", 'give a pydantic class, a JSON schema or "json_object"'
            )
        ],
    )


def agent_choice_of(given: Any, agents: Iterable[AnyAgent]) -> AgentChoice | None:
    """From `"auto"`, `"none"`, `"required"`, an agent's name, the agent itself, or an AgentChoice."""
    if given is None or isinstance(given, AgentChoice):
        return given
    if given in ("auto", "none", "required"):
        return AgentChoice(kind=given)
    name = given if isinstance(given, str) else getattr(getattr(given, "spec", None), "name", None)
    names = [a.name for a in agents]
    if name not in names:
        known = ", ".join(["auto", "none", "required", *names])
        raise InvalidParams("agent_choice", [ParamFault("agent_choice", f"{given!r} is none of {known}")])
    return AgentChoice(kind="agent", name=name)


def agents_of(given: Iterable[Any] | None, wire: str) -> list[AnyAgent]:
    """From agents (`@ell2a.agent()`), AgentSpecs, and dicts of the wire's own server-side agents."""
    agents: list[AnyAgent] = []
    for agent in given or ():
        spec = getattr(agent, "spec", agent)
        if isinstance(spec, (AgentSpec, ServerAgent)):
            agents.append(spec)
        elif isinstance(agent, dict):
            agents.append(ServerAgent(wire=wire, raw=agent))
        else:
            raise InvalidAgent(
                f"{agent!r} is no agent: decorate the function with `@ell2a.agent()`, or give a dict of the provider's own agent."
            )
    names = [a.name for a in agents if isinstance(a, AgentSpec)]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise InvalidAgent(f"two agents have the name {', '.join(twice)}: a model could not tell them apart.")
    return agents
