"""A request, native -> universal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.calls import AnyAgent, Ell2aCall, ResponseFormat
from ell2a.errors import InvalidAgent, NotAMessage, UnknownModel
from ell2a.messages import Message, OpaqueBlock
from ell2a.providers.anthropic_messages.agents import read_agent, read_choice, read_format
from ell2a.providers.anthropic_messages.block_reading import read_blocks
from ell2a.providers.anthropic_messages.native_extras import extras_of
from ell2a.providers.anthropic_messages.tables import WIRE

_ROLES = ("user", "assistant", "system")
_APART = ("model", "messages", "system", "tools", "stream")


def universal_call(native: Mapping[str, Any], provider: str) -> Ell2aCall:
    """The call that a request makes.

    Raises UnknownModel, NotAMessage or InvalidAgent where `model`, `messages` or `tools` are none at all;
    a single message or tool of another shape is kept as it is.
    """
    params = {name: value for name, value in native.items() if name not in _APART}
    model = native.get("model")
    if not isinstance(model, str):
        raise UnknownModel(repr(model), providers=[provider])
    choice = read_choice(params.get("tool_choice"))
    if choice is not None:
        del params["tool_choice"]
        if choice[1] is not None:
            params["disable_parallel_tool_use"] = choice[1]
    if not isinstance(native.get("stream"), bool | None):
        # Neither yes nor no: it goes back as it came.
        params["stream"] = native["stream"]
    response_format = _take_format(params)
    return Ell2aCall(
        model=model,
        provider=provider,
        wire=WIRE,
        messages=[*_system(native), *_messages(native)],
        agents=_agents(native),
        agent_choice=None if choice is None else choice[0],
        response_format=response_format,
        stream=native.get("stream") is True,
        api_params=params,
    )


def _system(native: Mapping[str, Any]) -> list[Message]:
    given = native.get("system")
    if given is None:
        return []
    blocks = read_blocks(given)
    return [
        Message(role="system", content=[OpaqueBlock(wire=WIRE, kind="system", raw=given)] if blocks is None else blocks)
    ]


def _messages(native: Mapping[str, Any]) -> list[Message]:
    given = native.get("messages")
    if not isinstance(given, list):
        raise NotAMessage(given, "`messages` is a list")
    messages: list[Message] = []
    for raw in given:
        leads = all(message.role == "system" for message in messages)
        messages.append(_message(raw, leads=leads))
    return messages


def _message(raw: Any, *, leads: bool) -> Message:
    blocks = read_blocks(raw.get("content")) if isinstance(raw, dict) else None
    if blocks is None or raw.get("role") not in _ROLES:
        return Message(role="user", content=[OpaqueBlock(wire=WIRE, kind="message", raw=raw)])
    marks = {"in_messages": True} if raw["role"] == "system" and leads else {}
    return Message(role=raw["role"], content=blocks, native=extras_of(raw, {"role", "content"}, **marks))


def _agents(native: Mapping[str, Any]) -> list[AnyAgent]:
    given = native.get("tools")
    if given is None:
        return []
    if not isinstance(given, list):
        raise InvalidAgent(f"{given!r}: `tools` is a list.")
    return [read_agent(tool) for tool in given]


def _take_format(params: dict[str, Any]) -> ResponseFormat | None:
    """The response format among the params, taken out of them."""
    config = params.get("output_config")
    if isinstance(config, dict):
        wanted = read_format(config.get("format"))
        if wanted is not None:
            rest = {key: value for key, value in config.items() if key != "format"}
            if rest:
                params["output_config"] = rest
            else:
                del params["output_config"]
            return wanted
    older = read_format(params.get("output_format"), place="output_format")
    if older is not None:
        del params["output_format"]
    return older
