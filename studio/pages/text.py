"""One long text of a call, whole, as it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ell2a.studio.pages.call_head import call_url


@dataclass(frozen=True, slots=True)
class TextPage:
    """A text of which the conversation shows the beginning."""

    template: ClassVar[str] = "text.html"
    section: ClassVar[str | None] = "calls"

    call_id: str
    call_url: str
    path: str
    text: str
    length: str

    @property
    def title(self) -> str:
        return f"{self.path} of {self.call_id}"


def text_page(call_id: str, path: str, text: str) -> TextPage:
    """The page of one text."""
    return TextPage(call_id, call_url(call_id), path, text, f"{len(text):,} characters")
