"""Calls as text on the terminal, while they are made: what `ell2a.init(verbose=True)` turns on."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from ell2a.calls import CallClosing, CallObserver, CallOpening, CallRecord, Delta, Ell2aCall
from ell2a.messages import AgentCallBlock, AgentResultBlock, Block, MediaBlock, Message, ThinkingBlock

_HEAD = 400
"""Characters of a message that are shown."""
_lock = threading.Lock()


class VerboseObserver:
    """Prints each call and hands everything on to the observer behind it."""

    def __init__(self, inner: CallObserver, *, title: str | None = None, out: TextIO | None = None) -> None:
        self._inner, self._title, self._out = inner, title, out

    def open(self, opening: CallOpening) -> CallRecord:
        """Print what is sent."""
        return self._begin(opening, self._inner.open(opening))

    async def aopen(self, opening: CallOpening) -> CallRecord:
        """Print what is sent."""
        return self._begin(opening, await self._inner.aopen(opening))

    def _begin(self, opening: CallOpening, record: CallRecord) -> CallRecord:
        out = self._out or sys.stderr
        _write(out, _asked(opening.call, self._title))
        return _VerboseRecord(record, out)


class _VerboseRecord:
    def __init__(self, inner: CallRecord, out: TextIO) -> None:
        self._inner, self._out = inner, out
        self._printed = False

    def delta(self, delta: Delta) -> None:
        self._inner.delta(delta)
        if delta.choice == 0 and delta.kind in ("text", "refusal") and delta.text:
            _write(self._out, delta.text if self._printed else f"assistant: {delta.text}")
            self._printed = True

    def close(self, closing: CallClosing) -> None:
        self._inner.close(closing)
        _write(self._out, _answered(closing, streamed=self._printed))

    async def aclose(self, closing: CallClosing) -> None:
        await self._inner.aclose(closing)
        _write(self._out, _answered(closing, streamed=self._printed))


def _write(out: TextIO, words: str) -> None:
    with _lock:
        out.write(words)
        out.flush()


def _asked(call: Ell2aCall, title: str | None) -> str:
    params = "".join(f" {name}={value!r}" for name, value in call.api_params.items())
    lines = [f"── {title + ' · ' if title else ''}{call.provider}/{call.model}{params}"]
    lines += [f"{m.role}: {_shown(m)}" for m in call.messages]
    return "\n".join(lines) + "\n"


def _answered(closing: CallClosing, *, streamed: bool) -> str:
    lines: list[str] = []
    if closing.response is not None:
        for message in closing.response.messages:
            rest = [b for b in message.content if not streamed or isinstance(b, AgentCallBlock)]
            if rest:
                lines.append(f"assistant: {_blocks(rest)}")
    if closing.error is not None:
        lines.append(f"{closing.error.error_class}: {closing.error.message}")
    found = closing.metadata
    facts = [closing.status, f"{(found.timing.duration_ms or 0) / 1000:.2f} s"]
    if found.usage is not None and found.usage.total_tokens is not None:
        facts.append(f"{found.usage.input_tokens} → {found.usage.output_tokens} tokens")
    if found.cost is not None:
        facts.append(f"{found.cost.amount:.5f} {found.cost.currency}")
    return ("\n" if streamed else "") + "\n".join([*lines, "── " + ", ".join(facts)]) + "\n"


def _shown(message: Message) -> str:
    return _blocks(message.content)


def _blocks(blocks: list[Block]) -> str:
    return " ".join(_block(b) for b in blocks)


def _block(block: Block) -> str:
    if isinstance(block, AgentCallBlock):
        return f"{block.name}({block.arguments_text()})"
    if isinstance(block, AgentResultBlock):
        return f"[result{' (error)' if block.is_error else ''}: {_cut(block.text)}]"
    if isinstance(block, ThinkingBlock):
        return f"[thinking: {_cut(block.text)}]"
    if isinstance(block, MediaBlock):
        return f"[{block.media_type or 'media'}]"
    return _cut(Message(role="user", content=[block]).text) or f"[{block.type}]"


def _cut(text: str) -> str:
    return text if len(text) <= _HEAD else f"{text[:_HEAD]}… ({len(text)} characters)"
