"""From a universal call to the JSON body of a request."""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.providers.report import Report


def write_request(call: Ell2aCall, report: Report) -> dict[str, Any]:
    """The native request of a call."""
    report.kept("model", "model")
    request: dict[str, Any] = {"model": call.model, "input": []}
    for at, message in enumerate(call.messages):
        for i in range(len(message.content)):
            report.kept(f"messages.{at}.content.{i}", f"input.{at}")
        request["input"].append({"role": message.role, "content": message.text})
    report.kept("stream", "stream")
    if call.stream:
        request["stream"] = True
    for name, value in call.api_params.items():
        report.kept(f"api_params.{name}", name)
        request[name] = value
    return request
