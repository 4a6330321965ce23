"""What stands in `native` and in opaque blocks: listed keys and kinds only, and no copy of what is universal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ell2a.calls import AgentSpec, Ell2aCall
from ell2a.messages import AgentResultBlock, Block, Message, OpaqueBlock
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import leaves

_LONG = 8
"""A shorter word may well be the same by chance."""


def check_call(subject: Subject, law: int, call: Ell2aCall) -> None:
    """Raises LawBroken for a native key or an opaque kind that is not listed, and for a copy kept in `native`."""
    check_messages(subject, law, call.messages)
    for i, agent in enumerate(call.agents):
        if isinstance(agent, AgentSpec):
            _check_keys(subject, law, f"agents.{i}", agent.native)
            _check_copies(
                law, f"agents.{i}", agent.native, {*_words(agent.model_dump(mode="json", exclude={"native"}))}
            )
    if call.response_format is not None:
        _check_keys(subject, law, "response_format", call.response_format.native)


def check_messages(subject: Subject, law: int, messages: Iterable[Message]) -> None:
    """`check_call` for messages."""
    for i, message in enumerate(messages):
        _check_keys(subject, law, f"messages.{i}", message.native)
        universal = {word for block in message.content for word in _words_of(block)}
        _check_copies(law, f"messages.{i}", message.native, universal)
        for path, block in _blocks(message.content, f"messages.{i}.content"):
            _check_keys(subject, law, path, block.native)
            _check_copies(law, path, block.native, {*_words_of(block)})
            if isinstance(block, OpaqueBlock) and not subject.is_named(block):
                raise LawBroken(
                    law,
                    path,
                    expected=Words(
                        "a block that the vocabulary has, or an opaque one of a kind listed in `opaque_kinds`"
                    ),
                    came=Words(f"opaque, kind {block.kind!r}"),
                    mend="translate it into its universal block; only what no block can say is opaque, and is listed",
                )


def _blocks(content: Iterable[Block], path: str) -> Iterator[tuple[str, Block]]:
    for j, block in enumerate(content):
        yield f"{path}.{j}", block
        if isinstance(block, AgentResultBlock):
            yield from _blocks(block.content, f"{path}.{j}.content")


def _check_keys(subject: Subject, law: int, path: str, native: dict[str, Any] | None) -> None:
    for key in native or ():
        if key not in subject.instance.native_keys:
            raise LawBroken(
                law,
                f"{path}.native.{key}",
                expected=Words(f"one of {', '.join(subject.instance.native_keys) or 'no key at all'}"),
                came=key,
                mend="what has a universal field goes there; what has none is listed in `native_keys` with the reason",
            )


def _check_copies(law: int, path: str, native: dict[str, Any] | None, universal: set[str]) -> None:
    for at, value in leaves(native or {}):
        if isinstance(value, str) and len(value) >= _LONG and value in universal:
            raise LawBroken(
                law,
                ".".join((path, "native", *map(str, at))),
                expected=Words("nothing that a universal field says already"),
                came=value,
                mend="`native` is no second home: leave it out there and write it from its universal field",
            )


def _words_of(block: Block) -> Iterator[str]:
    yield from () if isinstance(block, OpaqueBlock) else _words(block.model_dump(mode="json", exclude={"native"}))


def _words(value: Any) -> Iterator[str]:
    yield from (word for path, word in leaves(value) if isinstance(word, str) and "native" not in path)
