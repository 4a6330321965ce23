"""The statements of the hot path, compiled once for a database: a call's rows then cost the driver's time alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Table, Text, bindparam, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ClauseElement

from ell2a.log import tables
from ell2a.log.tables import calls

ORDER = (
    "writers",
    "definitions",
    "blobs",
    "texts",
    "histories",
    "request_items",
    "lmp_versions",
    "calls",
    "requests",
    "answers",
    "observations",
)
"""The tables in the order in which rows are put in: what is named before what names it."""

_CLOSING = (
    "status",
    "response_model",
    "duration_ms",
    "first_token_ms",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_amount",
    "cost_pico",
    "currency",
    "finish_reason",
    "error_class",
    "error_status",
    "answer",
    "agents_called",
    "has_thinking",
)
_AT_OPENING = (
    "id",
    "started_at",
    "status",
    "provider",
    "wire",
    "endpoint",
    "model",
    "lmp",
    "lmp_version_id",
    "writer_id",
    "system_id",
    "history_id",
    "agents_id",
    "response_format_id",
    "question",
    "answer",
    "stream",
    "agents_declared",
    "agents_called",
    "has_images",
    "has_thinking",
    "structured",
    "replay_of",
    "place",
)


class Statements:
    """SQL texts for one dialect, with named parameters."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        columns = {"calls": _AT_OPENING}
        self.insert = {name: self._insert_new(tables.metadata.tables[name], columns.get(name)) for name in ORDER}
        self.insert_message = self._insert_new(tables.messages, ("id", "role", "body"), returning="number")
        self.message_number = self._text(
            select(tables.messages.c.number).where(tables.messages.c.id == bindparam("id"))
        )
        self.insert_occurrence = self._insert_new(tables.occurrences)
        self.close_call = self._text(_close_call())
        self.deletions = self._text(select(tables.store_facts.c.value).where(text("name = 'deletions'")))

    def _insert_new(self, table: Table, columns: tuple[str, ...] | None = None, *, returning: str | None = None) -> str:
        """Put a row in unless its key is there already."""
        names = columns or tuple(column.key for column in table.columns)
        values: dict[str, Any] = {name: bindparam(name) for name in names}
        make: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[self._dialect.name]
        statement = make(table).values(values).on_conflict_do_nothing()
        return self._text(statement.returning(table.c[returning]) if returning else statement)

    def _text(self, statement: ClauseElement) -> str:
        return str(statement.compile(dialect=self._dialect))


def _close_call() -> Any:
    values: dict[str, Any] = {name: bindparam(name) for name in _CLOSING}
    # The base URL is known for sure only once a client was made.
    values["endpoint"] = func.coalesce(bindparam("endpoint", type_=Text), calls.c.endpoint)
    values["has_images"] = or_(calls.c.has_images, bindparam("makes_images", type_=Boolean))
    values["structured"] = or_(calls.c.structured, bindparam("is_structured", type_=Boolean))
    # A call that is closed already stays as it is: a spool may be taken in twice.
    still_open = text("calls.status IN ('pending', 'interrupted')")
    closing = update(calls).where(calls.c.id == bindparam("call_id"), still_open)
    return closing.values(values)
