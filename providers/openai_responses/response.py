"""From the JSON body of an answer to a universal message and metadata. Never raises, whatever came in."""

from __future__ import annotations

from typing import Any

from ell2a.calls import CallMetadata, Ell2aCall, Ell2aResponse, ResponseFormat
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
from ell2a.providers.openai_chat.media import read_base64
from ell2a.providers.openai_chat.usage import cost_of
from ell2a.providers.openai_responses.finish_reasons import finish_reason_of
from ell2a.providers.openai_responses.item_reading import ItemReader
from ell2a.providers.openai_responses.native_keys import WIRE, native_of
from ell2a.providers.openai_responses.response_leaves import LONG_SETTINGS, MEANINGLESS, OTHER, SETTINGS
from ell2a.providers.openai_responses.usage import beyond, usage_of
from ell2a.providers.structured import parse_output

_TYPES: dict[str, type] = {"id": str, "model": str, "status": str, "usage": dict, "output": list}
"""Top-level field with a universal home -> its type."""

AUDIO = "audio"
"""Where the accumulator keeps spoken output: whole answers have no place for it."""


def read_response(body: Any, call: Ell2aCall) -> Ell2aResponse:
    """The universal answer. What is of another shape than the wire's becomes opaque, or a fault in `other["faults"]`."""
    faults: list[str] = []
    if not isinstance(body, dict):
        faults.append(f"the answer is {_name(body)}, not an object")
        body = {"unlisted": body}
    content = _content(body, faults)
    finish = finish_reason_of(body, content)
    content, parse_fault = _structured(content, call.response_format)
    response = Ell2aResponse(
        content,
        [block for block in content if isinstance(block, AgentCallBlock)],
        finish_reason=finish,
        metadata=_metadata(body, call, content, finish, faults),
    )
    response.message.with_parse_fault(parse_fault)
    return response


def _content(body: dict[str, Any], faults: list[str]) -> list[Block]:
    given = body.get("output")
    if not isinstance(given, list):
        faults.append(f"`output` is {_name(given)}, not a list")
        return (
            [] if given is None else [OpaqueBlock(wire=WIRE, kind="output", raw=given, native=native_of(form="item"))]
        )
    content = [block for message in ItemReader(answer=True).read(given) for block in message.content]
    spoken = _spoken(body.get(AUDIO))
    return content if spoken is None else [*content, spoken]


def _spoken(given: Any) -> AudioBlock | None:
    if not isinstance(given, dict) or not isinstance(given.get("data"), str):
        return None
    data, transcript = read_base64(given["data"]), given.get("transcript")
    if data is None or not isinstance(transcript, str | None):
        return None
    return AudioBlock(data=data, transcript=transcript)


def _structured(content: list[Block], wanted: ResponseFormat | None) -> tuple[list[Block], str | None]:
    """The content with the structured output in the place of its text, or why the text is none."""
    if wanted is None or wanted.kind == "text":
        return content, None
    called = (isinstance(b, AgentCallBlock) and not b.executed_by_provider for b in content)
    if any(called) or any(isinstance(block, RefusalBlock) for block in content):
        return content, None
    # Text before the last is what the model said between its searches, or as commentary; the answer comes last.
    last = next((i for i in reversed(range(len(content))) if isinstance(content[i], TextBlock)), None)
    if last is None:
        return content, "there is no text in it"
    said = content[last]
    assert isinstance(said, TextBlock)
    parsed, fault = parse_output(said.text, wanted)
    if parsed is None:
        return content, fault
    block = parsed.model_copy(update={"citations": said.citations, "native": said.native})
    return [*content[:last], block, *content[last + 1 :]], None


def _metadata(
    body: dict[str, Any],
    call: Ell2aCall,
    content: list[Block],
    finish: FinishReason | None,
    faults: list[str],
) -> CallMetadata:
    usage = body.get("usage")
    other: dict[str, JsonValue] = {}
    settings: dict[str, JsonValue] = {}
    unlisted = {n: body[n] for n, kind in _TYPES.items() if body.get(n) is not None and not isinstance(body[n], kind)}
    faults += [f"`{name}` is {_name(value)}, not {_TYPES[name].__name__}" for name, value in unlisted.items()]
    unlisted.pop("output", None)
    for name, value in body.items():
        if name in _TYPES or name in MEANINGLESS or name == AUDIO or value in (None, {}, []):
            continue
        if name in OTHER:
            other[name] = value
        elif name not in SETTINGS:
            unlisted[name] = value
        elif name not in LONG_SETTINGS and call.api_params.get(name) != value:
            settings[name] = value
    named = {"settings": settings, "usage": beyond(usage), "unlisted": unlisted, "faults": faults}
    return CallMetadata(
        provider=call.provider,
        wire=WIRE,
        model=call.model,
        response_model=_word(body, "model"),
        response_id=_word(body, "id"),
        finish_reason=finish,
        usage=usage_of(usage, [block for block in content if isinstance(block, AgentCallBlock)]),
        cost=cost_of(usage, call.provider),
        other={**other, **{name: told for name, told in named.items() if told}},
    )


def _word(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None


def _name(value: Any) -> str:
    return "null" if value is None else type(value).__name__
