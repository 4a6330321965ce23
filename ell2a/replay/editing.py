"""The original with what a change puts in its place: other messages, agents, formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.messages import AgentResultBlock, Block, MediaBlock, Message
from ell2a.replay.changes import Changes


def edited(call: Ell2aCall, changes: Changes) -> Ell2aCall:
    """The call that is to be replayed. What a change leaves out is still in it: leaving out is told part by part."""
    update: dict[str, Any] = {}
    if changes.gives("messages") or changes.gives("system"):
        update["messages"] = _messages(call, changes)
    if changes.gives("agents") and not changes.agents_in_words:
        update["agents"] = list(changes.agents)
    if changes.gives("response_format") and not changes.format_in_words:
        update["response_format"] = changes.response_format
    for name in ("agent_choice", "stream"):
        if changes.gives(name):
            update[name] = getattr(changes, name)
    return call.model_copy(update=update) if update else call


def _messages(call: Ell2aCall, changes: Changes) -> list[Message]:
    messages = list(call.messages)
    if changes.messages is not None:
        given = list(_with_bytes(changes.messages, call.messages))
        # A conversation given without a system message is answered under the original's.
        instructed = any(m.role == "system" for m in given)
        messages = given if instructed else [*_leading_system(messages), *given]
    if changes.gives("system"):
        rest = messages[len(_leading_system(messages)) :]
        messages = rest if changes.system is None else [changes.system, *rest]
    return messages


def _leading_system(messages: list[Message]) -> list[Message]:
    count = next((i for i, message in enumerate(messages) if message.role != "system"), len(messages))
    return messages[:count]


def _with_bytes(given: Iterable[Message], originals: Iterable[Message]) -> Iterator[Message]:
    """Media that are named by their hash alone, as the log's JSON names them, with the original's bytes."""
    known = {b.blob: b for m in originals for b in _media_in(m.content) if b.data is not None}
    for message in given:
        yield message.model_copy(update={"content": [_filled(block, known) for block in message.content]})


def _media_in(blocks: Iterable[Block]) -> Iterator[MediaBlock]:
    for block in blocks:
        if isinstance(block, MediaBlock):
            yield block
        elif isinstance(block, AgentResultBlock):
            yield from _media_in(block.content)


def _filled(block: Block, known: Mapping[str | None, MediaBlock]) -> Block:
    if isinstance(block, AgentResultBlock):
        return block.model_copy(update={"content": [_filled(inner, known) for inner in block.content]})
    if isinstance(block, MediaBlock) and block.data is None and block.blob in known:
        return block.model_copy(update={"data": known[block.blob].data})
    return block
