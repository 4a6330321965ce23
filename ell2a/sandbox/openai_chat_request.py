"""Reading requests of the wire openai-chat, as strictly as the service does.

Source of names, ranges and rules: OpenAI's API reference and the `openai` package's types.
"""

from __future__ import annotations

import json
from typing import Any

from ell2a.sandbox import media, openai_values
from ell2a.sandbox.checked import Checked
from ell2a.sandbox.conversation import (
    Agent,
    AgentCall,
    AgentChoice,
    AgentResult,
    Conversation,
    Media,
    Part,
    Role,
    Text,
    Turn,
)
from ell2a.sandbox.models import Model
from ell2a.sandbox.openai_faults import tell
from ell2a.sandbox.openai_values import thinking

TAKEN = frozenset(
    [
        "messages",
        "model",
        "frequency_penalty",
        "logit_bias",
        "max_completion_tokens",
        "max_tokens",
        "metadata",
        "modalities",
        "n",
        "parallel_tool_calls",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_p",
        "user",
        "verbosity",
    ]
)
"""The params that the sandbox takes. Of these the penalties, `logit_bias` and the keeping of data change nothing here."""
NOT_HERE = frozenset(
    [
        "audio",
        "function_call",
        "functions",
        "logprobs",
        "moderation",
        "prediction",
        "prompt_cache_options",
        "top_logprobs",
        "web_search_options",
    ]
)
"""The wire's other params: no model of the sandbox can do them, and each is refused."""
_SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "logit_bias")
_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "user",
}
_MOST_STOPS = 4
_MOST_CHOICES = 8


def read(body: Any, model: Model) -> Conversation:
    """The conversation that a request body is. Raises Fault."""
    asked = Checked(body, tell).object()
    _check_names(asked)
    _check_for_model(asked, model)
    stream = _flag(asked, "stream", default=False)
    if "stream_options" in asked and not stream:
        raise asked["stream_options"].fault("is only taken when `stream` is true")
    agents = _agents(asked)
    most = asked.given("max_completion_tokens") or asked.given("max_tokens")
    return Conversation(
        model=model.name,
        turns=tuple(_turns(asked["messages"], model)),
        agents=agents,
        choice=_choice(asked, agents),
        parallel=_flag(asked, "parallel_tool_calls", default=True),
        schema=_schema(asked),
        thinking=thinking(asked.given("reasoning_effort"), model),
        max_tokens=most.integer(1) if most else None,
        stop=_stops(asked),
        n=asked["n"].integer(1, _MOST_CHOICES) if "n" in asked else 1,
        seed=asked["seed"].integer() if "seed" in asked else None,
        stream=stream,
        wire_options={"call_prefix": "call_", "usage_at_end": _usage_at_end(asked)},
    )


# --- params ---


def _check_names(asked: Checked) -> None:
    for name in asked.value:
        if name in NOT_HERE and asked.value[name] not in (None, False):
            raise asked[name].fault("no model of the sandbox can do this", "unsupported")
        if name not in TAKEN | NOT_HERE:
            raise tell((name,), "unknown", "unknown")


def _check_for_model(asked: Checked, model: Model) -> None:
    for name, low, high in (
        ("temperature", 0, 2),
        ("top_p", 0, 1),
        ("presence_penalty", -2, 2),
        ("frequency_penalty", -2, 2),
    ):
        if name in asked:
            asked[name].number(low, high)
    if not model.sampling:
        for name in (n for n in _SAMPLING if n in asked and asked[n].value != 1):
            raise asked[name].fault(f"{model.name} takes the default alone", "unsupported_value")
        if "max_tokens" in asked:
            raise asked["max_tokens"].fault(
                f"{model.name} does not take this: use `max_completion_tokens`", "unsupported"
            )
    if model.thinking == "no" and "reasoning_effort" in asked:
        raise asked["reasoning_effort"].fault(f"{model.name} does not reason", "unsupported")
    if "modalities" in asked and asked["modalities"].value != ["text"]:
        raise asked["modalities"].fault("the sandbox answers in text alone", "unsupported_value")


def _flag(asked: Checked, name: str, *, default: bool) -> bool:
    return asked[name].boolean() if name in asked else default


def _usage_at_end(asked: Checked) -> bool:
    options = asked.given("stream_options")
    return bool(
        options and _flag(options.object(("include_usage", "include_obfuscation")), "include_usage", default=False)
    )


def _stops(asked: Checked) -> tuple[str, ...]:
    stop = asked.given("stop")
    if stop is None:
        return ()
    if isinstance(stop.value, str):
        return (stop.string(empty=False),)
    found = tuple(s.string() for s in stop.items())
    if len(found) > _MOST_STOPS:
        raise stop.fault(f"takes at most {_MOST_STOPS}, not {len(found)}")
    return found


