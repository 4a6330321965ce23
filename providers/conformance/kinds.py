"""The kinds of blocks in the forms that programs give them: which of them a provider carries is found by asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ell2a.errors import UnsupportedCapability
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    Block,
    Citation,
    DocumentBlock,
    ImageBlock,
    Message,
    ParsedBlock,
    RefusalBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    VideoBlock,
    user,
)
from ell2a.providers.conformance.subject import Subject

WORDS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12),
    st.sampled_from(["Hello.", 'say "no"', "line\nline", "{}", "天气 🌦", "a\u2028b", "مرحبا", "<b>&amp;</b>", "\\n"]),
)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
ADDRESSES = NAMES.map(lambda name: f"https://example.org/{name}")
PNG = b"\x89PNG\r\n\x1a\n"
_ENDS = st.binary(min_size=1, max_size=6)


@dataclass(frozen=True, slots=True)
class Kind:
    """One form of one kind of block."""

    name: str
    role: Role
    capability: str | None
    """What the model must be able to do; None: every wire may carry it, and none need."""
    block: st.SearchStrategy[Any]
    sample: Block
    alone: bool = False
    """It stands alone in its message, as answers have it."""


def _media(kind: Any, name: str, capability: str, media_type: str, head: bytes, **more: Any) -> list[Kind]:
    given = {
        "bytes": st.builds(kind, data=_ENDS.map(lambda end: head + end), media_type=st.just(media_type), **more),
        "url": st.builds(kind, url=ADDRESSES, **more),
        "file id": st.builds(kind, file_id=NAMES, **more),
    }
    samples: dict[str, Any] = {
        "bytes": kind(data=head + b"0", media_type=media_type),
        "url": kind(url="https://example.org/x"),
        "file id": kind(file_id="file_1"),
    }
    return [Kind(f"{name} by {form}", "user", capability, block, samples[form]) for form, block in given.items()]


_CITED = st.builds(
    lambda text, url, title: TextBlock(
        text=text, citations=[Citation(url=url, title=title, cited_text=None, start=0, end=len(text))]
    ),
    WORDS,
    ADDRESSES,
    NAMES,
)

KINDS: tuple[Kind, ...] = (
    *_media(ImageBlock, "image", "image_input", "image/png", PNG, detail=st.sampled_from([None, "low", "high"])),
    *_media(AudioBlock, "audio", "audio_input", "audio/wav", b"RIFF\x00\x00\x00\x00WAVE"),
    *_media(VideoBlock, "video", "video_input", "video/mp4", b"\x00\x00\x00\x18ftyp"),
    *_media(
        DocumentBlock, "document", "document_input", "application/pdf", b"%PDF-", title=NAMES.map(lambda n: f"{n}.pdf")
    ),
    Kind(
        "thinking",
        "assistant",
        None,
        st.builds(ThinkingBlock, text=WORDS, signature=NAMES),
        ThinkingBlock(text="hm", signature="sig"),
    ),
    Kind(
        "redacted thinking",
        "assistant",
        None,
        st.builds(ThinkingBlock, redacted=NAMES),
        ThinkingBlock(redacted="sealed"),
    ),
    Kind("refusal", "assistant", None, st.builds(RefusalBlock, text=WORDS), RefusalBlock(text="no"), alone=True),
    Kind(
        "parsed",
        "assistant",
        None,
        st.builds(ParsedBlock, value=st.dictionaries(NAMES, WORDS, max_size=2), schema_name=st.none()),
        ParsedBlock(value={"a": 1}),
        alone=True,
    ),
    Kind(
        "citations",
        "assistant",
        None,
        _CITED,
        TextBlock(text="so", citations=[Citation(url="https://example.org/x", title="x", start=0, end=2)]),
        alone=True,
    ),
)


def carried(subject: Subject) -> list[Kind]:
    """The kinds that the provider writes; the others it refuses with UnsupportedCapability."""
    return [kind for kind in KINDS if is_carried(subject, [message_of(kind)])]


def message_of(kind: Kind) -> Message:
    """A message with the sample of a kind."""
    return Message(role=kind.role, content=[kind.sample] if kind.alone else [TextBlock(text="Look:"), kind.sample])


def is_carried(subject: Subject, messages: list[Message], **more: Any) -> bool:
    """Whether the translator takes some messages."""
    provider = subject.instance
    lead = [user("Hello")] if messages[0].role == "assistant" else []
    try:
        provider.translate_ell2a_to_provider(subject.call([*lead, *messages], **more))
    except UnsupportedCapability:
        return False
    return True


def exchange(ids: list[str], *, is_error: bool = False) -> list[Message]:
    """Agent calls, and a result for each."""
    return [
        Message(
            role="assistant",
            content=[AgentCallBlock(id=id, name="look_up", arguments={"at": n}) for n, id in enumerate(ids)],
        ),
        Message(
            role="user",
            content=[
                AgentResultBlock(call_id=id, content=[TextBlock(text=f"result {n}")], is_error=is_error)
                for n, id in enumerate(ids)
            ],
        ),
    ]
