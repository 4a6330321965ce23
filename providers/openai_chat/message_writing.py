"""From universal messages to the `messages` of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ell2a.messages import AgentResultBlock, Block, JsonValue, MediaBlock, Message, OpaqueBlock
from ell2a.providers.openai_chat.agent_calls import LEGACY
from ell2a.providers.openai_chat.assistant_writing import write_assistant
from ell2a.providers.openai_chat.native_keys import WIRE, key_of, put_unlisted
from ell2a.providers.openai_chat.part_writing import Spot, plain, report_native, write_part
from ell2a.providers.report import Report
from ell2a.providers.rows import Quirks

_RESULTS_FIRST = "the results of agents stand before everything else that the user says"
_AFTER_RESULTS = "it stands in the user's message after the results: those hold text alone on this wire"


class MessageWriter:
    """Writes the messages of one request, in order."""

    def __init__(self, report: Report, quirks: Quirks) -> None:
        self._report, self._quirks = report, quirks
        self._written: list[Any] = []
        self._legacy: dict[str, str] = {}
        """Id of an agent call that goes out as a `function_call` -> its name."""

    def write(self, messages: list[Message]) -> list[Any]:
        """All messages, in the wire's own form."""
        for at, message in enumerate(messages):
            path = f"messages.{at}"
            if self._whole(message):
                self._one_opaque(message, path)
            elif message.role == "assistant":
                place = f"messages.{len(self._written)}"
                written, legacy = write_assistant(message, path, place, self._report, self._quirks)
                self._legacy.update(legacy)
                self._written.append(written)
            elif message.role == "system":
                role = key_of(message.native, "role") or self._quirks.get("system_role", "system")
                self._spoken(str(role), message, path)
            else:
                self._user(message, path)
        return self._written

    @staticmethod
    def _whole(message: Message) -> bool:
        """Whether it is a message that the reader could not take apart."""
        only = message.content[0] if len(message.content) == 1 else None
        return isinstance(only, OpaqueBlock) and only.wire == WIRE and key_of(only.native, "form") == "message"

    def _one_opaque(self, message: Message, path: str) -> None:
        block = message.content[0]
        assert isinstance(block, OpaqueBlock)
        self._report.kept(f"{path}.content.0", f"messages.{len(self._written)}")
        report_native(block.native, f"{path}.content.0", self._report)
        self._written.append(block.raw)

    def _spoken(self, role: str, message: Message, path: str) -> None:
        content = [(f"{path}.content.{j}", block, None) for j, block in enumerate(message.content)]
        self._say(role, message.role, content, message.native, path)

    def _say(
        self,
        role: str,
        speaker: str,
        content: Sequence[tuple[str, Block, str | None]],
        native: Mapping[str, JsonValue] | None,
        path: str,
    ) -> None:
        """Append a message of parts: (path, block, why it was moved) each."""
        place = f"messages.{len(self._written)}.content"
        parts: list[Any] = []
        for at, block, moved in content:
            spot = Spot(speaker, at, f"{place}.{len(parts)}", moved)
            parts += write_part(block, spot, self._report, self._quirks)
        report_native(native, path, self._report)
        if content and not parts:
            # All of it was left out of a replay: an empty message would only puzzle the model.
            return
        said: dict[str, Any] = {"role": role, "content": plain(parts, key_of(native, "content"))}
        if key_of(native, "name") is not None:
            said["name"] = key_of(native, "name")
        self._written.append(put_unlisted(said, native))

    def _user(self, message: Message, path: str) -> None:
        """Results become tool messages, and what else the user says a message after them."""
        rest: list[tuple[str, Block, str | None]] = []
        media: list[Any] = []
        found = any(isinstance(block, AgentResultBlock) for block in message.content)
        last = max((j for j, b in enumerate(message.content) if isinstance(b, AgentResultBlock)), default=-1)
        for j, block in enumerate(message.content):
            at = f"{path}.content.{j}"
            if isinstance(block, AgentResultBlock):
                media += self._result(block, at)
            else:
                rest.append((at, block, _RESULTS_FIRST if j < last else None))
        if media:
            self._written.append({"role": "user", "content": media})
        if rest or not found:
            self._say("user", "user", rest, message.native, path)
        else:
            for key in message.native or ():
                self._report.converted(f"{path}.native.{key}", None, "a tool message has no field for it")

    def _result(self, block: AgentResultBlock, path: str) -> list[Any]:
        """Append the message of a result; gives the parts that have to stand after it."""
        place = f"messages.{len(self._written)}"
        within = Report(self._report.target, replay=self._report.replay)
        parts: list[Any] = []
        media: list[Any] = []
        for k, inner in enumerate(block.content):
            at = f"{path}.content.{k}"
            if self._stays(inner):
                parts += write_part(inner, Spot("tool", at, f"{place}.content.{len(parts)}"), within, self._quirks)
            else:
                media += write_part(inner, Spot("user", at, f"{place}.content", _AFTER_RESULTS), within, self._quirks)
        reasons = [item.reason for item in within.items if item.reason]
        if block.is_error:
            reasons.append("this wire has no flag for errors: the words alone tell of it")
        if reasons:
            self._report.converted(path, place, "; ".join(dict.fromkeys(reasons)))
        else:
            self._report.kept(path, place)
        report_native(block.native, path, self._report)
        self._written.append(self._result_message(block, plain(parts, key_of(block.native, "content"))))
        return media

    def _stays(self, block: Block) -> bool:
        if not isinstance(block, MediaBlock) or self._quirks.get("tool_media"):
            return True
        return bool(key_of(block.native, "form") == "part")

    def _result_message(self, block: AgentResultBlock, content: Any) -> dict[str, Any]:
        name = key_of(block.native, "name")
        if key_of(block.native, "form") == LEGACY or block.call_id in self._legacy:
            said = {"role": "function", "name": name or self._legacy[block.call_id], "content": content}
        else:
            said = {"role": "tool", "tool_call_id": block.call_id, "content": content}
            if name is not None:
                said["name"] = name
        return put_unlisted(said, block.native)