def _schema(asked: Checked) -> dict[str, Any] | None:
    wanted = asked.given("response_format")
    if wanted is None:
        return None
    kind = wanted["type"].one_of("text", "json_object", "json_schema")
    if kind == "text":
        return None
    if kind == "json_object":
        if "json" not in json.dumps(asked.value["messages"]).lower():
            raise asked["messages"].fault("must have the word 'json' in them where `response_format` is 'json_object'")
        return {}
    form = wanted["json_schema"].object(("name", "description", "schema", "strict"))
    openai_values.name(form["name"])
    return openai_values.schema(form["schema"], strict=_flag(form, "strict", default=False))


# --- agents ---


def _agents(asked: Checked) -> tuple[Agent, ...]:
    if "tools" not in asked:
        return ()
    return tuple(_agent(tool) for tool in asked["tools"].items(at_least=1))


def _agent(tool: Checked) -> Agent:
    tool.object(("type", "function"))["type"].one_of("function")
    function = tool["function"].object(("name", "description", "parameters", "strict"))
    strict = _flag(function, "strict", default=False)
    parameters = function.given("parameters")
    empty: dict[str, Any] = {"type": "object", "properties": {}}
    schema = openai_values.schema(parameters, strict=strict) if parameters else empty
    described = function.given("description")
    return Agent(openai_values.name(function["name"]), described.string() if described else "", schema)


def _choice(asked: Checked, agents: tuple[Agent, ...]) -> AgentChoice:
    chosen = asked.given("tool_choice")
    if chosen is None:
        return AgentChoice()
    if not agents:
        raise chosen.fault("is only taken where `tools` are given")
    if isinstance(chosen.value, str):
        kind = chosen.one_of("auto", "none", "required")
        return AgentChoice(kind)  # type: ignore[arg-type]  # one of the three
    chosen.object(("type", "function"))["type"].one_of("function")
    return AgentChoice("agent", chosen["function"]["name"].one_of(*(a.name for a in agents)))


# --- messages ---


def _turns(messages: Checked, model: Model) -> list[Turn]:
    turns: list[Turn] = []
    open_calls: list[str] = []
    for message in messages.items(at_least=1):
        role = message.object()["role"].one_of(*_ROLES)
        if role == "tool":
            call_id = message["tool_call_id"].string()
            if call_id not in open_calls:
                raise message["tool_call_id"].fault(f"{call_id!r} answers no call of the assistant message before it")
            open_calls.remove(call_id)
            turns.append(Turn("user", (AgentResult(call_id, _parts(message["content"], model)),)))
            continue
        if open_calls:
            raise message.fault(f"a tool message must come first for each of the calls {', '.join(open_calls)}")
        parts = _said(message, role, model)
        open_calls = [p.id for p in parts if isinstance(p, AgentCall)]
        turns.append(Turn(_ROLES[role], parts))
    if open_calls:
        raise messages.fault(f"the calls {', '.join(open_calls)} have no tool message")
    return turns


def _said(message: Checked, role: str, model: Model) -> tuple[Part, ...]:
    calls = tuple(_call(c) for c in message["tool_calls"].items(at_least=1)) if "tool_calls" in message else ()
    if calls and role != "assistant":
        raise message["tool_calls"].fault(f"a message of role {role!r} calls nothing")
    refused = message.given("refusal") if role == "assistant" else None
    if "content" not in message and (calls or refused):
        return (*([Text(refused.string())] if refused else []), *calls)
    return (*_parts(message["content"], model), *calls)


def _call(call: Checked) -> AgentCall:
    call.object()["type"].one_of("function")
    function = call["function"].object(("name", "arguments"))
    try:
        arguments = json.loads(function["arguments"].string() or "{}")
    except ValueError:
        arguments = {}
    return AgentCall(
        call["id"].string(empty=False),
        openai_values.name(function["name"]),
        arguments if isinstance(arguments, dict) else {},
    )


def _parts(content: Checked, model: Model) -> tuple[Part, ...]:
    if isinstance(content.value, str):
        return (Text(content.value),)
    return tuple(_part(part, model) for part in content.items(at_least=1))


def _part(part: Checked, model: Model) -> Part:
    kind = part.object()["type"].one_of("text", "image_url", "input_audio", "file", "refusal")
    if kind in ("text", "refusal"):
        return Text(part[kind].string())
    if not model.images:
        raise part.fault(f"{model.name} takes text alone", "unsupported_value")
    return {"image_url": _image, "input_audio": _audio, "file": _file}[kind](part[kind].object())


def _image(image: Checked) -> Media:
    if "detail" in image:
        image["detail"].one_of("auto", "low", "high", "original")
    return openai_values.image(image["url"])


def _audio(audio: Checked) -> Media:
    kind = audio["format"].one_of("wav", "mp3")
    return Media("audio", f"audio/{kind}", openai_values.decoded(audio["data"], audio["data"].string()))


def _file(file: Checked) -> Media:
    file.object(("file_data", "file_id", "filename"))
    if "file_id" in file:
        raise file["file_id"].fault(f"no file has the id {file['file_id'].value!r}: the sandbox keeps none")
    title = file["filename"].string() if "filename" in file else None
    data = openai_values.data_url(file["file_data"])
    return Media("document", media.media_type(data), data, title=title)
