"""From a universal assistant message to the wire's: reasoning, content, refusal, sound and agent calls in their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    ThinkingBlock,
)
from ell2a.providers.openai_chat.agent_calls import LEGACY, is_legacy, write_function_call, write_tool_call
from ell2a.providers.openai_chat.citations import FIELD as ANNOTATIONS
from ell2a.providers.openai_chat.citations import citations_of, write_annotation
from ell2a.providers.openai_chat.executed_tools import FIELD as EXECUTED
from ell2a.providers.openai_chat.media import data_url
from ell2a.providers.openai_chat.message_reading import ENOUGH, IMAGES
from ell2a.providers.openai_chat.native_keys import WIRE, key_of, put_unlisted
from ell2a.providers.openai_chat.part_writing import Spot, plain, report_native, say_sent, write_part
from ell2a.providers.openai_chat.reasoning import DETAILS, PLAIN_FIELDS, SIGNATURE, write_reasoning
from ell2a.providers.report import Report
from ell2a.providers.rows import Quirks

_WORDS_FIRST = "this wire has all words of an answer before its agent calls"
_REASONING = frozenset({DETAILS, SIGNATURE, *PLAIN_FIELDS})


def write_assistant(
    message: Message, path: str, place: str, report: Report, quirks: Quirks
) -> tuple[dict[str, Any], dict[str, str]]:
    """The wire's message, and id -> name of the calls in it that go out as the older `function_call`."""
    writer = _AssistantWriter(path, place, report, quirks)
    for at, block in enumerate(message.content):
        writer.block(block, f"{path}.content.{at}")
    report_native(message.native, path, report)
    return writer.message(message.native), writer.legacy


