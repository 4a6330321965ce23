"""From a universal call to the JSON body of a request."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.providers.openai_chat.agents import write_agents, write_choice
from ell2a.providers.openai_chat.message_writing import MessageWriter
from ell2a.providers.openai_chat.response_format import write_response_format
from ell2a.providers.report import Report
from ell2a.providers.rows import Quirks

USAGE_IN_STREAMS = {"include_usage": True}
"""What ell2a writes for `stream_options`: without it a stream does not tell what it used."""


def write_request(call: Ell2aCall, report: Report, quirks: Quirks) -> dict[str, Any]:
    """The native request of a call. What a param of the user's says stands over what ell2a would set."""
    report.kept("model", "model")
    request: dict[str, Any] = {"model": call.model, "messages": MessageWriter(report, quirks).write(call.messages)}
    request.update(write_agents(call.agents, report))
    if call.agent_choice is not None:
        request.update(write_choice(call.agent_choice, call.agents, report))
    if call.response_format is not None:
        request["response_format"] = write_response_format(call.response_format, report)
    report.kept("stream", "stream")
    if call.stream:
        request["stream"] = True
        if "stream_options" not in call.api_params and quirks.get("stream_usage", True):
            request["stream_options"] = USAGE_IN_STREAMS
            report.defaulted("api_params.stream_options", "stream_options", "so that the stream tells what it used")
    for name, value in call.api_params.items():
        report.kept(f"api_params.{name}", name)
        if name != "stream_options" or value is not None:
            request[name] = value
    return request
