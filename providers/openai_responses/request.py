"""From a universal call to the JSON body of a request."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.messages import Message, TextBlock
from ell2a.providers.openai_responses.agents import write_agents, write_choice
from ell2a.providers.openai_responses.item_writing import ItemWriter
from ell2a.providers.openai_responses.response_format import write_response_format
from ell2a.providers.report import Report


def write_request(call: Ell2aCall, report: Report) -> dict[str, Any]:
    """The native request of a call."""
    report.kept("model", "model")
    # A stored prompt that a param names has a model of its own.
    request: dict[str, Any] = {"model": call.model} if call.model else {}
    messages = call.messages
    instructions = instructions_in(messages[0]) if messages and "instructions" not in call.api_params else None
    if instructions is not None:
        request["instructions"] = instructions
        report.renamed("messages.0.content.0", "instructions")
        messages = messages[1:]
    request["input"] = ItemWriter(report).write(messages, start=0 if instructions is None else 1)
    if call.agents:
        request["tools"] = write_agents(call.agents, report)
    if call.agent_choice is not None:
        request["tool_choice"] = write_choice(call.agent_choice, call.agents, report)
    report.kept("stream", "stream")
    if call.stream:
        request["stream"] = True
    for name, value in call.api_params.items():
        report.kept(f"api_params.{name}", name)
        request[name] = value
    if call.response_format is not None:
        given = request.get("text")
        beside = given if isinstance(given, dict) else {}
        request["text"] = {**beside, "format": write_response_format(call.response_format, report)}
    return request


def instructions_in(message: Message) -> str | None:
    """The `instructions` that a first message is: plain words of the system; None where it is another, or has more to say."""
    only = message.content[0] if len(message.content) == 1 else None
    if message.role != "system" or message.native or not isinstance(only, TextBlock):
        return None
    return None if only.native or only.citations else only.text
