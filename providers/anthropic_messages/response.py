"""A response, native -> universal. Never raises: what it does not know is opaque, or a named fault in the metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ell2a.calls import CallMetadata, Ell2aCall, Ell2aResponse
from ell2a.messages import AgentCallBlock, Block, FinishReason, OpaqueBlock, TextBlock
from ell2a.providers.anthropic_messages.block_reading import read_block
from ell2a.providers.anthropic_messages.response_leaves import OTHER
from ell2a.providers.anthropic_messages.tables import FINISH_REASONS, WIRE
from ell2a.providers.anthropic_messages.usage import read_usage
from ell2a.providers.structured import parse_output

_TRANSLATED = frozenset({"id", "type", "role", "model", "content", "stop_reason", "usage"})

_KNOWN = _TRANSLATED | OTHER.keys()


def universal_response(response: Any, call: Ell2aCall, provider: str) -> Ell2aResponse:
    """The universal form of an answer."""
    faults: list[str] = []
    body: Mapping[str, Any] = response if isinstance(response, dict) else {}
    if not isinstance(response, dict):
        faults.append(f"the answer is {type(response).__name__}, not an object")
    _check_constants(body, faults)
    finish = _finish_reason(body, faults)
    content = _content(body, faults)
    content, parse_fault = _parsed(content, call, finish)
    answered = Ell2aResponse(
        content=content,
        agent_calls=[block for block in content if isinstance(block, AgentCallBlock)],
        finish_reason=finish,
        metadata=_metadata(body, call, provider, finish, faults),
    )
    if parse_fault is not None:
        answered.message.with_parse_fault(parse_fault)
    return answered


def _check_constants(body: Mapping[str, Any], faults: list[str]) -> None:
    for key, expected in (("type", "message"), ("role", "assistant")):
        if body.get(key) != expected:
            faults.append(f"`{key}` is {body.get(key)!r}, not {expected!r}")


def _finish_reason(body: Mapping[str, Any], faults: list[str]) -> FinishReason | None:
    raw = body.get("stop_reason")
    if raw is None:
        return None
    if not isinstance(raw, str):
        faults.append(f"`stop_reason` is {raw!r}, not a word")
        return FinishReason(unified="other", raw=repr(raw))
    return FinishReason(unified=FINISH_REASONS.get(raw, "other"), raw=raw)


def _content(body: Mapping[str, Any], faults: list[str]) -> list[Block]:
    given = body.get("content")
    if isinstance(given, list):
        return [read_block(raw) for raw in given]
    if given is None:
        faults.append("there is no `content`")
        return []
    faults.append(f"`content` is {type(given).__name__}, not a list")
    return [OpaqueBlock(wire=WIRE, kind="content", raw=given)]


def _parsed(content: list[Block], call: Ell2aCall, finish: FinishReason | None) -> tuple[list[Block], str | None]:
    """The content with the structured output in place of its text, or why there is none."""
    wanted = call.response_format
    if wanted is None or wanted.kind != "json_schema" or (finish is not None and finish.unified == "refusal"):
        return content, None
    if any(isinstance(block, AgentCallBlock) and not block.executed_by_provider for block in content):
        return content, None
    # Text before the last block is what the model said between its searches; the answer comes last.
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
    body: Mapping[str, Any], call: Ell2aCall, provider: str, finish: FinishReason | None, faults: list[str]
) -> CallMetadata:
    usage, facts, usage_faults = read_usage(body.get("usage"))
    other = {key: value for key, value in body.items() if key in OTHER and value is not None}
    extra = {k: v for k, v in body.items() if k not in _KNOWN and v is not None}
    if not isinstance(body.get("stop_reason"), str | None):
        extra["stop_reason"] = body["stop_reason"]
    id, model = (_word(body, key, faults, extra) for key in ("id", "model"))
    if extra:
        other["extra"] = extra
    all_faults = [*faults, *usage_faults]
    if all_faults:
        other["faults"] = all_faults
    return CallMetadata(
        provider=provider,
        wire=WIRE,
        model=call.model,
        response_model=model,
        response_id=id,
        finish_reason=finish,
        usage=usage,
        other={**other, **facts},
    )


def _word(body: Mapping[str, Any], key: str, faults: list[str], extra: dict[str, Any]) -> str | None:
    value = body.get(key)
    if value is None or isinstance(value, str):
        return value
    faults.append(f"`{key}` is {value!r}, not a word")
    extra[key] = value
    return None
