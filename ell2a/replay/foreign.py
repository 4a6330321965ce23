"""What belongs to the original's own provider or wire and means nothing anywhere else: it is left out before translating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ell2a.calls import AgentSpec, ResponseFormat, ServerAgent
from ell2a.errors import UnknownProvider
from ell2a.messages import AgentCallBlock, AgentResultBlock, Block, MediaBlock, Message, OpaqueBlock, ThinkingBlock
from ell2a.providers import registry
from ell2a.providers.provider import Provider
from ell2a.replay.draft import Draft
from ell2a.replay.losses import executed_by_provider, lose

Owner = TypeVar("Owner", Message, AgentSpec, ResponseFormat)


def leave_foreign(draft: Draft, target: Provider) -> None:
    """Settle thinking, the provider's own agents and files, opaque blocks, and native keys that the target has no use for."""
    call = draft.original
    if (call.provider, call.wire) == (target.name, target.wire):
        return
    for turn, part in list(draft.blocks()):
        if not part.added:
            for path, reason in _foreign_parts(draft, part.path, part.block, target):
                lose(draft, path, reason)
        del turn
    if call.wire != target.wire:
        for place, agent in list(draft.agents):
            if isinstance(agent, ServerAgent) and agent.wire != target.wire:
                lose(draft, place, f"{agent.name} is an agent of {agent.wire}'s own, which {target.wire} has not")
        _strip_native(draft)


def _foreign_parts(draft: Draft, path: str, block: Block, target: Provider) -> list[tuple[str, str]]:
    call = draft.original
    if isinstance(block, ThinkingBlock):
        signed = block.signature or block.redacted
        why = "its signature is that provider's own, and no other can check it" if signed else "it is that model's own"
        return [(path, f"this is thinking of {call.provider}: {why}")]
    if isinstance(block, OpaqueBlock) and block.wire != target.wire:
        return [(path, f"only {block.wire} has `{block.kind}`")]
    if call.wire != target.wire and executed_by_provider(draft, block):
        name = f"`{block.name}`" if isinstance(block, AgentCallBlock) else "it"
        return [(path, f"{call.provider} ran {name} itself")]
    if call.provider == target.name:
        return []
    if isinstance(block, AgentResultBlock):
        inner = [(f"{path}.content.{i}", b) for i, b in enumerate(block.content)]
        return [(at, _kept_there(call.provider)) for at, b in inner if isinstance(b, MediaBlock) and b.file_id]
    if isinstance(block, MediaBlock) and block.file_id is not None:
        return [(path, _kept_there(call.provider))]
    return []


def _kept_there(provider: str) -> str:
    return f"it is a file kept by {provider}, which no other provider can read"


def _strip_native(draft: Draft) -> None:
    """Take the wire's own extras off every part; each is named with what it is for."""
    meanings = _meanings(draft.original.wire)
    for turn in draft.turns:
        if turn.path is not None:
            turn.message = _bare(draft, turn.path, turn.message, meanings)
        for part in turn.parts:
            if not part.added:
                _name(draft, part.path, part.block, meanings)
                part.without_native()
    draft.agents = [
        (place, _bare(draft, place, agent, meanings) if isinstance(agent, AgentSpec) else agent)
        for place, agent in draft.agents
    ]
    if draft.response_format is not None:
        draft.response_format = _bare(draft, "response_format", draft.response_format, meanings)


def _bare(draft: Draft, path: str, owner: Owner, meanings: Mapping[str, str]) -> Owner:
    _name(draft, path, owner, meanings)
    return owner.model_copy(update={"native": None}) if owner.native else owner


def _name(draft: Draft, path: str, owner: Any, meanings: Mapping[str, str]) -> None:
    for key in owner.native or ():
        meaning = f" ({meanings[key]})" if key in meanings else ""
        draft.settle(f"{path}.native.{key}", "dropped", f"an extra of {draft.original.wire}{meaning}")


def _meanings(wire: str) -> Mapping[str, str]:
    try:
        return registry.wire_class(wire).native_keys
    except UnknownProvider:
        return {}
