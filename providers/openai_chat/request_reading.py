"""From the JSON body of a request to a universal call: for traced clients and imports.

The way back gives the same JSON, up to the `equivalences` of the wire.
"""

from __future__ import annotations

from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.errors import InvalidParams, ParamFault
from ell2a.providers.openai_chat.agents import read_agents, read_choice
from ell2a.providers.openai_chat.equivalences import OWN_FIELDS
from ell2a.providers.openai_chat.message_reading import MessageReader
from ell2a.providers.openai_chat.native_keys import WIRE
from ell2a.providers.openai_chat.request import USAGE_IN_STREAMS
from ell2a.providers.openai_chat.response_format import read_response_format
from ell2a.providers.rows import Quirks


def read_request(native: dict[str, Any], provider: str, quirks: Quirks) -> Ell2aCall:
    """The call that a request amounts to. Raises InvalidParams where it has no model or no messages.

    `api_params` keeps what has no universal field: the model's params, and a form of `tools`, `tool_choice` or
    `response_format` that we do not know. `stream_options` stands there where it is other than ell2a would set
    it, None where a stream had none.
    """
    faults = _faults(native)
    if faults:
        raise InvalidParams(f"{provider} on {WIRE}", faults)
    agents, known = read_agents(native)
    choice, choice_param = read_choice(native, known)
    wanted = read_response_format(native.get("response_format"))
    stream = native.get("stream") is True
    known |= {"model", "messages"}
    known |= {name for name in OWN_FIELDS if native.get(name) is None}
    if choice_param is not None:
        known.add(choice_param)
    if wanted is not None:
        known.add("response_format")
    if isinstance(native.get("stream"), bool):
        known.add("stream")
    params = {name: value for name, value in native.items() if name not in known}
    if stream and quirks.get("stream_usage", True):
        if params.get("stream_options") == USAGE_IN_STREAMS:
            del params["stream_options"]
        else:
            params.setdefault("stream_options", None)
    return Ell2aCall(
        model=native["model"],
        provider=provider,
        wire=WIRE,
        messages=MessageReader(quirks.get("system_role", "system")).read(native["messages"]),
        agents=agents,
        agent_choice=choice,
        response_format=wanted,
        stream=stream,
        api_params=params,
    )


def _faults(native: Any) -> list[ParamFault]:
    if not isinstance(native, dict):
        return [ParamFault("request", f"{type(native).__name__} is no JSON object")]
    faults = []
    if not isinstance(native.get("model"), str):
        faults.append(ParamFault("model", f"{native.get('model')!r} is no name of a model"))
    if not isinstance(native.get("messages"), list):
        faults.append(ParamFault("messages", f"{type(native.get('messages')).__name__} is no list"))
    return faults
