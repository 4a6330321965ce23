"""Counting tokens: as documented, and without losing a sign."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ell2a.sandbox import tokens


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("tide", 1),
        ("lighthouse", 2),
        ("a tide, again", 4),
        ("长城的历史", 5),
        ("a_b", 3),
        ("  ", 1),
        ("x ", 2),
    ],
)
def test_counts_by_the_documented_rule(text: str, count: int) -> None:
    """Five letters or digits are a token, one East Asian character is, and every other sign."""
    assert tokens.count(text) == count


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_the_pieces_make_the_text(text: str) -> None:
    """Joined, the tokens of any text are the text."""
    assert "".join(tokens.pieces(text)) == text
