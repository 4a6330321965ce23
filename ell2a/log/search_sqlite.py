"""Full-text search on SQLite: an FTS5 index over the words of messages, without a copy of the text."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, bindparam, column, select, table, text
from sqlalchemy.sql.expression import literal_column

from ell2a.log.words import Phrase, spaced

INSERT = "INSERT INTO message_search (rowid, text) VALUES (:number, :text)"

INDEXED = "SELECT id FROM message_search_docsize"
"""The numbers of the messages that the index knows."""


def document(words: str) -> str:
    """A message's text as the index takes it."""
    return spaced(words)


def matching(phrases: list[Phrase]) -> Select[tuple[int]]:
    """The numbers of the messages that hold all the phrases."""
    found = table("message_search", column("rowid"))
    asked: ColumnElement[bool] = text("message_search MATCH :words").bindparams(
        bindparam("words", _query(phrases), unique=True)
    )  # type: ignore[assignment]
    return select(literal_column("message_search.rowid")).select_from(found).where(asked)


def _query(phrases: list[Phrase]) -> str:
    """In FTS5's own language: everything typed stands in quotes, so that no character of it is an operator."""
    return " ".join('"' + phrase.text.replace('"', '""') + '"' + ("*" if phrase.prefix else "") for phrase in phrases)
