"""A call's messages as turns to read: each block in the form in which it is shown, calls of agents beside their results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from ell2a.messages import compact_json, parse_json
from ell2a.studio import formats, json_tree, prose

MAX_TURNS = 60
"""Turns shown at once; the earlier ones are a link away."""
MARKDOWN_BUDGET = 60_000
"""Characters of one page that are rendered as markdown; the rest stands as plain text, which costs nothing."""

Json = Mapping[str, Any]

ROLES = {"system": "System", "user": "User", "assistant": "Assistant", "error": "Provider"}


@dataclass(frozen=True, slots=True)
class Prose:
    """Words."""

    kind: Literal["prose"] = field(default="prose", init=False)
    html: Markup
    rendered: bool
    """From markdown; else it is plain text."""
    whole_url: str | None
    """Where the whole of it is, if this is its beginning."""
    length: str
    """Of the whole, in words."""
    citations: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, a sound, a document."""

    kind: Literal["image", "audio", "video", "document"]
    url: str | None
    """Of the blob; None where the bytes are not in the log."""
    note: str
    """What is known of it: title, type, address or file id. An address elsewhere is never loaded."""
    transcript: str | None


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning."""

    kind: Literal["thinking"] = field(default="thinking", init=False)
    text: Prose | None
    note: str


@dataclass(frozen=True, slots=True)
class AgentUse:
    """A call of an agent beside its result."""

    kind: Literal["agent"] = field(default="agent", init=False)
    name: str
    id: str
    note: str
    schema: Markup | None
    arguments: Markup | None
    raw_arguments: str | None
    """The text of the arguments where it is no JSON."""
    results: Sequence[Part] | None
    """None: no result stands in the conversation."""
    failed: bool


@dataclass(frozen=True, slots=True)
class Parsed:
    """A structured output."""

    kind: Literal["parsed"] = field(default="parsed", init=False)
    name: str
    pairs: Sequence[tuple[str, str]]
    """Its fields in a line each, where the value is a flat object."""
    tree: Markup


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model's words in refusing."""

    kind: Literal["refusal"] = field(default="refusal", init=False)
    text: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A block that only its own wire knows, or one of a kind this page does not."""

    kind: Literal["opaque"] = field(default="opaque", init=False)
    name: str
    wire: str
    tree: Markup


Part = Prose | Media | Thinking | AgentUse | Parsed | Refusal | Opaque


@dataclass(frozen=True, slots=True)
class Turn:
    """One message."""

    role: str
    label: str
    note: str
    parts: Sequence[Part]
    anchor: str


class ConversationReader:
    """Makes turns out of messages in their JSON form. One reader a page: it spends one budget of markdown."""

    def __init__(self, call_id: str, agents: Sequence[Json] = ()) -> None:
        self._call_id = call_id
        self._schemas = {a.get("name"): a for a in agents}
        self._budget = MARKDOWN_BUDGET
        self._results: dict[str, Json] = {}
        self._shown: set[str] = set()
        self._makers: Mapping[str, Callable[[Json, str], Part]] = {
            "text": self._text,
            **dict.fromkeys(("image", "audio", "video", "document"), _media),
            "thinking": self._thinking,
            "agent_call": self._agent_use,
            "agent_result": self._stray_result,
            "parsed": _parsed,
            "refusal": _refusal,
        }

    def turns(
        self, messages: Sequence[Json], *, base: str = "messages", start: int = 0, choices: bool = False
    ) -> list[Turn]:
        """The turns of some messages. `base` is the path that they have in the call, `start` the index of the first."""
        called = set()
        for message in messages:
            for block in message.get("content", ()):
                if block.get("type") == "agent_result":
                    self._results.setdefault(block["call_id"], block)
                elif block.get("type") == "agent_call":
                    called.add(block["id"])
        self._shown = called & self._results.keys()
        turns = []
        for index, message in enumerate(messages, start):
            path = f"{base}.{index}"
            parts = [p for i, b in enumerate(message["content"]) for p in self._parts(b, f"{path}.content.{i}")]
            # A message of results alone is told where the agents were called.
            if parts or not message["content"]:
                note = f"choice {index + 1}" if choices and len(messages) > 1 else ""
                role = str(message["role"])
                turns.append(Turn(role, ROLES.get(role, role), note, parts, path.replace(".", "-")))
        return turns

    def _parts(self, block: Json, path: str) -> Iterator[Part]:
        kind = str(block.get("type"))
        if kind == "agent_result" and block["call_id"] in self._shown:
            return
        make = self._makers.get(kind)
        yield make(block, path) if make else _opaque(block)

    def _text(self, block: Json, path: str) -> Prose:
        return self.words(block["text"], path, citations=block.get("citations") or ())

    def words(self, text: str, path: str, citations: Sequence[Json] = ()) -> Prose:
        """A text as markdown as far as the budget goes, else as it is; the whole of a long one has its own page."""
        url = f"/calls/{quote(self._call_id)}/text?path={quote(path)}"
        rendered = min(len(text), prose.MAX_MARKDOWN) <= self._budget
        shown = text[: prose.MAX_MARKDOWN if rendered else prose.MAX_PLAIN]
        self._budget -= len(shown) if rendered else 0
        return Prose(
            html=prose.markdown(shown) if rendered else prose.plain(shown),
            rendered=rendered,
            whole_url=url if len(shown) < len(text) else None,
            length=f"{len(text):,} characters",
            citations=citations,
        )

    def _thinking(self, block: Json, path: str) -> Thinking:
        text = block.get("text") or ""
        notes = []
        if block.get("redacted"):
            notes.append("encrypted by the provider")
        if text:
            notes.append(f"{len(text):,} characters")
        if block.get("signature"):
            notes.append("signed")
        return Thinking(self.words(text, path) if text else None, ", ".join(notes) or "no text")

    def _agent_use(self, block: Json, path: str) -> AgentUse:
        result = self._results.get(block["id"])
        declared = self._schemas.get(block["name"])
        raw = block.get("raw_arguments")
        unread = block.get("arguments") is None and raw is not None
        return AgentUse(
            name=block["name"],
            id=block["id"],
            note="run by the provider" if block.get("executed_by_provider") else "agent of your code",
            schema=json_tree.tree(declared, open_depth=1) if declared else None,
            arguments=None if unread else json_tree.tree(block.get("arguments")),
            raw_arguments=raw if unread else None,
            results=None if result is None else self._result_parts(result, path),
            failed=bool(result and result.get("is_error")),
        )

    def _stray_result(self, block: Json, path: str) -> AgentUse:
        return AgentUse(
            name="result",
            id=block["call_id"],
            note="of a call that is not in these messages",
            schema=None,
            arguments=None,
            raw_arguments=None,
            results=self._result_parts(block, path),
            failed=bool(block.get("is_error")),
        )

    def _result_parts(self, result: Json, path: str) -> list[Part]:
        parts: list[Part] = []
        for index, block in enumerate(result.get("content", ())):
            value = _json_in(block)
            if value is not None:
                parts.append(Opaque("", "", json_tree.tree(value)))
            else:
                parts.extend(self._parts(block, f"{path}.content.{index}"))
        return parts


def _json_in(block: Json) -> Any:
    """The object or list that a result's text is, or None."""
    text = block.get("text", "") if block.get("type") == "text" else ""
    if text[:1] not in {"{", "["}:
        return None
    value, _ = parse_json(text)
    return value