class _AssistantWriter:
    def __init__(self, path: str, place: str, report: Report, quirks: Quirks) -> None:
        self._path, self._place, self._report, self._quirks = path, place, report, quirks
        self._fields: dict[str, Any] = {}
        self._parts: list[Any] = []
        self._thinking: list[ThinkingBlock] = []
        self._executed: set[str] = set()
        self.legacy: dict[str, str] = {}

    def block(self, block: Block, at: str) -> None:
        """Take in one block."""
        write = _BLOCKS.get(block.type)
        if write is None or not write(self, block, at):
            called = "tool_calls" in self._fields or LEGACY in self._fields
            place = f"{self._place}.content.{len(self._parts)}"
            spot = Spot("assistant", at, place, _WORDS_FIRST if called else None)
            written = write_part(block, spot, self._report, self._quirks)
            self._parts += written
            annotations = [a for a in map(write_annotation, citations_of(block)) if written and a is not None]
            if annotations:
                self._list(ANNOTATIONS).extend(annotations)

    def message(self, native: Mapping[str, JsonValue] | None) -> dict[str, Any]:
        """The message that the blocks make."""
        said: dict[str, Any] = {"role": "assistant", "content": self._content(native)}
        said.update(write_reasoning(self._thinking))
        said.update(self._fields)
        if key_of(native, "name") is not None:
            said["name"] = key_of(native, "name")
        return put_unlisted(said, native)

    def _content(self, native: Mapping[str, JsonValue] | None) -> Any:
        spelling = key_of(native, "content")
        if not self._parts and spelling != "parts" and (spelling == "absent" or ENOUGH & self._fields.keys()):
            return None
        return plain(self._parts, spelling)

    # --- what has a field of its own: each says whether the block is dealt with ---

    def agent_call(self, block: AgentCallBlock, at: str) -> bool:
        report_native(block.native, at, self._report)
        if block.executed_by_provider:
            self._executed.add(block.id)
            self._ran_itself(block, at)
        elif is_legacy(block) and LEGACY not in self._fields:
            self._report.kept(at, f"{self._place}.{LEGACY}")
            self._fields[LEGACY] = write_function_call(block)
            self.legacy[block.id] = block.name
        else:
            calls = self._list("tool_calls")
            self._report.kept(at, f"{self._place}.tool_calls.{len(calls)}")
            calls.append(write_tool_call(block))
        return True

    def agent_result(self, block: AgentResultBlock, at: str) -> bool:
        if block.call_id not in self._executed:
            return False
        report_native(block.native, at, self._report)
        self._ran_itself(block, at)
        return True

    def thinking(self, block: ThinkingBlock, at: str) -> bool:
        report_native(block.native, at, self._report)
        field = self._quirks.get("reasoning_field")
        if key_of(block.native, "form") in _REASONING:
            self._report.kept(at, f"{self._place}.{key_of(block.native, 'form')}")
            self._thinking.append(block)
        elif field and block.text:
            signed = block.signature is not None or block.redacted is not None
            reason = (
                "without its signature: the provider has no place for one" if signed else "the provider's own field"
            )
            self._report.converted(at, f"{self._place}.{field}", reason)
            self._thinking.append(ThinkingBlock(text=block.text, native={"form": field}))
        else:
            self._report.lost(
                at,
                "this wire has no place for the reasoning of another; leave the thinking blocks out.",
                capability="reasoning in the history",
            )
        return True

    def refusal(self, block: RefusalBlock, at: str) -> bool:
        if key_of(block.native, "form") == "part":
            return False
        report_native(block.native, at, self._report)
        self._report.kept(at, f"{self._place}.refusal")
        self._fields["refusal"] = self._fields.get("refusal", "") + block.text
        return True

    def audio(self, block: AudioBlock, at: str) -> bool:
        said = key_of(block.native, "audio") or {}
        id = said.get("id") or block.file_id
        if id is None:
            return False
        report_native(block.native, at, self._report)
        place = f"{self._place}.audio"
        if block.file_id is None:
            self._report.converted(at, place, "by its id: the provider keeps what it has spoken")
        else:
            self._report.kept(at, place)
        self._fields["audio"] = {"id": id}
        return True

    def image(self, block: ImageBlock, at: str) -> bool:
        if key_of(block.native, "form") != IMAGES or block.file_id is not None:
            return False
        report_native(block.native, at, self._report)
        images = self._list(IMAGES)
        say_sent(block, Spot("assistant", at, f"{self._place}.{IMAGES}.{len(images)}"), self._report)
        url = data_url(block, "image") if block.data is not None else block.url
        inner = {"url": url} if block.detail is None else {"url": url, "detail": block.detail}
        images.append(put_unlisted({"type": "image_url", "image_url": inner}, block.native))
        return True

    def opaque(self, block: OpaqueBlock, at: str) -> bool:
        form = key_of(block.native, "form")
        field = {"tool_call": "tool_calls", ANNOTATIONS: ANNOTATIONS}.get(str(form))
        if block.wire != WIRE or field is None:
            return False
        report_native(block.native, at, self._report)
        entries = self._list(field)
        self._report.kept(at, f"{self._place}.{field}.{len(entries)}")
        entries.append(block.raw)
        return True

    def _ran_itself(self, block: AgentCallBlock | AgentResultBlock, at: str) -> None:
        reason = "the provider ran it within its answer, and takes no such calls back"
        if self._report.replay or key_of(block.native, "form") != EXECUTED:
            self._report.lost(at, reason, capability="calls that the provider ran itself")
        else:
            self._report.converted(at, None, reason)

    def _list(self, field: str) -> list[Any]:
        entries: list[Any] = self._fields.setdefault(field, [])
        return entries


_BLOCKS: dict[str, Callable[[_AssistantWriter, Any, str], bool]] = {
    "agent_call": _AssistantWriter.agent_call,
    "agent_result": _AssistantWriter.agent_result,
    "thinking": _AssistantWriter.thinking,
    "refusal": _AssistantWriter.refusal,
    "audio": _AssistantWriter.audio,
    "image": _AssistantWriter.image,
    "opaque": _AssistantWriter.opaque,
}
"""Block type -> what puts it into a field of its own; what that does not take is a part of the content."""
