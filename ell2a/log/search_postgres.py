"""Full-text search on PostgreSQL: a `tsvector` of the words of each message, with an index of its own."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Select, bindparam, column, select, table, text

from ell2a.log.words import Phrase, spaced

INSERT = "INSERT INTO message_search (number, words) VALUES (%(number)s, to_tsvector('simple', %(text)s)) ON CONFLICT DO NOTHING"
INDEXED = "SELECT number FROM message_search"
"""The numbers of the messages that the index knows."""

_LONGEST = 250_000
"""Characters: a tsvector holds at most a megabyte."""
_WORDS = re.compile(r"\w+")


def document(words: str) -> str:
    """A message's text as the index takes it: cut where SQLite's index cuts, at all that is no letter or digit."""
    return " ".join(_WORDS.findall(_without_marks(spaced(words))[:_LONGEST]))


def matching(phrases: list[Phrase]) -> Select[tuple[int]]:
    """The numbers of the messages that hold all the phrases."""
    found = table("message_search", column("number"), column("words"))
    asked = text("words @@ to_tsquery('simple', :words)").bindparams(bindparam("words", _query(phrases), unique=True))
    return select(found.c.number).where(asked)


def _query(phrases: list[Phrase]) -> str:
    # Only words go in, each in quotes: no character typed is an operator.
    return " & ".join("(" + " <-> ".join(_terms(phrase)) + ")" for phrase in phrases)


def _terms(phrase: Phrase) -> list[str]:
    words = [f"'{word}'" for word in document(phrase.text).split()]
    return [*words[:-1], words[-1] + ":*"] if phrase.prefix else words


def _without_marks(words: str) -> str:
    """Letters without their accents, as SQLite's index has them."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    return plain.lower()
