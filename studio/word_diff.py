"""What differs between two texts, by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

MAX_WORDS = 4_000
"""Words of each text that are compared; difflib takes quadratic time in the worst case."""

Kind = Literal["same", "ins", "del"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of words that is in both texts, only in the new one (`ins`), or only in the old one (`del`)."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Two texts compared."""

    stretches: tuple[Stretch, ...]
    changed: int
    """Words of the new text that are not in the old one, or that went missing: the larger of both counts, summed."""
    words: int
    """Words of the longer text."""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.changed == 0


def word_diff(old: str, new: str) -> WordDiff:
    """The new text with what was put in and what was left out. White space belongs to the word before it."""
    before, after = _words(old), _words(new)
    matcher = difflib.SequenceMatcher(None, [w.strip() for w in before], [w.strip() for w in after], autojunk=False)
    stretches: list[Stretch] = []
    changed = 0
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            stretches.append(Stretch("same", "".join(after[j1:j2])))
            continue
        changed += max(i2 - i1, j2 - j1)
        if i2 > i1:
            stretches.append(Stretch("del", "".join(before[i1:i2])))
        if j2 > j1:
            stretches.append(Stretch("ins", "".join(after[j1:j2])))
    return WordDiff(tuple(stretches), changed, max(len(before), len(after)))


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)[:MAX_WORDS]
