"""Words to search for. Scripts without spaces are searched by their characters, one by one and side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNSPACED = re.compile(
    "(["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b"  # radicals, iteration marks
    "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Hiragana, Katakana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U00020000-\U0003134f"
    "])"
)
"""Characters of scripts that put no space between words. Source: Unicode blocks."""

_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side."""

    text: str
    prefix: bool = False
    """The last word may go on."""


def spaced(text: str) -> str:
    """The text with spaces around each character of a script without spaces, and nothing that a database refuses."""
    clean = text.replace("\0", " ").encode("utf-8", "replace").decode()
    return _UNSPACED.sub(r" \1 ", clean)


def phrase(typed: str) -> Phrase | None:
    """What was typed, as words side by side; a `*` at its end leaves the last word open. None where no word is in it."""
    prefix = typed.endswith("*")
    if not _WORD.search(typed):
        return None
    return Phrase(" ".join(spaced(typed.rstrip("*")).split()), prefix)
