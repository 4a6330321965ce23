"""From universal messages to the items of an input."""

from __future__ import annotations

from typing import Any

from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    Block,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
)
from ell2a.providers.openai_responses.call_kinds import CALL_KINDS
from ell2a.providers.openai_responses.call_writing import kind_of, write_call
from ell2a.providers.openai_responses.item_reading import ENVELOPE, JOINED
from ell2a.providers.openai_responses.native_keys import (
    ITEM_EXTRA,
    WIRE,
    key_of,
    put_back,
    put_unlisted,
    report_native,
)
from ell2a.providers.openai_responses.own_results import write_own_result
from ell2a.providers.openai_responses.part_writing import write_part
from ell2a.providers.openai_responses.result_writing import write_result
from ell2a.providers.report import Report

_MARKS = ("status", "phase", "created_by")


class ItemWriter:
    """Writes the items of one request, in order."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._items: list[Any] = []
        self._kinds: dict[str, str] = {}
        """Id of a call -> the kind of item that it went out as."""
        self._open: str | None = None
        """What the last item is, while blocks may run on in it: `message` or `reasoning`."""

    def write(self, messages: list[Message], start: int = 0) -> list[Any]:
        """All items; `start` is the place of the first message in the call."""
        for at, message in enumerate(messages, start):
            self._open = None
            path = f"messages.{at}"
            if message.role == "assistant":
                report_native(message.native, path, self._report)
                self._turn(message, path)
            elif _is_apart(message):
                report_native(message.native, path, self._report)
                for j, block in enumerate(message.content):
                    self._block(block, "user", f"{path}.content.{j}", message)
            else:
                self._spoken(message, path)
        return [_short(item) for item in self._items]

    def _spoken(self, message: Message, path: str) -> None:
        """A message of a user or of the system; results in it, and items that are none, stand where they stand in it."""
        report_native(message.native, path, self._report)
        role = str(key_of(message.native, "role") or "system") if message.role == "system" else "user"
        said: list[Any] | None = None
        for j, block in enumerate(message.content):
            at = f"{path}.content.{j}"
            if isinstance(block, AgentResultBlock) or _is_item(block):
                self._block(block, message.role, at, message)
                said = None
                continue
            place = f"input.{len(self._items) - (said is not None)}.content"
            part = write_part(block, message.role, at, place, self._report)
            if part is None:
                continue
            if said is None:
                said = []
                self._items.append(self._message(role, said, message))
            said.append(part)
        if not message.content:
            self._items.append(self._message(role, [], message))

    @staticmethod
    def _message(role: str, content: list[Any], message: Message) -> dict[str, Any]:
        item: dict[str, Any] = {"role": role, "content": content}
        if key_of(message.native, "item_id") is not None:
            item = {"type": "message", "id": key_of(message.native, "item_id"), **item}
        return put_back(item, message.native, ("status", "phase"))

    def _turn(self, message: Message, path: str) -> None:
        own: set[int] = set()
        for j, block in enumerate(message.content):
            at = f"{path}.content.{j}"
            if id(block) in own:
                continue
            if isinstance(block, AgentCallBlock):
                later = [(k, b) for k, b in enumerate(message.content) if k > j and isinstance(b, AgentResultBlock)]
                result = next(((k, b) for k, b in later if b.call_id == block.id and id(b) not in own), None)
                if self._call(block, at, result, path):
                    own.add(id(result[1]) if result else 0)
            else:
                self._block(block, "assistant", at, message)
        if not message.content:
            self._items.append({"role": "assistant", "content": []})

    def _block(self, block: Block, role: str, path: str, message: Message) -> None:
        place = f"input.{len(self._items)}"
        if isinstance(block, OpaqueBlock) and _is_item(block):
            self._open = None
            report_native(block.native, path, self._report)
            self._report.kept(path, place)
            self._items.append(block.raw)
        elif isinstance(block, AgentResultBlock):
            self._open = None
            item = write_result(block, self._kinds, path, place, self._report)
            if item is not None:
                self._items.append(item)
        elif isinstance(block, ThinkingBlock) and role == "assistant":
            self._thought(block, path)
        elif isinstance(block, AgentCallBlock):
            self._call(block, path, None, path)
        else:
            self._words(block, role, path, message)

    def _words(self, block: Block, role: str, path: str, message: Message) -> None:
        del message
        begins = self._open != "message" or key_of(block.native, JOINED) is None
        why = None
        if self._report.replay and not self._is_stored(block, begins=begins):
            block, why = _as_words(block)
        place = f"input.{len(self._items) - (not begins)}.content"
        if key_of(block.native, "form") == "empty" and getattr(block, "text", None) == "":
            report_native(block.native, path, self._report)
            self._report.kept(path, place)
            part: Any = None
        else:
            part = write_part(block, role, path, place, self._report, why=why)
            if part is None:
                return
        if begins:
            self._items.append(self._begun(block, {"type": "message", "role": "assistant", "content": []}))
        if part is not None:
            self._items[-1]["content"].append(part)
        self._open = "message"

    def _is_stored(self, block: Block, *, begins: bool) -> bool:
        """Whether the message that a block stands in is an answer with the id that OpenAI keeps it under."""
        return key_of(block.native, "item_id") is not None if begins else "id" in self._items[-1]

    def _thought(self, block: ThinkingBlock, path: str) -> None:
        marked = any(key_of(block.native, key) is not None for key in ENVELOPE)
        encrypted = block.signature if block.signature is not None else block.redacted
        begins = self._open != "reasoning" or marked or encrypted is not None
        report_native(block.native, path, self._report)
        place = f"input.{len(self._items) - (not begins)}"
        if block.signature is not None and block.redacted is not None:
            self._report.converted(path, place, "the wire has one encrypted reasoning an item: the signature goes")
        elif block.redacted is not None:
            self._report.renamed(path, f"{place}.encrypted_content")
        else:
            self._report.kept(path, place)
        if begins:
            self._items.append(self._begun(block, {"type": "reasoning", "summary": []}))
            if encrypted is not None:
                self._items[-1]["encrypted_content"] = encrypted
        form = key_of(block.native, "form")
        if block.text or form is not None:
            kind = "reasoning_text" if form == "reasoning_text" else "summary_text"
            field = "content" if kind == "reasoning_text" else "summary"
            part = put_back({"type": kind, "text": block.text}, block.native, ())
            self._items[-1].setdefault(field, []).append(part)
        self._open = "reasoning"

    @staticmethod
    def _begun(block: Block, item: dict[str, Any]) -> dict[str, Any]:
        """A new item, with what the block says of it."""
        if key_of(block.native, "item_id") is not None:
            item = {"id": key_of(block.native, "item_id"), **item}
        for key in _MARKS:
            if key_of(block.native, key) is not None:
                item[key] = key_of(block.native, key)
        return put_unlisted(item, block.native, ITEM_EXTRA)

    def _call(
        self, block: AgentCallBlock, path: str, result: tuple[int, AgentResultBlock] | None, message_path: str
    ) -> bool:
        """Append the item of a call. Says whether the result went into it."""
        self._open = None
        place = f"input.{len(self._items)}"
        kind = kind_of(block)
        report_native(block.native, path, self._report)
        if kind is None:
            self._report.lost(
                path,
                f"{block.name} was run by the provider, and only the items of its own agents tell of that",
                capability="calls of another provider's own agents",
            )
            return False
        item = write_call(block, kind)
        if kind.type == "code_interpreter_call":
            # The wire's own type has the field even where there is nothing in it.
            item["outputs"] = None
        self._report.kept(path, place)
        self._kinds[block.id] = kind.type
        self._items.append(item)
        if result is None or not CALL_KINDS[kind.type].result:
            return False
        at = f"{message_path}.content.{result[0]}"
        report_native(result[1].native, at, self._report)
        fields = write_own_result(result[1], kind)
        if isinstance(fields, str):
            self._report.lost(at, fields, capability="such a result")
        else:
            item.update(fields)
            self._report.kept(at, place)
        return True


def _as_words(block: Block) -> tuple[Block, str | None]:
    """A block of another service's answer as this wire's own types take it without an id: text, and why."""
    if isinstance(block, RefusalBlock):
        return TextBlock(text=block.text), "a refusal stands in answers that OpenAI keeps; here it is text"
    if isinstance(block, TextBlock | ParsedBlock) and block.citations:
        return block.model_copy(update={"citations": []}), "citations stand in answers that OpenAI keeps; the words go"
    return block, None


def _short(item: Any) -> Any:
    """Words of the assistant as text, where they are no stored answer: the wire's type of parts wants an id beside them."""
    content = item.get("content") if isinstance(item, dict) else None
    if not isinstance(content, list) or item.get("type") != "message" or "id" in item or len(content) != 1:
        return item
    only = content[0]
    plain = isinstance(only, dict) and only == {"type": "output_text", "text": only.get("text"), "annotations": []}
    return {**item, "content": only["text"]} if plain else item


def _is_apart(message: Message) -> bool:
    """Whether it is a run of results and of items that nobody said."""
    return bool(message.content) and all(isinstance(b, AgentResultBlock) or _is_item(b) for b in message.content)


def _is_item(block: Block) -> bool:
    return isinstance(block, OpaqueBlock) and block.wire == WIRE and key_of(block.native, "form") != "part"
