"""From the items of an input or an output to universal messages.

What the model did, run by run, is one assistant message; a run of results is one user message; each message of a user or
of the system is a message of its own.
"""

from __future__ import annotations

from typing import Any

from ell2a.messages import AgentCallBlock, AgentResultBlock, Block, Message, OpaqueBlock, Role, TextBlock, ThinkingBlock
from ell2a.providers.openai_responses.call_kinds import CALL_KINDS, OUTPUTS
from ell2a.providers.openai_responses.call_reading import read_call
from ell2a.providers.openai_responses.native_keys import EXTRA, ITEM_EXTRA, WIRE, carried, key_of, native_of
from ell2a.providers.openai_responses.part_reading import read_content
from ell2a.providers.openai_responses.result_reading import read_result

ENVELOPE = ("item_id", "status", "phase", "created_by", "begins", ITEM_EXTRA)
"""Keys of `native` that show the first block of an item."""

JOINED = "joined"

_SPOKEN_ROLES = ("system", "developer", "user")
"""A list and no dict: what stands as the role of an odd item need not be a string."""
_SPOKEN: dict[str, Role] = {"system": "system", "developer": "system", "user": "user"}

_OF_THE_USER = ("mcp_approval_response", "compaction_trigger", "additional_tools", "configuration_update")
"""Items without a block of their own that come from the program, not from the model."""

_RUNNING = ("message", "reasoning")
"""Items of several blocks: the next block may run on."""

_SUMMARY, _CONTENT = "summary_text", "reasoning_text"


class ItemReader:
    """Reads the items of one request or answer, in order."""

    def __init__(self, *, answer: bool = False) -> None:
        self._answer = answer
        self._messages: list[Message] = []
        self._called: dict[str, str] = {}
        """Id of a call -> its type, in order."""
        self._before: str | None = None
        """What the item before was, where it has several blocks: `message` or `reasoning`."""

    def read(self, items: list[Any]) -> list[Message]:
        """All messages. An item of no documented shape becomes an opaque block."""
        for item in items:
            self._item(item)
        return self._messages

    def _item(self, item: Any) -> None:
        kind = _kind_of(item)
        before, self._before = self._before, None
        if kind == "message" and not self._answer and item.get("role") in _SPOKEN_ROLES:
            message = self._spoken(item)
            if message is not None:
                self._messages.append(message)
                return
        found = self._blocks(item, kind, before)
        if found is None:
            opaque = OpaqueBlock(wire=WIRE, kind=kind or "item", raw=item, native=native_of(form="item"))
            found = ("user" if kind in _OF_THE_USER else "assistant"), [opaque]
        self._add(*found)

    def _blocks(self, item: Any, kind: str, before: str | None) -> tuple[Role, list[Block]] | None:
        """Whose turn an item is part of, and its blocks; None where it is of no documented shape."""
        if kind in _RUNNING:
            blocks = self._words(item) if kind == "message" else self._reasoning(item, before)
            self._before = kind if blocks is not None else None
            return None if blocks is None else ("assistant", blocks)
        if kind in CALL_KINDS:
            return self._call(item, kind)
        return self._result(item) if kind in OUTPUTS else None

    def _add(self, role: Role, blocks: list[Block]) -> None:
        """Add to the running message of the role, or begin one."""
        last = self._messages[-1] if self._messages else None
        if last is not None and last.role == role and (self._answer or _runs_on(last)):
            self._messages[-1] = last.model_copy(update={"content": [*last.content, *blocks]})
        else:
            self._messages.append(Message(role=role, content=blocks))

    def _spoken(self, item: dict[str, Any]) -> Message | None:
        role = item["role"]
        content = read_content(item.get("content"), _SPOKEN[role])
        item_id = item.get("id")
        if content is None or not isinstance(item_id, str | None):
            return None
        told = carried(item, ("status", "phase"), ("type", "role", "content", "id"))
        native = native_of(role=role if role == "developer" else None, item_id=item_id, **told)
        return Message(role=_SPOKEN[role], content=content, native=native)

    def _words(self, item: dict[str, Any]) -> list[Block] | None:
        if item.get("role") not in ("assistant", None) or not isinstance(item.get("id"), str | None):
            return None
        content = read_content(item.get("content"), "assistant")
        if content is None:
            return None
        envelope = _envelope(item, ("status", "phase", "created_by"), ("type", "role", "content", "id"))
        if not content:
            envelope["form"], content = "empty", [TextBlock(text="")]
        return [*_begun(content[:1], envelope), *(_joined(block) for block in content[1:])]

    def _reasoning(self, item: dict[str, Any], before: str | None) -> list[Block] | None:
        parts = [*_parts(item, "summary", _SUMMARY), *_parts(item, "content", _CONTENT)]
        signature, item_id = item.get("encrypted_content"), item.get("id")
        if None in parts or not isinstance(signature, str | None) or not isinstance(item_id, str | None):
            return None
        thoughts: list[Block] = [part for part in parts if part is not None] or [ThinkingBlock()]
        if signature is not None:
            thoughts[0] = thoughts[0].model_copy(update={"signature": signature})
        known = ("type", "id", "summary", "content", "encrypted_content")
        envelope = _envelope(item, ("status", "created_by"), known)
        if before == "reasoning" and signature is None and not envelope:
            # It would run on with the thoughts before.
            envelope["begins"] = True
        return _begun(thoughts, envelope)

    def _call(self, item: dict[str, Any], kind: str) -> tuple[Role, list[Block]] | None:
        blocks = read_call(item, CALL_KINDS[kind], answer=self._answer)
        if blocks is None:
            return None
        self._called.update({block.id: kind for block in blocks if isinstance(block, AgentCallBlock)})
        return "assistant", blocks

    def _result(self, item: dict[str, Any]) -> tuple[Role, list[Block]] | None:
        result = read_result(item, self._called)
        if result is None:
            return None
        return ("assistant" if self._ran_there(result) else "user"), [result]

    def _ran_there(self, result: AgentResultBlock) -> bool:
        """Whether the provider itself ran what the result is of: then it is part of the model's turn."""
        last = self._messages[-1] if self._messages else None
        if self._answer or last is None or last.role != "assistant":
            return self._answer
        return any(
            isinstance(b, AgentCallBlock) and b.id == result.call_id and b.executed_by_provider for b in last.content
        )


