"""What a list of calls shows of one: the beginning of the question and of the answer, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Block,
    ImageBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    compact_json,
)

LENGTH = 160
"""Characters of an excerpt."""


def question_of(messages: Sequence[Message]) -> str:
    """The beginning of the last user message, in one line; one that only brings results of agents asks nothing."""
    users = [m for m in reversed(messages) if m.role == "user"]
    asking = (m for m in users if not all(isinstance(b, AgentResultBlock) for b in m.content))
    last = next(asking, users[0] if users else messages[-1] if messages else None)
    return _one_line(_shown(last.content)) if last else ""


def answer_of(messages: Sequence[Message]) -> str:
    """The beginning of the first choice, in one line."""
    return _one_line(_shown(messages[0].content)) if messages else ""


def one_line(text: str) -> str:
    """The beginning of a text, in one line."""
    return _one_line([text])


def _one_line(pieces: Iterable[str]) -> str:
    # Only as much is looked at as is shown: a prompt may be megabytes.
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece[: LENGTH * 4])
        size += len(taken[-1])
        if size > LENGTH * 4:
            break
    line = " ".join(" ".join(taken).replace("\0", " ").split())
    # Half a surrogate pair cannot be written as UTF-8, and PostgreSQL takes no NUL.
    line = line.encode("utf-8", "replace").decode()
    return line if len(line) <= LENGTH else line[: LENGTH - 1] + "…"


def _shown(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, (TextBlock, RefusalBlock)):
            yield block.text
        elif isinstance(block, ParsedBlock):
            yield block.json_text()
        elif isinstance(block, AgentCallBlock):
            yield f"{block.name}({block.arguments_text()})"
        elif isinstance(block, AgentResultBlock):
            yield from _shown(block.content)
        elif isinstance(block, MediaBlock):
            yield f"[{block.title or getattr(block, 'type')}]"  # noqa: B009  # each subclass has it; the base has not
        elif isinstance(block, OpaqueBlock):
            yield f"[{block.kind}]"


def searchable(message: Message) -> str:
    """The text by which a message is found: words, thinking, agents' names, arguments and results, titles."""
    return "\n".join(piece for piece in _searchable(message.content) if piece)


def _searchable(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, (TextBlock, RefusalBlock, ThinkingBlock)):
            yield block.text
        elif isinstance(block, ParsedBlock):
            yield block.json_text()
        elif isinstance(block, AgentCallBlock):
            yield block.name
            yield block.raw_arguments or compact_json(block.arguments)
        elif isinstance(block, AgentResultBlock):
            yield from _searchable(block.content)
        elif isinstance(block, MediaBlock):
            yield block.title or ""
            yield getattr(block, "transcript", None) or getattr(block, "context", None) or ""


def has_images(messages: Iterable[Message]) -> bool:
    """Whether a picture is in any of the messages, or in an agent's result."""
    return any(_has_image(m.content) for m in messages)


def _has_image(blocks: Iterable[Block]) -> bool:
    return any(isinstance(b, ImageBlock) or (isinstance(b, AgentResultBlock) and _has_image(b.content)) for b in blocks)


def has_thinking(messages: Iterable[Message]) -> bool:
    """Whether the model's reasoning is in any of the messages."""
    return any(isinstance(b, ThinkingBlock) for m in messages for b in m.content)


def structured(messages: Iterable[Message]) -> bool:
    """Whether a structured output is in any of the messages."""
    return any(isinstance(b, ParsedBlock) for m in messages for b in m.content)
