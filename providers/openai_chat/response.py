"""From the JSON body of an answer to universal messages and metadata. Never raises, whatever came in."""

from __future__ import annotations

from typing import Any, NamedTuple

from ell2a.calls import CallMetadata, Choice, Ell2aCall, Ell2aResponse, ResponseFormat
from ell2a.messages import (
    AgentCallBlock,
    AudioBlock,
    Block,
    FinishReason,
    JsonValue,
    OpaqueBlock,
    RefusalBlock,
    TextBlock,
)
from ell2a.providers.openai_chat.executed_tools import FIELD as EXECUTED
from ell2a.providers.openai_chat.executed_tools import read_executed_tools
from ell2a.providers.openai_chat.finish_reasons import finish_reason_of
from ell2a.providers.openai_chat.media import read_base64, sound_type
from ell2a.providers.openai_chat.message_reading import read_assistant
from ell2a.providers.openai_chat.native_keys import WIRE, native_of
from ell2a.providers.openai_chat.response_leaves import CHOICE, OTHER
from ell2a.providers.openai_chat.usage import beyond, cost_of, usage_of
from ell2a.providers.structured import parse_output

_TYPES: dict[str, type] = {"id": str, "model": str, "usage": dict, "object": object, "choices": object}
"""Top-level field with a universal home, or none -> its type."""
_CHOICE_HANDLED = ("index", "message", "finish_reason")


class _Read(NamedTuple):
    """One choice in universal terms."""

    blocks: list[Block]
    native: dict[str, JsonValue] | None
    finish_reason: FinishReason | None
    other: dict[str, Any]
    """What the choice tells beside its message."""
    parse_fault: str | None

    @property
    def agent_calls(self) -> list[AgentCallBlock]:
        return [block for block in self.blocks if isinstance(block, AgentCallBlock)]


def read_response(body: Any, call: Ell2aCall, provider: str) -> Ell2aResponse:
    """The universal answer. What is of another shape than the wire's becomes opaque, or a fault in `other["faults"]`."""
    faults: list[str] = []
    if not isinstance(body, dict):
        faults.append(f"the answer is {_name(body)}, not an object")
        body = {"unlisted": body}
    choices = [_choice(choice, call) for choice in _choices(body, faults)]
    first, *others = choices or [_Read([], None, None, {}, None)]
    response = Ell2aResponse(
        first.blocks,
        first.agent_calls,
        finish_reason=first.finish_reason,
        native=first.native,
        other_choices=[Choice(c.blocks, c.agent_calls, finish_reason=c.finish_reason, native=c.native) for c in others],
        metadata=_metadata(body, call, provider, choices, faults),
    )
    for message, choice in zip(response.messages, choices, strict=False):
        message.with_parse_fault(choice.parse_fault)
    return response


def _metadata(
    body: dict[str, Any], call: Ell2aCall, provider: str, choices: list[_Read], faults: list[str]
) -> CallMetadata:
    usage = body.get("usage")
    other: dict[str, Any] = {}
    unlisted = _misshapen(body, faults)
    for name, value in body.items():
        if name not in _TYPES and not _empty(value):
            (other if name in OTHER else unlisted)[name] = value
    rest = beyond(usage)
    if rest:
        other["usage"] = rest
    if any(choice.other for choice in choices):
        other["choices"] = [{"index": at, **choice.other} for at, choice in enumerate(choices) if choice.other]
    if unlisted:
        other["unlisted"] = unlisted
    if faults:
        other["faults"] = faults
    return CallMetadata(
        provider=call.provider,
        wire=WIRE,
        model=call.model,
        response_model=body["model"] if isinstance(body.get("model"), str) else None,
        response_id=body["id"] if isinstance(body.get("id"), str) else None,
        finish_reason=choices[0].finish_reason if choices else None,
        usage=usage_of(usage),
        cost=cost_of(usage, provider),
        other=other,
    )


