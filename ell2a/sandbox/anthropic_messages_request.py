"""Reading requests of the wire anthropic-messages, as strictly as the service does.

Source of names, ranges and rules: Anthropic's API reference and the `anthropic` package's types.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from ell2a.sandbox import media
from ell2a.sandbox.checked import Checked, Path
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
    Thinking,
    Thought,
    Turn,
)
from ell2a.sandbox.faults import Fault
from ell2a.sandbox.models import Model
from ell2a.sandbox.signing import is_signed

TAKEN = frozenset(
    [
        "max_tokens",
        "messages",
        "model",
        "cache_control",
        "metadata",
        "output_config",
        "service_tier",
        "stop_sequences",
        "stream",
        "system",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_k",
        "top_p",
    ]
)
"""The params that the sandbox takes."""
EFFORTS = ("low", "medium", "high", "xhigh", "max")
_EFFORT_TOKENS = {"low": 32, "medium": 64}
_LEAST_BUDGET = 1024
_AGENT_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}\Z")
_CALL_ID = re.compile(r"[a-zA-Z0-9_-]+\Z")
_SAMPLING = ("temperature", "top_p", "top_k")
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}


def read(body: Any, model: Model) -> Conversation:
    """The conversation that a request body is. Raises Fault."""
    asked = Checked(body, _tell).object(TAKEN)
    most = asked["max_tokens"].integer(1)
    thinking = _thinking(asked, model, most)
    _check_sampling(asked, model, thinking)
    agents = _agents(asked)
    choice, parallel = _choice(asked, agents, thinking)
    system = _system(asked)
    return Conversation(
        model=model.name,
        turns=(*system, *_turns(asked["messages"], model)),
        agents=agents,
        choice=choice,
        parallel=parallel,
        schema=_schema(asked),
        thinking=thinking,
        max_tokens=most,
        stop=tuple(s.string(empty=False) for s in asked["stop_sequences"].items()) if "stop_sequences" in asked else (),
        stream=asked["stream"].boolean() if "stream" in asked else False,
        caching="automatic" if "cache_control" in asked else "marked",
        wire_options={"call_prefix": "toolu_", "speaks_before_calls": not thinking.on},
    )


# --- params ---


def _thinking(asked: Checked, model: Model, most: int) -> Thinking:
    effort = _effort(asked, model)
    given = asked.given("thinking")
    kind = given.object()["type"].one_of("enabled", "disabled", "adaptive") if given else None
    if given and model.thinking == "no" and kind != "disabled":
        raise given.fault(f"{model.name} does not support thinking")
    if given and model.thinking == "always" and kind == "disabled":
        raise given.fault(f"{model.name} always thinks")
    on = kind in ("enabled", "adaptive") or model.thinking == "always"
    budget = _EFFORT_TOKENS.get(effort or "")
    if given and kind == "enabled":
        budget = given["budget_tokens"].integer(_LEAST_BUDGET)
        if budget >= most:
            raise asked["max_tokens"].fault(f"{most} must be greater than `thinking.budget_tokens`, {budget}")
    shown = not (given and "display" in given and given["display"].one_of("summarized", "omitted") == "omitted")
    return Thinking(on, budget, shown)


def _effort(asked: Checked, model: Model) -> str | None:
    config = asked.given("output_config")
    if config is None or "effort" not in config.object(("effort", "format")):
        return None
    if model.thinking == "no":
        raise config["effort"].fault(f"{model.name} does not take an effort")
    return config["effort"].one_of(*EFFORTS)


def _check_sampling(asked: Checked, model: Model, thinking: Thinking) -> None:
    for name, high in (("temperature", 1), ("top_p", 1), ("top_k", None)):
        if name in asked:
            asked[name].number(0, high)
    for name in (n for n in _SAMPLING if n in asked):
        if not model.sampling:
            raise asked[name].fault(f"{model.name} does not take `{name}`")
    if thinking.on and "temperature" in asked and asked["temperature"].value != 1:
        raise asked["temperature"].fault("may only be 1 where thinking is on")


def _schema(asked: Checked) -> dict[str, Any] | None:
    config = asked.given("output_config")
    wanted = config.given("format") if config else None
    if wanted is None:
        return None
    wanted.object(("type", "schema"))["type"].one_of("json_schema")
    return wanted["schema"].schema(closed=True)


def _system(asked: Checked) -> tuple[Turn, ...]:
    system = asked.given("system")
    if system is None:
        return ()
    if isinstance(system.value, str):
        return (Turn("system", (Text(system.value),)),)
    blocks = [b for b in system.items() if b.object()["type"].one_of("text")]
    return tuple(Turn("system", (Text(b["text"].string(empty=False)),), "cache_control" in b) for b in blocks)


# --- agents ---


def _agents(asked: Checked) -> tuple[Agent, ...]:
    agents = tuple(_agent(tool) for tool in asked["tools"].items()) if "tools" in asked else ()
    names = [a.name for a in agents]
    if len(set(names)) < len(names):
        raise asked["tools"].fault("the names of tools must differ")
    return agents


def _agent(tool: Checked) -> Agent:
    if tool.object().value.get("type", "custom") not in (None, "custom"):
        raise tool["type"].fault(f"the sandbox has no server tool {tool.value['type']!r}")
    tool.object(
        (
            "type",
            "name",
            "description",
            "input_schema",
            "cache_control",
            "strict",
            "eager_input_streaming",
            "input_examples",
        )
    )
    name = tool["name"].string()
    if not _AGENT_NAME.match(name):
        raise tool["name"].fault(f"{name!r} has other signs than letters, digits, '_' and '-', or is longer than 128")
    strict = tool["strict"].boolean() if "strict" in tool else False
    schema = tool["input_schema"].schema(closed=strict)
    if schema.get("type") != "object":
        raise tool["input_schema"].fault("`type` must be 'object'")
    return Agent(name, tool["description"].string() if "description" in tool else "", schema)


def _choice(asked: Checked, agents: tuple[Agent, ...], thinking: Thinking) -> tuple[AgentChoice, bool]:
    given = asked.given("tool_choice")
    if given is None:
        return AgentChoice(), True
    kind = given.object()["type"].one_of("auto", "any", "tool", "none")
    if not agents:
        raise given.fault("may only be given where `tools` are")
    if thinking.on and kind in ("any", "tool"):
        raise given.fault(f"{kind!r} cannot be asked for where thinking is on")
    parallel = not ("disable_parallel_tool_use" in given and given["disable_parallel_tool_use"].boolean())
    if kind == "tool":
        return AgentChoice("agent", given["name"].one_of(*(a.name for a in agents))), parallel
    return AgentChoice("required" if kind == "any" else kind), parallel  # type: ignore[arg-type]  # auto or none


# --- messages ---


def _turns(messages: Checked, model: Model) -> list[Turn]:
    turns: list[Turn] = []
    open_calls: list[str] = []
    last = len(messages.value) - 1 if isinstance(messages.value, list) else 0
    for i, message in enumerate(messages.items(at_least=1)):
        role = message.object(("role", "content"))["role"].one_of(*_ROLES)
        if i == 0 and role != "user":
            raise message["role"].fault("the first message must be the user's")
        parts, marked = _content(message["content"], model, may_be_empty=i == last and role == "assistant")
        _check_results(message, parts, open_calls)
        open_calls = [p.id for p in parts if isinstance(p, AgentCall)]
        turns.append(Turn(_ROLES[role], parts, marked))
    if open_calls:
        raise messages.fault(f"`tool_use` without a `tool_result` in the message after it: {', '.join(open_calls)}")
    return turns


def _check_results(message: Checked, parts: tuple[Part, ...], open_calls: list[str]) -> None:
    results = [p for p in parts if isinstance(p, AgentResult)]
    if any(isinstance(p, AgentResult) for p in parts[len(results) :]):
        raise message["content"].fault("`tool_result` blocks must come before everything else")
    answered = [r.call_id for r in results]
    unknown = [c for c in answered if c not in open_calls]
    if unknown:
        raise message["content"].fault(
            f"`tool_result` without a `tool_use` in the message before: {', '.join(unknown)}"
        )
    missing = [c for c in open_calls if c not in answered]
    if missing:
        raise message.fault(f"`tool_use` without a `tool_result` in the message after it: {', '.join(missing)}")


def _content(content: Checked, model: Model, *, may_be_empty: bool = False) -> tuple[tuple[Part, ...], bool]:
    """The parts of a content, and whether one of its blocks is marked for the cache."""
    if isinstance(content.value, str):
        return (Text(content.string(empty=may_be_empty)),), False
    blocks = list(content.items(at_least=0 if may_be_empty else 1))
    return tuple(_part(b, model) for b in blocks), any("cache_control" in b.object() for b in blocks)


def _part(block: Checked, model: Model) -> Part:
    readers = {
        "text": _text,
        "image": _image,
        "document": _document,
        "tool_use": _call,
        "tool_result": lambda b: _result(b, model),
        "thinking": _thought,
        "redacted_thinking": _redacted,
    }
    kind = block.object()["type"].one_of(*readers)
    if kind in ("image", "document") and not model.images:
        raise block.fault(f"{model.name} takes text alone")
    return readers[kind](block)


def _text(block: Checked) -> Part:
    return Text(block["text"].string(empty=False))


def _call(block: Checked) -> Part:
    if not _CALL_ID.match(block["id"].string()):
        raise block["id"].fault(f"{block['id'].value!r} has other signs than letters, digits, '_' and '-'")
    return AgentCall(block["id"].string(), block["name"].string(empty=False), dict(block["input"].object().value))


def _result(block: Checked, model: Model) -> Part:
    block.object(("type", "tool_use_id", "content", "is_error", "cache_control"))
    content = block.given("content")
    parts = _content(content, model)[0] if content and content.value else ()
    failed = block["is_error"].boolean() if "is_error" in block else False
    return AgentResult(block["tool_use_id"].string(), parts, failed)


def _thought(block: Checked) -> Part:
    text, signature = block["thinking"].string(), block["signature"].string()
    if not is_signed(text, signature):
        raise block["signature"].fault("is not the signature of this thinking: send it back as it came")
    return Thought(text, signature)


def _redacted(block: Checked) -> Part:
    if not is_signed("", block["data"].string()):
        raise block["data"].fault("is not redacted thinking of the sandbox: send it back as it came")
    return Thought(signature=block["data"].string())


def _image(block: Checked) -> Part:
    source = block["source"].object()
    kind = source["type"].one_of("base64", "url", "file")
    if kind == "url":
        return Media("image", url=source["url"].string(empty=False))
    if kind == "file":
        raise _no_file(source)
    data = _base64(source["data"])
    said, seen = source["media_type"].one_of(*media.PICTURES), media.media_type(data)
    if seen != said:
        raise source["media_type"].fault(f"the bytes are {seen or 'no picture'}, not {said}")
    return Media("image", seen, data)


def _document(block: Checked) -> Part:
    source = block["source"].object()
    title = block["title"].string() if "title" in block else None
    kind = source["type"].one_of("base64", "text", "url", "content", "file")
    if kind == "file":
        raise _no_file(source)
    if kind == "url":
        return Media("document", url=source["url"].string(empty=False), title=title)
    if kind == "text":
        source["media_type"].one_of("text/plain")
        return Media("document", "text/plain", source["data"].string(empty=False).encode(), title=title)
    if kind == "content":
        content = source["content"]
        words = (
            content.value if isinstance(content.value, str) else "\n".join(b["text"].string() for b in content.items())
        )
        return Media("document", "text/plain", words.encode(), title=title)
    source["media_type"].one_of("application/pdf")
    data = _base64(source["data"])
    if media.media_type(data) != "application/pdf":
        raise source["data"].fault("is no PDF")
    return Media("document", "application/pdf", data, title=title)


def _no_file(source: Checked) -> Fault:
    return source["file_id"].fault(f"no file has the id {source['file_id'].value!r}: the sandbox keeps none")


def _base64(at: Checked) -> bytes:
    try:
        return base64.b64decode(at.string(), validate=True)
    except binascii.Error:
        raise at.fault("is not base64") from None


def _tell(path: Path, problem: str, code: str) -> Fault:
    """A fault in Anthropic's manner: the path and the problem in the message, and no field beside it."""
    told = {"missing": "Field required", "unknown": "Extra inputs are not permitted"}.get(code, problem)
    return Fault("invalid", f"{'.'.join(map(str, path)) or 'body'}: {told}")
