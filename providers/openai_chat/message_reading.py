"""From the `messages` of a request to universal messages.

A run of `tool` messages is one user message, of agent results alone; every other message is a message of its own.
"""

from __future__ import annotations

from typing import Any

from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    Block,
    ImageBlock,
    JsonValue,
    Message,
    OpaqueBlock,
    RefusalBlock,
    Role,
)
from ell2a.providers.openai_chat.agent_calls import LEGACY, is_legacy, read_function_call, read_tool_call
from ell2a.providers.openai_chat.citations import read_annotations
from ell2a.providers.openai_chat.native_keys import WIRE, native_of, unlisted
from ell2a.providers.openai_chat.part_reading import read_content, read_part
from ell2a.providers.openai_chat.reasoning import read_reasoning

IMAGES = "images"

ENOUGH = frozenset({"tool_calls", "function_call", "audio", "refusal"})
"""Fields beside which the content of an assistant's message may be null.
Source: https://platform.openai.com/docs/api-reference/chat/create, assistant message"""

_SPOKEN: dict[str, Role] = {"system": "system", "developer": "system", "user": "user"}


class MessageReader:
    """Reads the messages of one request, in order: a result by name answers the last call of that name."""

    def __init__(self, system_role: str) -> None:
        self._system_role = system_role
        self._call_ids: set[str] = set()
        self._last_legacy: dict[str, str] = {}

    def read(self, raw: list[Any]) -> list[Message]:
        """All messages. One of no documented shape becomes an opaque block of a message of its own."""
        messages: list[Message] = []
        results: list[Block] = []
        for given in raw:
            result = self._result(given)
            if result is not None:
                results.append(result)
                continue
            if results:
                messages.append(Message(role="user", content=results))
                results = []
            messages.append(self._message(given))
        if results:
            messages.append(Message(role="user", content=results))
        return messages

    def _message(self, given: Any) -> Message:
        role = given.get("role") if isinstance(given, dict) else None
        message = None
        if role == "assistant":
            message = self._assistant(given)
        elif isinstance(role, str) and role in _SPOKEN:
            message = self._spoken(given, role)
        if message is not None:
            return message
        native = native_of(form="message")
        return Message(
            role="user", content=[OpaqueBlock(wire=WIRE, kind=str(role or "message"), raw=given, native=native)]
        )

    def _spoken(self, given: dict[str, Any], role: str) -> Message | None:
        found = read_content(given.get("content"), _SPOKEN[role])
        name = given.get("name")
        if found is None or not isinstance(name, str | None):
            return None
        blocks, spelling = found
        native = native_of(
            role=role if _SPOKEN[role] == "system" and role != self._system_role else None,
            name=name,
            content=spelling,
            openai_chat_extra=unlisted(given, ("role", "content", "name")),
        )
        return Message(role=_SPOKEN[role], content=blocks, native=native)

    def _assistant(self, given: dict[str, Any]) -> Message | None:
        read = read_assistant(given, self._call_ids)
        if read is None:
            return None
        blocks, native = read
        for block in blocks:
            if isinstance(block, AgentCallBlock):
                self._call_ids.add(block.id)
                if is_legacy(block):
                    self._last_legacy[block.name] = block.id
        return Message(role="assistant", content=blocks, native=native)

    def _result(self, given: Any) -> AgentResultBlock | None:
        """The result that a `tool` message, or one of the older `function` messages, brings back."""
        role = given.get("role") if isinstance(given, dict) else None
        found = read_content(given.get("content"), "tool") if role in ("tool", "function") else None
        if found is None:
            return None
        content, spelling = found
        name = given.get("name")
        call_id = given.get("tool_call_id")
        if role == "tool" and isinstance(call_id, str) and isinstance(name, str | None):
            rest = unlisted(given, ("role", "content", "name", "tool_call_id"))
            return _result_block(call_id, content, name=name, content_as=spelling, openai_chat_extra=rest)
        if role == "function" and isinstance(name, str):
            rest = unlisted(given, ("role", "content", "name"))
            if name in self._last_legacy:
                return _result_block(self._last_legacy[name], content, content_as=spelling, openai_chat_extra=rest)
            return _result_block(
                f"call_{name}", content, form=LEGACY, name=name, content_as=spelling, openai_chat_extra=rest
            )
        return None


def read_assistant(
    given: dict[str, Any], call_ids: set[str] | None = None, *, answer: bool = False
) -> tuple[list[Block], dict[str, JsonValue] | None] | None:
    """The blocks and the `native` of an assistant's message, of a request or an answer.

    None where its content is of no documented shape. The order is the wire's own: reasoning, content, refusal,
    sound, agent calls.
    """
    thinking, known = read_reasoning(given)
    content = read_content(given.get("content"), "assistant") if given.get("content") is not None else ([], None)
    name = given.get("name")
    if content is None or not isinstance(name, str | None):
        return None
    blocks: list[Block] = [*content[0]]
    known |= {"role", "content", "name"}
    known |= read_annotations(given.get("annotations"), blocks)
    for field, read in (("refusal", _refusal), ("audio", _audio)):
        block = read(given.get(field))
        if block is not None:
            blocks.append(block)
            known.add(field)
    images = _images(given.get(IMAGES))
    if images is not None:
        blocks += images
        known.add(IMAGES)
    if isinstance(given.get("tool_calls"), list):
        blocks += [read_tool_call(entry, answer=answer) for entry in given["tool_calls"]]
        known.add("tool_calls")
    legacy = read_function_call(given.get(LEGACY), call_ids or set(), answer=answer)
    if legacy is not None:
        blocks.append(legacy)
        known.add(LEGACY)
    spelling = content[1]
    said = [field for field in ENOUGH & known if given.get(field) not in (None, [])]
    if given.get("content") is None and not answer and not said:
        spelling = "absent"
    return [*thinking, *blocks], native_of(name=name, content=spelling, openai_chat_extra=unlisted(given, known))


def _refusal(given: Any) -> Block | None:
    return RefusalBlock(text=given) if isinstance(given, str) else None


def _images(given: Any) -> list[Block] | None:
    """The pictures that a model made, in OpenRouter's field for them."""
    if not isinstance(given, list):
        return None
    counted = [{k: v for k, v in part.items() if k != "index"} if isinstance(part, dict) else part for part in given]
    blocks = [read_part(part, "user") for part in counted]
    if not all(isinstance(block, ImageBlock) for block in blocks):
        return None
    return [block.model_copy(update={"native": {**(block.native or {}), "form": IMAGES}}) for block in blocks]


def _audio(given: Any) -> Block | None:
    """An earlier answer's sound, by its id."""
    if not isinstance(given, dict) or given.keys() != {"id"} or not isinstance(given["id"], str):
        return None
    return AudioBlock(file_id=given["id"])


def _result_block(call_id: str, content: list[Block], *, content_as: str | None, **native: Any) -> AgentResultBlock:
    return AgentResultBlock(call_id=call_id, content=content, native=native_of(content=content_as, **native))
