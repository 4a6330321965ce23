"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables, and the search index in the form that the database has for it."""
    op.create_table(
        "calls",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("wire", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text()),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("response_model", sa.Text()),
        sa.Column("lmp", sa.Text()),
        sa.Column("lmp_version_id", sa.LargeBinary()),
        sa.Column("writer_id", sa.String(26), nullable=False),
        sa.Column("system_id", sa.LargeBinary()),
        sa.Column("history_id", sa.LargeBinary()),
        sa.Column("agents_id", sa.LargeBinary()),
        sa.Column("response_format_id", sa.LargeBinary()),
        sa.Column("duration_ms", sa.Float()),
        sa.Column("first_token_ms", sa.Float()),
        sa.Column("input_tokens", sa.BigInteger()),
        sa.Column("output_tokens", sa.BigInteger()),
        sa.Column("cache_read_tokens", sa.BigInteger()),
        sa.Column("cache_write_tokens", sa.BigInteger()),
        sa.Column("reasoning_tokens", sa.BigInteger()),
        sa.Column("cost_amount", sa.Text()),
        sa.Column("cost_pico", sa.BigInteger()),
        sa.Column("currency", sa.Text()),
        sa.Column("finish_reason", sa.String(32)),
        sa.Column("error_class", sa.Text()),
        sa.Column("error_status", sa.Integer()),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("stream", sa.Boolean(), nullable=False),
        sa.Column("agents_declared", sa.Integer(), nullable=False),
        sa.Column("agents_called", sa.Integer(), nullable=False),
        sa.Column("has_images", sa.Boolean(), nullable=False),
        sa.Column("has_thinking", sa.Boolean(), nullable=False),
        sa.Column("structured", sa.Boolean(), nullable=False),
        sa.Column("replay_of", sa.Text()),
        sa.Column("place", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "calls_by_lmp",
        "calls",
        ["lmp", "started_at", "id"],
        sqlite_where=sa.text("lmp IS NOT NULL"),
        postgresql_where=sa.text("lmp IS NOT NULL"),
    )
    op.create_index("calls_by_model", "calls", ["model", "started_at", "id"])
    op.create_index(
        "calls_by_original",
        "calls",
        ["replay_of"],
        sqlite_where=sa.text("replay_of IS NOT NULL"),
        postgresql_where=sa.text("replay_of IS NOT NULL"),
    )
    op.create_index("calls_by_provider", "calls", ["provider", "started_at", "id"])
    op.create_index("calls_by_status", "calls", ["status", "started_at", "id"])
    op.create_index("calls_by_time", "calls", ["started_at", "id"])
    op.create_table(
        "requests",
        sa.Column("call_id", sa.String(26), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("options", sa.LargeBinary(), nullable=False),
        sa.Column("translation", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_table(
        "answers",
        sa.Column("call_id", sa.String(26), nullable=False),
        sa.Column("response", sa.LargeBinary()),
        sa.Column("choices", sa.LargeBinary(), nullable=False),
        sa.Column("metadata", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.LargeBinary()),
        sa.Column("chunks", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_table(
        "messages",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_table(
        "histories",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("parent_id", sa.LargeBinary()),
        sa.Column("message_id", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "request_items",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("parent_id", sa.LargeBinary()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "definitions",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "texts",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "blobs",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text()),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "occurrences",
        sa.Column("message_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call_id", sa.String(26), nullable=False),
        sa.PrimaryKeyConstraint("message_number", "call_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lmp_versions",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("first_called_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("lmp_versions_by_name", "lmp_versions", ["name", "first_called_at"])
    op.create_table(
        "writers",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "store_facts",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.execute("INSERT INTO store_facts (name, value) VALUES ('deletions', 0)")
    for statement in _SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)


_SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE message_search USING fts5(text, content='', tokenize=\"unicode61 remove_diacritics 2\")",
    ),
    "postgresql": (
        "CREATE TABLE message_search (number bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX message_search_words ON message_search USING gin (words)",
    ),
}