def _misshapen(body: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    """The fields whose type is not the wire's, with a fault for each."""
    wrong = {n: body[n] for n, kind in _TYPES.items() if body.get(n) is not None and not isinstance(body[n], kind)}
    faults += [f"`{name}` is {_name(value)}, not {_TYPES[name].__name__}" for name, value in wrong.items()]
    choices = body.get("choices")
    odd = [c for c in choices if not isinstance(c, dict)] if isinstance(choices, list) else choices
    if not _empty(odd):
        wrong["choices"] = odd
    return wrong


def _choices(body: dict[str, Any], faults: list[str]) -> list[dict[str, Any]]:
    given = body.get("choices")
    if not isinstance(given, list):
        faults.append(f"`choices` is {_name(given)}, not a list")
        return []
    choices = [choice for choice in given if isinstance(choice, dict)]
    faults += [f"`choices.{at}` is {_name(c)}, not an object" for at, c in enumerate(given) if not isinstance(c, dict)]
    if not choices:
        faults.append("`choices` is empty")
    if all(type(choice.get("index")) is int for choice in choices):
        choices.sort(key=lambda choice: int(choice["index"]))
    return choices


def _choice(choice: dict[str, Any], call: Ell2aCall) -> _Read:
    given = choice.get("message")
    blocks, native = _message(given, call)
    blocks, fault = _structured(blocks, call.response_format)
    finish = finish_reason_of(choice.get("finish_reason"))
    other: dict[str, Any] = {}
    unlisted: dict[str, Any] = {}
    for name, value in choice.items():
        if name in _CHOICE_HANDLED or _empty(value) or (name == "delta" and given is not None):
            continue
        (other if name in CHOICE else unlisted)[name] = value
    if finish is None and not _empty(choice.get("finish_reason")):
        unlisted["finish_reason"] = choice["finish_reason"]
    if unlisted:
        other["unlisted"] = unlisted
    return _Read(blocks, native, finish, other, fault)


def _message(given: Any, call: Ell2aCall) -> tuple[list[Block], dict[str, JsonValue] | None]:
    if not isinstance(given, dict):
        return ([] if given is None else [_opaque("message", given)]), None
    # Some servers send each field they know, empty where it says nothing.
    said = {name: _without_empty_twins(value) for name, value in given.items() if not _blank(value)}
    audio = _spoken(said.get("audio"), call)
    ran = read_executed_tools(said.get(EXECUTED))
    said = {k: v for k, v in said.items() if not (k == "audio" and audio) and not (k == EXECUTED and ran is not None)}
    read = read_assistant(said, answer=True)
    if read is None:
        return [_opaque("message", given)], None
    blocks, native = read
    if audio is not None:
        at = next((i for i, block in enumerate(blocks) if isinstance(block, AgentCallBlock)), len(blocks))
        blocks.insert(at, audio)
    thinking = sum(block.type == "thinking" for block in blocks)
    return [*blocks[:thinking], *(ran or []), *blocks[thinking:]], native


def _spoken(given: Any, call: Ell2aCall) -> AudioBlock | None:
    """The sound of an answer, with what was said; its format is the one that the request asked for."""
    if not isinstance(given, dict) or not isinstance(given.get("data"), str):
        return None
    data = read_base64(given["data"])
    transcript = given.get("transcript")
    if data is None or not isinstance(transcript, str | None):
        return None
    asked = call.api_params.get("audio")
    format = asked.get("format") if isinstance(asked, dict) else None
    kept = {name: value for name, value in given.items() if name not in ("data", "transcript")}
    return AudioBlock(
        data=data,
        media_type=sound_type(format) if isinstance(format, str) else None,
        transcript=transcript,
        native=native_of(audio=kept or None),
    )


def _structured(blocks: list[Block], wanted: ResponseFormat | None) -> tuple[list[Block], str | None]:
    """The blocks with the structured output in the place of its text, or why the text is none."""
    if wanted is None or wanted.kind == "text":
        return blocks, None
    if any(isinstance(block, AgentCallBlock | RefusalBlock) for block in blocks):
        return blocks, None
    texts = [block for block in blocks if isinstance(block, TextBlock)]
    parsed, fault = parse_output("".join(block.text for block in texts), wanted)
    if parsed is None:
        return blocks, fault
    first = texts[0]
    parsed = parsed.model_copy(update={"citations": first.citations, "native": first.native})
    kept = [block for block in blocks if block is first or not isinstance(block, TextBlock)]
    return [parsed if block is first else block for block in kept], None


def _opaque(kind: str, raw: Any) -> OpaqueBlock:
    return OpaqueBlock(wire=WIRE, kind=kind, raw=raw)


def _empty(value: Any) -> bool:
    """Whether a value is null or empty, all the way down."""
    if isinstance(value, dict):
        return all(_empty(inner) for inner in value.values())
    if isinstance(value, list):
        return all(_empty(inner) for inner in value)
    return value is None or value == ""


def _blank(value: Any) -> bool:
    """Whether it is what a server sends for a field it knows and has nothing for: numbers are 0 then."""
    if isinstance(value, dict):
        return all(_blank(inner) for inner in value.values())
    return _empty(value) or (type(value) is int and value == 0)


def _without_empty_twins(value: Any) -> Any:
    """A list of calls in which each has one form: Snowflake sends an empty `custom` beside each `function`."""
    if not isinstance(value, list):
        return value
    return [
        {k: v for k, v in entry.items() if not (isinstance(v, dict) and _blank(v) and k != entry.get("type"))}
        if isinstance(entry, dict)
        else entry
        for entry in value
    ]


def _name(value: Any) -> str:
    return "null" if value is None else type(value).__name__