def _kind_of(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    kind = item.get("type")
    if kind is None:
        return "message" if "role" in item else "item_reference" if item.keys() == {"id"} else ""
    return kind if isinstance(kind, str) else ""


def _runs_on(message: Message) -> bool:
    """Whether items of the same side that follow belong to the message: it was not said as one."""
    if message.role == "assistant":
        return True
    whole = (AgentResultBlock, OpaqueBlock)
    return bool(message.content) and all(
        isinstance(b, whole) and key_of(b.native, "form") != "part" for b in message.content
    )


def _envelope(item: dict[str, Any], keys: tuple[str, ...], known: tuple[str, ...]) -> dict[str, Any]:
    """What an item says of itself."""
    told = carried(item, keys, known)
    return native_of(item_id=item.get("id"), **{ITEM_EXTRA if key == EXTRA else key: told[key] for key in told}) or {}


def _begun(blocks: list[Block], envelope: dict[str, Any]) -> list[Block]:
    """The blocks of an item, the first with what the item says of itself."""
    if not envelope:
        return blocks
    first = blocks[0]
    return [first.model_copy(update={"native": {**envelope, **(first.native or {})}}), *blocks[1:]]


def _joined(block: Block) -> Block:
    return block.model_copy(update={"native": {JOINED: True, **(block.native or {})}})


def _parts(item: dict[str, Any], field: str, kind: str) -> list[ThinkingBlock | None]:
    """The thoughts of a field; None for one of another shape."""
    given = item.get(field)
    if given is None:
        return []
    return [_thought(part, kind) for part in given] if isinstance(given, list) else [None]


def _thought(part: Any, kind: str) -> ThinkingBlock | None:
    if not isinstance(part, dict) or part.get("type") != kind or not isinstance(part.get("text"), str):
        return None
    # An empty summary would be none: it says what it is.
    form = kind if kind == _CONTENT or part["text"] == "" else None
    return ThinkingBlock(text=part["text"], native=native_of(form=form, **carried(part, (), ("type", "text"))))
