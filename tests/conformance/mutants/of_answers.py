"""Mutants of laws 3 and 5: what becomes of whole answers."""

from __future__ import annotations

from typing import Any

from conformance.mutants.making import answering, base_of, blocks_of_answer, mutant

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.messages import (
    AgentCallBlock,
    Block,
    FinishReason,
    Message,
    OpaqueBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
)

# --- law 3 ---


def _unsigned(block: Block) -> Block:
    is_signed = isinstance(block, ThinkingBlock) and block.signature is not None
    return block.model_copy(update={"signature": None}) if is_signed else block


def _swapped(response: Ell2aResponse) -> None:
    ids = [call.id for call in response.agent_calls]
    if len(ids) > 1:
        other = dict(zip(ids, reversed(ids), strict=True))
        _renamed(response, other)


def _renumbered(response: Ell2aResponse) -> None:
    _renamed(response, {call.id: f"ours_{n}" for n, call in enumerate(response.agent_calls)})


def _renamed(response: Ell2aResponse, names: dict[str, str]) -> None:
    content = [
        block.model_copy(update={"id": names.get(block.id, block.id)}) if isinstance(block, AgentCallBlock) else block
        for block in response.message.content
    ]
    response.messages[0] = response.message.model_copy(update={"content": content})


def _as_words(block: Block) -> Block:
    return TextBlock(text=block.text) if isinstance(block, RefusalBlock) else block


def _unredacted(block: Block) -> Block | None:
    return None if isinstance(block, ThinkingBlock) and block.redacted else block


mutant("signature-lost", "anthropic", **blocks_of_answer(_unsigned))
mutant("answer-ids-swapped", "openai", **answering(_swapped))
mutant("ids-renumbered", "openai", **answering(_renumbered))
mutant("refusal-as-text", "openai", **blocks_of_answer(_as_words))
mutant("redacted-dropped", "anthropic", **blocks_of_answer(_unredacted))

# --- law 5 ---


def _usage(response: Ell2aResponse, **counts: Any) -> None:
    usage = response.metadata.usage
    if usage is not None:
        response.metadata = response.metadata.model_copy(update={"usage": usage.model_copy(update=counts)})


def _fresh_only(response: Ell2aResponse) -> None:
    usage = response.metadata.usage
    if usage is not None and usage.input_tokens is not None:
        _usage(response, input_tokens=usage.input_tokens - (usage.cache_read_tokens or 0))


def _cached_twice(response: Ell2aResponse) -> None:
    usage = response.metadata.usage
    if usage is not None and usage.input_tokens is not None:
        _usage(response, input_tokens=usage.input_tokens + (usage.cache_read_tokens or 0))


def _opaque(block: Block) -> Block:
    if not isinstance(block, TextBlock):
        return block
    return OpaqueBlock(wire="anthropic-messages", kind="text", raw={"type": "text", "text": block.text})


def _always_stopped(response: Ell2aResponse) -> None:
    def stopped(message: Message) -> Message:
        raw = message.finish_reason.raw if message.finish_reason else None
        return message.model_copy(update={"finish_reason": FinishReason(unified="stop", raw=raw)})

    if response.message.finish_reason and response.message.finish_reason.unified == "length":
        response.messages = [stopped(message) for message in response.messages]


def _first_alone(response: Ell2aResponse) -> None:
    del response.messages[1:]


def _nameless(response: Ell2aResponse) -> None:
    response.metadata = response.metadata.model_copy(update={"response_id": None})


def _in_other(response: Ell2aResponse) -> None:
    usage = response.metadata.usage
    other = {**response.metadata.other, "counts": usage.raw if usage else None}
    response.metadata = response.metadata.model_copy(update={"usage": None, "other": other})


def _uncited(block: Block) -> Block:
    return block.model_copy(update={"citations": []}) if isinstance(block, TextBlock) else block


def _trusting(self: Any, native: dict[str, Any], call: Ell2aCall) -> Ell2aResponse:
    _ = native["choices"][0]["message"]["role"]
    response: Ell2aResponse = base_of(self).translate_provider_to_ell2a(self, native, call)
    return response


mutant("cached-excluded", "openai", **answering(_fresh_only))
mutant("usage-twice", "anthropic", **answering(_cached_twice))
mutant("opaque-for-known", "anthropic", **blocks_of_answer(_opaque))
mutant("finish-reason-mistaken", "openai", **answering(_always_stopped))
mutant("choice-dropped", "openai", **answering(_first_alone))
mutant("response-id-lost", "anthropic", **answering(_nameless))
mutant("all-in-other", "anthropic", **answering(_in_other))
mutant("citations-lost", "openai", **blocks_of_answer(_uncited))
mutant("odd-shape-raises", "openai", translate_provider_to_ell2a=_trusting)
