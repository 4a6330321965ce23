"""The blocks that a message is made of: one pydantic model a kind, told apart by `type`."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Protocol

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

JsonValue = Any
"""A plain JSON value: None, bool, int, float, str, a list or a dict of these."""


class RunsAgent(Protocol):
    """What a block needs of an agent in order to call it: see `ell2a.agents.Agent`."""

    def run(self, call: AgentCallBlock) -> AgentResultBlock: ...

    async def arun(self, call: AgentCallBlock) -> AgentResultBlock: ...


class Base(BaseModel):
    """What every block has."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="constants"
    )

    native: dict[str, JsonValue] | None = None
    """The wire's own extras that have no universal meaning (cache markers, ids). Each wire lists the keys it puts here."""


class Citation(BaseModel):
    """Where a stretch of text comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    title: str | None = None
    file_id: str | None = None
    """The provider's id of the file that is cited."""
    cited_text: str | None = None
    """The words of the source."""
    start: int | None = None
    """First character of the citing text that this covers, counted from 0."""
    end: int | None = None
    """One past the last character of the citing text."""
    native: dict[str, JsonValue] | None = None
    """The wire's own extras (encrypted indexes, block numbers of the source)."""


class TextBlock(Base):
    """Words."""

    type: Literal["text"] = "text"
    text: str
    citations: list[Citation] = Field(default_factory=list)


class MediaBlock(Base):
    """What images, audio, video and documents share: bytes, a URL, or the provider's file id.

    Exactly one of `data`, `url`, `file_id` is given; a block read back from the log may have `blob`
    alone, the SHA-256 of bytes that are kept in the blobs table.
    """

    media_type: str | None = None
    """The IANA media type, such as `image/png`; None where a URL does not tell."""
    url: str | None = None
    blob: str | None = None
    """SHA-256 of the bytes, 64 hex digits: their name in the log and in `/blobs/{hash}`."""
    file_id: str | None = None
    data: bytes | None = Field(default=None, repr=False)
    """The bytes; base64 in JSON."""
    title: str | None = None
    detail: str | None = None
    """How closely the model is to look, in the wire's own word: `low`, `high`, `auto`."""

    @model_validator(mode="before")
    @classmethod
    def _name_the_bytes(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("data"), bytes) and not given.get("blob"):
            return {**given, "blob": hashlib.sha256(given["data"]).hexdigest()}
        return given

    @model_validator(mode="after")
    def _one_source(self) -> MediaBlock:
        if self.data is not None and self.blob is None:
            object.__setattr__(self, "blob", hashlib.sha256(self.data).hexdigest())
        sources = [name for name in ("url", "blob", "file_id") if getattr(self, name) is not None]
        if len(sources) != 1:
            kind = type(self).__name__
            raise ValueError(f"{kind} takes exactly one of data, url, file_id; got {', '.join(sources) or 'none'}")
        return self


class ImageBlock(MediaBlock):
    """A picture."""

    type: Literal["image"] = "image"


class AudioBlock(MediaBlock):
    """Sound."""

    type: Literal["audio"] = "audio"
    transcript: str | None = None
    """The words spoken, where the provider sends them beside the sound."""


class VideoBlock(MediaBlock):
    """Moving pictures."""

    type: Literal["video"] = "video"


class DocumentBlock(MediaBlock):
    """A document: a PDF, a plain text, whatever the provider reads as a file."""

    type: Literal["document"] = "document"
    context: str | None = None
    """What the reader should know of the document; not part of it."""
    citations_enabled: bool | None = None
    """Whether the model is asked to cite from it."""


