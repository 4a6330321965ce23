"""A call, universal -> native request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ell2a.calls import AgentSpec, Ell2aCall
from ell2a.providers.anthropic_messages import agents
from ell2a.providers.anthropic_messages.conversation_writing import put_messages
from ell2a.providers.anthropic_messages.written import tell
from ell2a.providers.report import Report

_SINGLE = "disable_parallel_tool_use"


def native_request(
    call: Ell2aCall, report: Report, *, arguments: frozenset[str] | None, max_tokens: Callable[[], tuple[int, str]]
) -> dict[str, Any]:
    """The JSON body for a call.

    `arguments` are the names that the SDK's function takes, None where it is not installed; `max_tokens`
    gives the number to set where the call has none, and why that one.
    """
    report.kept("model", "model")
    native: dict[str, Any] = {"model": call.model}
    _put_max_tokens(native, call, report, max_tokens)
    put_messages(native, call, report)
    _put_agents(native, call, report)
    _put_params(native, call, report, arguments)
    _put_format(native, call, report)
    if call.stream:
        native["stream"] = True
    report.kept("stream", "stream")
    return native


def _put_max_tokens(
    native: dict[str, Any], call: Ell2aCall, report: Report, max_tokens: Callable[[], tuple[int, str]]
) -> None:
    if "max_tokens" not in call.api_params:
        native["max_tokens"], why = max_tokens()
        report.defaulted("api_params.max_tokens", native["max_tokens"], f"the wire requires it; {why}")


def _put_params(native: dict[str, Any], call: Ell2aCall, report: Report, arguments: frozenset[str] | None) -> None:
    for name, value in call.api_params.items():
        path = f"api_params.{name}"
        if name == _SINGLE:
            _tell_single(call, report, path)
            continue
        native[name] = value
        if arguments is not None and name not in arguments:
            report.moved(path, f"extra_body.{name}", "the installed SDK has no such argument; the wire takes it")
        else:
            report.kept(path, name)


def _tell_single(call: Ell2aCall, report: Report, path: str) -> None:
    if call.agent_choice is not None and call.agent_choice.kind == "none":
        report.converted(path, None, "with agent choice `none` nothing is called, so it has no place")
    else:
        report.moved(path, f"tool_choice.{_SINGLE}", "the wire has it inside the choice among agents")


def _put_agents(native: dict[str, Any], call: Ell2aCall, report: Report) -> None:
    tools: list[Any] = []
    for i, agent in enumerate(call.agents):
        written = agents.write_agent(agent)
        extras = agent.native if isinstance(agent, AgentSpec) else None
        tell(report, f"agents.{i}", f"tools.{len(tools)}", written, native=extras)
        if not written.lost:
            tools.append(written.body)
    if tools:
        native["tools"] = tools
    single = call.api_params.get(_SINGLE)
    choice = agents.write_choice(call.agent_choice, single if isinstance(single, bool) else None)
    limited = call.agent_choice is not None and call.agent_choice.among is not None
    if choice is not None and not limited and (tools or not call.agents):
        native["tool_choice"] = choice
    if call.agent_choice is not None:
        _tell_choice(call, report, native.get("tool_choice"))


def _tell_choice(call: Ell2aCall, report: Report, choice: dict[str, Any] | None) -> None:
    kind = call.agent_choice.kind if call.agent_choice else None
    if call.agent_choice is not None and call.agent_choice.among is not None:
        limit = "a choice limited to some of the agents"
        report.lost("agent_choice", "offer those agents alone", capability=limit)
    elif choice is None:
        report.lost("agent_choice", "none of the agents goes to this wire", capability="a choice among no agents")
    elif choice["type"] == kind:
        report.renamed("agent_choice", "tool_choice")
    else:
        report.converted("agent_choice", "tool_choice", f"{kind} is `{choice['type']}` here")


def _put_format(native: dict[str, Any], call: Ell2aCall, report: Report) -> None:
    wanted = call.response_format
    if wanted is None:
        return
    written = agents.write_format(wanted)
    older = (wanted.native or {}).get("place") == "output_format"
    place = "output_format" if older else "output_config.format"
    tell(report, "response_format", place, written, native=wanted.native, moved=f"it is `{place}` here")
    if written.lost or written.body is None:
        return
    if older:
        native["output_format"] = written.body
    else:
        config = native.get("output_config")
        native["output_config"] = {**(config if isinstance(config, dict) else {}), "format": written.body}
