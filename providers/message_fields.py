"""The keys of a native message, each with the blocks that stand under it: how they are written, read and joined from a stream.

For wires whose message is an object with one key a kind of content: `{"role", "content", "thinking", "images", "tool_calls"}`.
"""

from __future__ import annotations

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from ell2a.calls import Delta
from ell2a.messages import (
    AgentCallBlock,
    Block,
    ImageBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    agent_call,
    compact_json,
    media_type_of,
)

_TOLD_ELSEWHERE = {"type", "native", "blob"}
"""Fields of blocks that follow from others, or that the translator writes for every kind of block."""


class MessageField(ABC):
    """One key of a native message."""

    type: str
    """The type of the blocks that are read from it, as `text`."""
    carries: ClassVar[frozenset[str]]
    """The fields of its blocks that it has a place for."""

    def __init__(self, key: str) -> None:
        self.key = key

    @abstractmethod
    def takes(self, block: Block) -> bool:
        """Whether a block stands under this key."""

    @abstractmethod
    def put(self, block: Any, held: Any) -> Any:
        """What stands under the key once a block of this kind was added to what it held, or to None."""

    @abstractmethod
    def blocks(self, held: Any) -> list[Block] | None:
        """The blocks under the key; None for a value of another shape."""

    @abstractmethod
    def joined(self, one: Any, more: Any) -> Any:
        """What two pieces of a stream amount to."""

    def deltas(self, held: Any) -> Iterator[Delta]:
        """The deltas of a piece of a stream: none, where nobody reads the content as it comes."""
        del held
        yield from ()

    def unsaid(self, block: Block) -> list[str]:
        """The fields of a block that say something and have no place here."""
        given = block.model_dump(exclude_defaults=True)
        return [name for name in given if name not in self.carries and name not in _TOLD_ELSEWHERE]


class Words(MessageField):
    """A string: of several blocks the texts, one after another."""

    carries = frozenset({"text", "value"})

    def __init__(self, key: str, kind: type[TextBlock | ThinkingBlock] = TextBlock) -> None:
        super().__init__(key)
        self.kind = kind
        self.type = kind.model_fields["type"].default

    def takes(self, block: Block) -> bool:
        if isinstance(block, ThinkingBlock):
            return self.kind is ThinkingBlock and not block.redacted
        # A refusal and a structured output are words to a wire that has no place of their own for them.
        return self.kind is TextBlock and isinstance(block, TextBlock | RefusalBlock | ParsedBlock)

    def put(self, block: Any, held: Any) -> Any:
        return (held or "") + (block.json_text() if isinstance(block, ParsedBlock) else block.text)

    def blocks(self, held: Any) -> list[Block] | None:
        if not isinstance(held, str):
            return None if held else []
        return [self.kind(text=held)] if held else []

    def joined(self, one: Any, more: Any) -> Any:
        return one + more if isinstance(one, str) and isinstance(more, str) else more or one

    def deltas(self, held: Any) -> Iterator[Delta]:
        if isinstance(held, str) and held:
            yield Delta("thinking" if self.kind is ThinkingBlock else "text", held)


class _Entries(MessageField):
    """A list."""

    def blocks(self, held: Any) -> list[Block] | None:
        if not isinstance(held, list):
            return None if held else []
        found = [self._block(entry, at) for at, entry in enumerate(held)]
        return None if None in found else [block for block in found if block is not None]

    @abstractmethod
    def _block(self, entry: Any, at: int) -> Block | None:
        """The block of an entry; None for one of another shape."""

    def joined(self, one: Any, more: Any) -> Any:
        return [*one, *more] if isinstance(one, list) and isinstance(more, list) else more or one


class Pictures(_Entries):
    """A list of pictures, each the base64 of its bytes."""

    type = "image"
    carries = frozenset({"data", "media_type"})

    def takes(self, block: Block) -> bool:
        return isinstance(block, ImageBlock) and block.data is not None

    def put(self, block: Any, held: Any) -> Any:
        return [*(held or ()), base64.b64encode(block.data).decode()]

    def _block(self, entry: Any, at: int) -> Block | None:
        del at
        try:
            data = base64.b64decode(entry, validate=True)
        except (TypeError, ValueError, binascii.Error):
            return None
        return ImageBlock(data=data, media_type=media_type_of(data) or "image/png")


class AgentCalls(_Entries):
    """A list of `{"id", "function": {"name", "arguments"}}`, the arguments an object.

    Keys beyond these are kept in the block's `native` under their names, those that stand beside `function` by `beside`.
    """

    type = "agent_call"
    carries = frozenset({"id", "name", "arguments"})

    def __init__(self, key: str, *, beside: tuple[str, ...] = ("type",)) -> None:
        super().__init__(key)
        self.beside = beside

    def takes(self, block: Block) -> bool:
        return isinstance(block, AgentCallBlock) and not block.executed_by_provider

    def put(self, block: Any, held: Any) -> Any:
        extras = block.native or {}
        arguments = block.arguments if isinstance(block.arguments, dict) else {}
        inner = {name: value for name, value in extras.items() if name not in self.beside}
        outer = {name: value for name, value in extras.items() if name in self.beside}
        return [
            *(held or ()),
            {"id": block.id, **outer, "function": {"name": block.name, "arguments": arguments, **inner}},
        ]

    def _block(self, entry: Any, at: int) -> Block | None:
        function = entry.get("function") if isinstance(entry, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            return None
        extras = {name: value for name, value in entry.items() if name not in ("id", "function")}
        extras |= {name: value for name, value in function.items() if name not in ("name", "arguments")}
        id, given = entry.get("id"), function.get("arguments")
        # An answer of an old server has no ids: a result must still be able to name its call.
        id = id if isinstance(id, str) and id else f"call_{at}"
        if isinstance(given, str):
            return agent_call(id, function["name"], given, native=extras or None)
        return AgentCallBlock(id=id, name=function["name"], arguments=given, native=extras or None)

    def deltas(self, held: Any) -> Iterator[Delta]:
        for block in self.blocks(held) or ():
            if isinstance(block, AgentCallBlock):
                yield Delta("agent_call", compact_json(block.arguments), name=block.name)
