"""What a target has no form for, told in words: a structured output, and the calls and results of agents."""

from __future__ import annotations

import re

from ell2a.calls import Ell2aResponse, ResponseFormat
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Block,
    MediaBlock,
    Message,
    TextBlock,
    compact_json,
)
from ell2a.providers.structured import parse_output
from ell2a.replay.draft import Draft, Part, Turn

_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL)


def ask_for_json(draft: Draft) -> ResponseFormat | None:
    """Put the response format into the system message, as words; gives what the answer is to be checked against."""
    wanted = draft.response_format
    if wanted is None or wanted.kind == "text":
        return None
    words = instruction(wanted)
    draft.leave_out("response_format", "converted", "asked for in words; the answer is checked against it here")
    part = Part("response_format", TextBlock(text=words), added=True)
    said = next((turn for turn in draft.turns if turn.message.role == "system"), None)
    if said is None:
        draft.turns.insert(0, Turn(None, Message(role="system", content=[]), [part]))
    else:
        part.block = TextBlock(text=f"\n\n{words}")
        said.parts.append(part)
    return wanted


def instruction(wanted: ResponseFormat) -> str:
    """The words that ask for a JSON answer."""
    if wanted.json_schema is None:
        return "Answer with one JSON object and nothing else: no words around it, no code fence."
    about = f" ({wanted.description})" if wanted.description else ""
    return (
        "Answer with JSON and nothing else: no words around it, no code fence."
        f" It must be valid by this JSON schema{about}:\n{compact_json(wanted.json_schema)}"
    )


def check_json(response: Ell2aResponse, wanted: ResponseFormat) -> None:
    """Hold each answer against the format that was asked for in words: it gets a `parsed` block, or its fault is noted."""
    response.messages = [_checked(message, wanted) for message in response.messages]


def _checked(message: Message, wanted: ResponseFormat) -> Message:
    if message.agent_calls or message.refusal is not None:
        return message
    text = message.text
    fenced = _FENCED.fullmatch(text)
    block, fault = parse_output(fenced[1] if fenced else text, wanted)
    if block is None:
        return message.with_parse_fault(fault)
    content: list[Block] = []
    for each in message.content:
        if not isinstance(each, TextBlock):
            content.append(each)
        elif block not in content:
            content.append(block)
    return message.model_copy(update={"content": content})


def tell_agents(draft: Draft) -> None:
    """Offer no agents, and tell the calls and results in the history as words."""
    why = "told in words, since no agents are offered"
    names = {p.block.id: p.block.name for _, p in draft.blocks() if isinstance(p.block, AgentCallBlock)}
    for _, part in draft.blocks():
        if isinstance(part.block, AgentCallBlock):
            part.block = TextBlock(text=f"[I call the agent {part.block.name} with {part.block.arguments_text()}]")
            draft.settle(part.path, "converted", why)
        elif isinstance(part.block, AgentResultBlock):
            lost = sorted({block.type for block in part.block.content if isinstance(block, MediaBlock)})
            part.block = _told(part.block, names.get(part.block.call_id, part.block.call_id))
            draft.settle(part.path, "converted", f"{why}, without its {' and '.join(lost)}" if lost else why)
    draft.leave_out("agents", "dropped", "left out by your choice; its calls and results are told in words")
    draft.leave_out("agent_choice", "dropped", "no agents are offered")


def _told(result: AgentResultBlock, name: str) -> TextBlock:
    verb = "failed with" if result.is_error else "gave"
    return TextBlock(text=f"[The agent {name} {verb}: {result.text}]")
