"""`docs/new-provider.md` is followed to the letter: its pieces are the example's files, its package installs, its calls are made."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "new-provider.md").read_text(encoding="utf-8")
PIECES = re.findall(r"```python\n(.*?)\n```", DOCUMENT, re.DOTALL)


def test_the_pieces_of_the_page_are_the_examples() -> None:
    """Whoever puts the pieces one after another has the files that are tested, line by line."""
    for name in ("ollama_chat.py", "test_ollama_chat.py"):
        whole = _lines((ROOT / "examples" / name).read_text(encoding="utf-8"))
        begin = next(n for n, piece in enumerate(PIECES) if _lines(piece)[0] == whole[0])
        joined: list[str] = []
        for piece in PIECES[begin:]:
            joined += _lines(piece)
            if len(joined) >= len(whole):
                break
        assert joined == whole


def test_the_example_is_short() -> None:
    """A complete wire is about a hundred lines."""
    assert len((ROOT / "examples" / "ollama_chat.py").read_text(encoding="utf-8").splitlines()) <= 120


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