def _media(block: Json, _: str) -> Media:
    blob, url, file_id = block.get("blob"), block.get("url"), block.get("file_id")
    facts = [block.get("title"), block.get("media_type")]
    if url is not None:
        facts.append(f"at {formats.one_line(url, 120)}, not loaded")
    if file_id is not None:
        facts.append(f"file {file_id} of the provider")
    return Media(
        kind=block["type"],
        url=f"/blobs/{quote(blob)}" if blob else None,
        note=", ".join(str(f) for f in facts if f) or str(block["type"]),
        transcript=block.get("transcript"),
    )


def _parsed(block: Json, _: str) -> Parsed:
    value = block.get("value")
    flat = isinstance(value, Mapping) and not any(isinstance(v, (Mapping, list)) and v for v in value.values())
    pairs = [(str(k), formats.one_line(_plain_value(v), 400)) for k, v in value.items()] if flat and value else []
    return Parsed(block.get("schema_name") or "structured output", pairs, json_tree.tree(value))


def _plain_value(value: Any) -> str:
    return value if isinstance(value, str) else compact_json(value)


def _refusal(block: Json, _: str) -> Refusal:
    return Refusal(block["text"])


def _opaque(block: Json) -> Opaque:
    name = str(block.get("kind") or block.get("type"))
    return Opaque(name, block.get("wire", ""), json_tree.tree(block.get("raw", block)))


def text_at(call: Json, path: str) -> str | None:
    """The text of the block at a path of a whole call's JSON, or None where there is none."""
    value = at(call, path)
    if isinstance(value, Mapping):
        value = value.get("text")
    return value if isinstance(value, str) else None


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path of a JSON value; None where nothing does."""
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, (list, tuple)) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
