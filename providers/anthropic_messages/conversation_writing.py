"""The messages of a call, universal -> native: `system` and `messages`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.messages import AgentCallBlock, AgentResultBlock, Block, Message, OpaqueBlock
from ell2a.providers.anthropic_messages.block_writing import is_plain, write_block
from ell2a.providers.anthropic_messages.native_extras import put_extras
from ell2a.providers.anthropic_messages.result_writing import is_server_result
from ell2a.providers.anthropic_messages.tables import SYSTEM_AT_THE_TOP_ONLY, WIRE
from ell2a.providers.anthropic_messages.written import Written, lost, tell, tell_native
from ell2a.providers.report import Report

_TOP = "the wire takes the first system messages beside the conversation"
_TOGETHER = "results of agents go together, first in the user's turn after the calls"
_IN_ONE = "turns of one role in a row are one on this wire"
_AS_USER = "this model takes no system message later in a conversation: the user says it"


@dataclass
class _Turn:
    """One message of the wire."""

    role: str
    blocks: list[tuple[str, Block]]
    """(path in the call, block)."""
    natives: list[tuple[str, dict[str, Any] | None]]
    """(path of a message in the call, its extras)."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Path of a block -> why this message is not of its own role."""

    def arranged(self) -> Iterator[tuple[str, Block, str | None]]:
        """(path, block, why it stands elsewhere than in the call), results of agents first, as the wire wants them."""
        results = [entry for entry in self.blocks if _answers_a_program(entry[1])]
        others = [entry for entry in self.blocks if not _answers_a_program(entry[1])]
        order = [*results, *others] if self.role == "user" else self.blocks
        for before, (path, block) in zip(self.blocks, order, strict=True):
            stays = path == before[0] and path.startswith(f"{self.natives[0][0]}.")
            together = _TOGETHER if results else _IN_ONE
            yield path, block, self.reasons.get(path) or (None if stays else together)


def put_messages(native: dict[str, Any], call: Ell2aCall, report: Report) -> None:
    """Put `system` and `messages` into a request, and say what became of each block."""
    first = next((i for i, message in enumerate(call.messages) if not _at_the_top(message)), len(call.messages))
    if first:
        native["system"] = _system(call.messages[:first], report)
    messages: list[Any] = []
    elsewhere = _executed_elsewhere(call)
    # An ordinary call with such a message is refused below; a replay goes on.
    as_user = report.replay and call.model.startswith(SYSTEM_AT_THE_TOP_ONLY)
    for turn in _turns(call, first, as_user=as_user):
        messages.extend(_messages_of(turn, f"messages.{len(messages)}", call, report, elsewhere))
    native["messages"] = messages


def _at_the_top(message: Message) -> bool:
    return message.role == "system" and not (message.native or {}).get("in_messages")


def _system(messages: list[Message], report: Report) -> Any:
    blocks = [
        (f"messages.{m}.content.{b}", block)
        for m, message in enumerate(messages)
        for b, block in enumerate(message.content)
    ]
    alone = blocks[0][1] if len(messages) == len(blocks) == 1 else None
    bare = alone is not None and (is_plain(alone) or _stands_for(alone, "system"))
    out: list[Any] = []
    for path, block in blocks:
        written = _only_words(block)
        place = "system" if bare else f"system.{len(out)}"
        tell(report, path, place, written, native=block.native, moved=_TOP)
        if not written.lost:
            out.append(written.body)
    for m, message in enumerate(messages):
        # `system` has no place for extras of its own; its blocks have.
        tell_native(report, f"messages.{m}", "system", message.native, goes=False)
    if not bare:
        return out
    return out[0]["text"] if alone is not None and is_plain(alone) else out[0]


def _only_words(block: Block) -> Written:
    if block.type in ("text", "parsed", "refusal", "opaque"):
        return write_block(block)
    return lost(f"{block.type} in a system message", "say it in words, or put it into a user message")


def _turns(call: Ell2aCall, first: int, *, as_user: bool) -> list[_Turn]:
    turns: list[_Turn] = []
    for m, message in enumerate(call.messages[first:], first):
        path = f"messages.{m}"
        blocks = [(f"{path}.content.{b}", block) for b, block in enumerate(message.content)]
        last = turns[-1] if turns else None
        said_by_user = as_user and message.role == "system"
        role = "user" if said_by_user else message.role
        if last is not None and last.role == role == "user" and (as_user or _joins(message)):
            last.blocks.extend(blocks)
            last.natives.append((path, message.native))
        else:
            last = _Turn(role, blocks, [(path, message.native)])
            turns.append(last)
        if said_by_user:
            last.reasons.update((block, _AS_USER) for block, _ in blocks)
    return turns


def _joins(message: Message) -> bool:
    """Whether a message goes into the turn before it: it has results, and nothing that says something of itself."""
    return any(map(_answers_a_program, message.content)) and not put_extras({}, message.native)


def _answers_a_program(block: Block) -> bool:
    """Whether it is the result of an agent that a program ran: those go first in the user's turn."""
    return isinstance(block, AgentResultBlock) and not is_server_result(block)


def _executed_elsewhere(call: Ell2aCall) -> frozenset[str]:
    """The ids of calls that another provider executed: they cannot go out, and neither can their results."""
    blocks = (block for message in call.messages for block in message.content)
    calls = (block for block in blocks if isinstance(block, AgentCallBlock) and block.executed_by_provider)
    return frozenset(block.id for block in calls if write_block(block).lost)


def _messages_of(turn: _Turn, place: str, call: Ell2aCall, report: Report, elsewhere: frozenset[str]) -> list[Any]:
    """The message that a turn makes; none where a replay dropped all of its blocks, since the wire takes no empty one."""
    _refuse_late_system(turn, call, report)
    alone = turn.blocks[0][1] if len(turn.blocks) == 1 else None
    short = alone is not None and is_plain(alone)
    out: list[Any] = []
    for path, block, moved in turn.arranged():
        written = _in_turn(block, turn.role, report, elsewhere)
        where = f"{place}.content" if short else f"{place}.content.{len(out)}"
        tell(report, path, where, written, native=block.native, moved=moved)
        if not written.lost:
            out.append(written.body)
    if alone is not None and _stands_for(alone, "message"):
        return out
    goes = bool(out) or not turn.blocks
    body = {"role": turn.role, "content": out[0]["text"] if short and out else out}
    for path, native in turn.natives:
        tell_native(report, path, place, native, goes=goes)
        put_extras(body, native)
    return [body] if goes else []


def _refuse_late_system(turn: _Turn, call: Ell2aCall, report: Report) -> None:
    if turn.role == "system" and call.model.startswith(SYSTEM_AT_THE_TOP_ONLY):
        report.lost(
            turn.natives[0][0],
            "Put it at the beginning, or let the user say it.",
            capability="system messages later in a conversation",
            source="https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-8",
        )


def _in_turn(block: Block, role: str, report: Report, elsewhere: frozenset[str]) -> Written:
    if role == "system":
        return _only_words(block)
    foreign = isinstance(block, AgentResultBlock) and block.call_id in elsewhere
    if foreign or (role == "assistant" and _answers_a_program(block)):
        return lost("results of a call that another provider executed", "leave it out, with its call")
    if report.replay and block.type == "text" and not block.text:
        return lost("empty text", "the wire refuses a block of text with nothing in it")
    return write_block(block)


def _stands_for(block: Block, kind: str) -> bool:
    """Whether a block holds a whole message, or `system`, that was none of the wire's shape: it goes back as it came."""
    return isinstance(block, OpaqueBlock) and block.wire == WIRE and block.kind == kind
