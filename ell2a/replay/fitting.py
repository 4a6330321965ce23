"""The form that a service wants of a conversation: whose turn it is, how long an id may be, and each result after its call."""

from __future__ import annotations

import hashlib

from ell2a.calls import ReplayChoice
from ell2a.errors import UnknownProvider
from ell2a.messages import AgentCallBlock, AgentResultBlock, ParsedBlock, TextBlock
from ell2a.providers import registry
from ell2a.providers.provider import Provider
from ell2a.replay.changes import IN_WORDS
from ell2a.replay.draft import Draft, Part, Turn

_JOINED = "turns of one role in a row are one on this wire"


def fit_conversation(draft: Draft, target: Provider) -> None:
    """Bring a conversation from elsewhere into the form that the target's service takes."""
    call = draft.original
    if (call.provider, call.wire) == (target.name, target.wire):
        return
    _ask_about_orphans(draft)
    if call.wire != target.wire:
        _join_turns(draft, target)
        if not target.takes_citations:
            _leave_citations(draft, target)
    if target.longest_call_id is not None:
        _shorten_ids(draft, target.longest_call_id)


def _ask_about_orphans(draft: Draft) -> None:
    """Results whose call is not here: the original's provider kept what was said before."""
    called: set[str] = set()
    for turn in list(draft.turns):
        called |= {part.block.id for part in turn.parts if isinstance(part.block, AgentCallBlock)}
        for part in list(turn.parts):
            if isinstance(part.block, AgentResultBlock) and part.block.call_id not in called:
                reason = f"it answers the call {part.block.call_id!r}, which is not in this conversation"
                in_words = ReplayChoice(label="Tell it in words", changes={"agents": IN_WORDS})
                leave_out = ReplayChoice(label="Leave it out", changes={"drop": [part.path]})
                draft.leave_out(part.path, "refused", reason, choices=[in_words, leave_out])


def _join_turns(draft: Draft, target: Provider) -> None:
    # A service that joins the model's turns in a row takes one's results after all of them: elsewhere they are one turn.
    roles = {"user", "assistant"} if target.joins_turns else {"assistant"} if _joins(draft.original.wire) else set()
    turns: list[Turn] = []
    for turn in draft.turns:
        if turn.message.content and not turn.parts:
            # All that was in it is left out: nothing of it goes out.
            continue
        last = turns[-1] if turns else None
        if last is None or turn.message.role != last.message.role or turn.message.role not in roles:
            turns.append(turn)
            continue
        last.parts.extend(turn.parts)
        for part in turn.parts:
            if not part.added:
                draft.settle(part.path, "moved", _JOINED)
    draft.turns = turns


def _leave_citations(draft: Draft, target: Provider) -> None:
    for _, part in draft.blocks():
        if isinstance(part.block, TextBlock | ParsedBlock) and part.block.citations:
            part.block = part.block.model_copy(update={"citations": []})
            draft.settle(part.path, "converted", f"its citations have no place in a request on {target.wire}")


def _joins(wire: str) -> bool:
    try:
        return registry.wire_class(wire).joins_turns
    except UnknownProvider:
        return False


def _shorten_ids(draft: Draft, longest: int) -> None:
    for _, part in draft.blocks():
        if isinstance(part.block, AgentCallBlock) and len(part.block.id) > longest:
            _rename(draft, part, "id", part.block.id, longest)
        elif isinstance(part.block, AgentResultBlock) and len(part.block.call_id) > longest:
            _rename(draft, part, "call_id", part.block.call_id, longest)


def _rename(draft: Draft, part: Part, field: str, id: str, longest: int) -> None:
    digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    part.block = part.block.model_copy(update={field: f"{id[: longest - 9]}_{digest}"})
    draft.settle(part.path, "converted", f"an id has at most {longest} characters here")
