"""From the JSON body of a request to a universal call: for traced clients and imports.

The way back gives the same JSON, up to the `equivalences` of the wire.
"""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.errors import InvalidParams, ParamFault
from ell2a.messages import Message, TextBlock
from ell2a.providers.openai_responses.agents import read_agents, read_choice
from ell2a.providers.openai_responses.item_reading import ItemReader
from ell2a.providers.openai_responses.native_keys import WIRE, native_of
from ell2a.providers.openai_responses.request import instructions_in
from ell2a.providers.openai_responses.response_format import read_response_format

OWN_FIELDS = ("instructions", "tools", "tool_choice", "stream")
"""The params that become fields of a call, and no `api_params`."""


def read_request(native: dict[str, Any], provider: str) -> Ell2aCall:
    """The call that a request amounts to. Raises InvalidParams where it is no object, or its input no text and no list.

    `api_params` keeps what has no universal field: the model's params, and a form of `tools`, `tool_choice` or `text`
    that we do not know. A request that names a stored `prompt` may have no model, and no input.
    """
    faults = _faults(native)
    if faults:
        raise InvalidParams(f"{provider} on {WIRE}", faults)
    known = {"model", "input", *(name for name in OWN_FIELDS if native.get(name) is None)}
    instructions = native.get("instructions")
    messages = _messages(native)
    if isinstance(instructions, str):
        known.add("instructions")
        messages = [Message(role="system", content=[TextBlock(text=instructions)]), *messages]
    agents = read_agents(native.get("tools"))
    choice = read_choice(native.get("tool_choice"), agents or [])
    if agents is not None:
        known.add("tools")
    if choice is not None:
        known.add("tool_choice")
    if isinstance(native.get("stream"), bool):
        known.add("stream")
    params = {name: value for name, value in native.items() if name not in known}
    text = params.get("text")
    wanted = read_response_format(text.get("format")) if isinstance(text, dict) else None
    if wanted is not None and isinstance(text, dict):
        params["text"] = {key: value for key, value in text.items() if key != "format"}
        if not params["text"]:
            del params["text"]
    return Ell2aCall(
        model=native.get("model") or "",
        provider=provider,
        wire=WIRE,
        messages=messages,
        agents=agents or [],
        agent_choice=choice,
        response_format=wanted,
        stream=native.get("stream") is True,
        api_params=params,
    )


def _messages(native: dict[str, Any]) -> list[Message]:
    given = native.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given or []
    messages = ItemReader().read(items)
    if messages and native.get("instructions") is None and instructions_in(messages[0]) is not None:
        # It would go out as `instructions` else.
        messages[0] = messages[0].model_copy(update={"native": native_of(role="system")})
    return messages


def _faults(native: Any) -> list[ParamFault]:
    if not isinstance(native, dict):
        return [ParamFault("request", f"{type(native).__name__} is no JSON object")]
    faults = []
    if not isinstance(native.get("model"), str | None):
        faults.append(ParamFault("model", f"{native.get('model')!r} is no name of a model"))
    if not isinstance(native.get("input"), str | list | None):
        faults.append(ParamFault("input", f"{type(native.get('input')).__name__} is neither text nor a list"))
    return faults
