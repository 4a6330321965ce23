"""What a target cannot take: which losses a replay goes on without, which it asks about, and what there is to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ell2a.calls import AgentSpec, ReplayChoice
from ell2a.messages import AgentCallBlock, AgentResultBlock, OpaqueBlock, TextBlock
from ell2a.replay.changes import IN_WORDS
from ell2a.replay.draft import Draft, Part, Turn


@dataclass(frozen=True, slots=True)
class Loss:
    """What a replay does about a part that the target cannot take."""

    action: Literal["dropped", "refused"]
    """`dropped`: the replay goes on without it. `refused`: somebody has to choose first."""
    why: str
    """Why the one or the other."""
    choices: Callable[[Draft, str], list[ReplayChoice]] = lambda _draft, _path: []


SUMMARIES = ("compaction",)
"""Kinds of opaque blocks in which a provider put what was said before.
Source: anthropic 2.12, `types.beta.beta_compaction_block`."""


def _leave_out(what: str) -> Callable[[Draft, str], list[ReplayChoice]]:
    return lambda _draft, path: [ReplayChoice(label=f"Leave {what} out", changes={"drop": [path]})]


def _leave_media_out(draft: Draft, path: str) -> list[ReplayChoice]:
    kind = next((p.block.type for _, p in draft.blocks() if p.path == path), None)
    alike = [p.path for _, p in draft.blocks() if p.block.type == kind]
    choices = [ReplayChoice(label="Leave it out", changes={"drop": [path]})]
    if len(alike) > 1:
        choices.append(ReplayChoice(label=f"Leave all {len(alike)} of type {kind} out", changes={"drop": list(alike)}))
    return choices


def _without_agents(draft: Draft, path: str) -> list[ReplayChoice]:
    del path
    if any(isinstance(p.block, (AgentCallBlock, AgentResultBlock)) for _, p in draft.blocks()):
        label = "Send without the agents, their calls and results told in words"
        return [ReplayChoice(label=label, changes={"agents": IN_WORDS})]
    return [ReplayChoice(label="Send without the agents", changes={"drop": ["agents", "agent_choice"]})]


def _without_schema(draft: Draft, path: str) -> list[ReplayChoice]:
    del draft, path
    return [
        ReplayChoice(label="Ask for the JSON in words and check it here", changes={"response_format": IN_WORDS}),
        ReplayChoice(label="Send without the schema", changes={"drop": ["response_format"]}),
    ]


_MEDIA = Loss("refused", "the answer is about what it shows", _leave_media_out)
_HISTORY = Loss("refused", "the model would not know what its agents found", _without_agents)

LOSSES: Mapping[str, Loss] = {
    "text": Loss("refused", "words are what is asked", _leave_out("it")),
    "parsed": Loss("refused", "it is part of the conversation", _leave_out("it")),
    "refusal": Loss("refused", "it is part of the conversation", _leave_out("it")),
    "image": _MEDIA,
    "audio": _MEDIA,
    "video": _MEDIA,
    "document": _MEDIA,
    "agent_call": _HISTORY,
    "agent_result": _HISTORY,
    "empty_text": Loss("dropped", "there is nothing in it"),
    "summary": Loss("refused", "it stands for the conversation before it", _leave_out("it")),
    "provider_agent": Loss("dropped", "the provider's own agent ran then; what it led to stands in the answer's words"),
    "thinking": Loss("dropped", "a provider takes back its own thinking only; the answer that came of it stands"),
    "opaque": Loss("dropped", "the answer that came of it stands in the model's words"),
    "given_opaque": Loss("refused", "it was given to the model to work on", _leave_out("it")),
    "system": Loss("refused", "the system message says how to answer", _leave_out("the system message")),
    "agent": Loss("refused", "without its agents a model answers something else", _without_agents),
    "server_agent": Loss(
        "refused", "without the provider's own agent a model answers something else", _leave_out("it")
    ),
    "agent_choice": Loss("refused", "whether an agent is called changes the answer", _leave_out("the choice")),
    "response_format": Loss("refused", "a program reads the answer by it", _without_schema),
    "stream": Loss("dropped", "the same answer comes whole"),
    "native": Loss("dropped", "it means something on its own wire only"),
}
"""Kind of part -> what a replay does without it. The rule behind it: what changes the question is asked about."""


def kind_of(draft: Draft, path: str) -> str:
    """The kind of the part at a path, as LOSSES names it."""
    if ".native." in path:
        return "native"
    for turn, part in draft.blocks():
        if not part.added and (path == part.path or path.startswith(f"{part.path}.content.")):
            return _kind_of_block(draft, turn, part, path)
    if path.startswith("messages."):
        return "system"
    for place, agent in draft.agents:
        if place == path:
            return "agent" if isinstance(agent, AgentSpec) else "server_agent"
    return {"agents": "agent"}.get(path, path)


def lose(draft: Draft, path: str, reason: str) -> bool:
    """Take a part away that the target cannot take: dropped, or refused with the choices there are. False where none is there."""
    loss = LOSSES[kind_of(draft, path)]
    choices = loss.choices(draft, path)
    return draft.leave_out(path, loss.action, f"{reason}; {loss.why}", choices=choices)


def executed_by_provider(draft: Draft, block: Any) -> bool:
    """Whether a block is the call of an agent that the provider ran itself, or its result."""
    if isinstance(block, AgentCallBlock):
        return block.executed_by_provider
    if isinstance(block, AgentResultBlock):
        return any(
            isinstance(b, AgentCallBlock) and b.executed_by_provider and b.id == block.call_id
            for message in draft.original.messages
            for b in message.content
        )
    return False


def _kind_of_block(draft: Draft, turn: Turn, part: Part, path: str) -> str:
    block = part.block
    if path != part.path and isinstance(block, AgentResultBlock):
        inner = part.inner[int(path.removeprefix(f"{part.path}.content.").partition(".")[0])]
        return "opaque" if inner.type == "opaque" else inner.type
    if executed_by_provider(draft, block):
        return "provider_agent"
    if isinstance(block, TextBlock) and not block.text:
        return "empty_text"
    if isinstance(block, OpaqueBlock):
        if block.kind in SUMMARIES:
            return "summary"
        return "opaque" if turn.message.role == "assistant" else "given_opaque"
    return block.type
