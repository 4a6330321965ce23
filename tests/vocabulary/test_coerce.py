"""`system`, `user`, `assistant`: what may be written as a message."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from pydantic import BaseModel

import ell2a
from ell2a.errors import NotAMessage
from ell2a.messages import AudioBlock, DocumentBlock, ImageBlock, Message, ParsedBlock, TextBlock, messages_of


def png() -> bytes:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (2, 3), "red").save(buffer, format="PNG")
    return buffer.getvalue()


class Person(BaseModel):
    name: str


def test_strings_and_lists() -> None:
    """A string is a text block; a list gives its parts in order, nested ones too."""
    assert ell2a.user("hi") == Message(role="user", content=[TextBlock(text="hi")])
    assert [b.type for b in ell2a.system(["a", ["b", TextBlock(text="c")]]).content] == ["text"] * 3


def test_images(tmp_path: Path) -> None:
    """A path, bytes, a URL and a PIL image are pictures with their media type."""
    path = tmp_path / "a.png"
    path.write_bytes(png())
    for source in (path, png(), PIL.Image.open(io.BytesIO(png()))):
        (block,) = ell2a.user([source]).content
        assert isinstance(block, ImageBlock)
        assert (block.media_type, block.data) == ("image/png", png())
    assert ell2a.image("https://example.com/b.jpg").url == "https://example.com/b.jpg"
    with pytest.raises(NotAMessage, match="pathlib"):
        ell2a.image("a.png")


def test_documents_and_sounds(tmp_path: Path) -> None:
    """Bytes are told apart by their first ones; a file keeps its name as the title."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"%PDF-1.4 ...")
    (block,) = ell2a.user(path).content
    assert isinstance(block, DocumentBlock)
    assert (block.media_type, block.title) == ("application/pdf", "paper.pdf")
    (sound,) = ell2a.user(b"RIFF\x00\x00\x00\x00WAVEfmt ").content
    assert isinstance(sound, AudioBlock)
    assert ell2a.document("https://example.com/a.pdf").url == "https://example.com/a.pdf"


def test_pydantic_objects() -> None:
    """A pydantic object is a structured output; a block of ours is itself."""
    (block,) = ell2a.assistant(Person(name="Ada")).content
    assert isinstance(block, ParsedBlock)
    assert (block.value, block.schema_name, block.instance) == ({"name": "Ada"}, "Person", Person(name="Ada"))


def test_messages_of() -> None:
    """A string, a message, a dict or a list of these is a conversation."""
    told = messages_of([ell2a.system("s"), "u", {"role": "assistant", "content": "a"}])
    assert [(m.role, m.text) for m in told] == [("system", "s"), ("user", "u"), ("assistant", "a")]
    assert messages_of("u") == [ell2a.user("u")]


@pytest.mark.parametrize("value", [3, None, {"a": 1}, object(), b"???", {1, 2}], ids=lambda v: type(v).__name__)
def test_other_values_are_refused(value: Any) -> None:
    """What cannot stand in a message says so, with what can."""
    with pytest.raises(NotAMessage, match="Taken are strings"):
        ell2a.user(value)