class AgentCallBlock(Base):
    """The model calls an agent (elsewhere: a tool call)."""

    type: Literal["agent_call"] = "agent_call"
    id: str
    name: str
    arguments: JsonValue = None
    """The parsed arguments; None where `raw_arguments` is not JSON."""
    raw_arguments: str | None = None
    """The text as it came, kept where it is not the plain form of `arguments`."""
    executed_by_provider: bool = False
    """The provider runs it itself (its web search, its code execution); never to be called by us."""
    _agent: RunsAgent | None = PrivateAttr(default=None)

    def arguments_text(self) -> str:
        """The arguments as JSON text: as they came if that still says the same, else written anew."""
        raw = self.raw_arguments
        if raw is not None:
            parsed, parses = parse_json(raw)
            if (parses and parsed == self.arguments) or (not parses and self.arguments is None):
                return raw
        return compact_json(self.arguments)

    def bind(self, agent: RunsAgent | None) -> AgentCallBlock:
        """Remember which agent this calls; not part of the JSON form."""
        self._agent = agent
        return self

    @property
    def agent(self) -> RunsAgent | None:
        """The agent of this program that is called, if it was given to the call."""
        return self._agent


class AgentResultBlock(Base):
    """What an agent gave back, or the error it ended with."""

    type: Literal["agent_result"] = "agent_result"
    call_id: str
    content: list[Block] = Field(default_factory=list)
    is_error: bool = False

    @property
    def text(self) -> str:
        """The text of the result, its text blocks joined."""
        return "".join(b.text for b in self.content if isinstance(b, TextBlock))


class ThinkingBlock(Base):
    """The model's reasoning. A signature may stand with empty text; redacted reasoning has `redacted` alone."""

    type: Literal["thinking"] = "thinking"
    text: str = ""
    signature: str | None = None
    redacted: str | None = None
    """Reasoning that the provider encrypted; sent back as it is."""


class RefusalBlock(Base):
    """The model's words in refusing."""

    type: Literal["refusal"] = "refusal"
    text: str


class ParsedBlock(Base):
    """A structured output: JSON that fits the schema asked for."""

    type: Literal["parsed"] = "parsed"
    value: JsonValue
    schema_name: str | None = None
    text: str | None = None
    """The JSON text as the model wrote it, kept where it is not the plain form of `value`."""
    citations: list[Citation] = Field(default_factory=list)
    _instance: Any = PrivateAttr(default=None)

    def json_text(self) -> str:
        """The value as JSON text: as it came if that still says the same, else written anew."""
        if self.text is not None:
            value, parses = parse_json(self.text)
            if parses and value == self.value:
                return self.text
        return compact_json(self.value)

    def bind(self, instance: Any) -> ParsedBlock:
        """Remember the validated object; not part of the JSON form."""
        self._instance = instance
        return self

    @property
    def instance(self) -> Any:
        """The validated object of the class asked for, or the JSON value where a bare schema was."""
        return self.value if self._instance is None else self._instance


class OpaqueBlock(Base):
    """A block of one wire that no other wire has. It round-trips there, and is named in every plan elsewhere."""

    type: Literal["opaque"] = "opaque"
    wire: str
    kind: str
    """The wire's own name for it, such as `web_search_tool_result`."""
    raw: JsonValue


Block = Annotated[
    TextBlock
    | ImageBlock
    | AudioBlock
    | VideoBlock
    | DocumentBlock
    | AgentCallBlock
    | AgentResultBlock
    | ThinkingBlock
    | RefusalBlock
    | ParsedBlock
    | OpaqueBlock,
    Field(discriminator="type"),
]
"""Any block."""

AgentResultBlock.model_rebuild()


def parse_json(text: str) -> tuple[JsonValue, bool]:
    """The value of a JSON text and whether it is JSON at all (NaN and Infinity are not)."""
    try:
        return pydantic_core.from_json(text, allow_inf_nan=False), True
    except (ValueError, TypeError):
        # TypeError: half a surrogate pair in it, which has no UTF-8.
        return None, False


def compact_json(value: JsonValue) -> str:
    """The plain JSON text of a value: no spaces, non-ASCII as it is, keys in their order."""
    try:
        return pydantic_core.to_json(value).decode()
    except ValueError:
        # Half a surrogate pair, which providers do send, has no UTF-8: it stays as it is.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def agent_call(id: str, name: str, raw: str, **more: Any) -> AgentCallBlock:
    """The block for a call whose arguments came as text, parsed where they parse.

    The text is kept beside the value only where writing the value again would not give it back.
    """
    value, parses = parse_json(raw)
    keep = not parses or compact_json(value) != raw
    return AgentCallBlock(id=id, name=name, arguments=value, raw_arguments=raw if keep else None, **more)
