"""The tables of the call log: sqlmodel classes for whoever wants objects, and their SQLAlchemy tables for statements.

Only plain column types stand here (text, integers, reals, bytes), so that a row goes to the driver as it is:

- A call's id is a ULID; it sorts by time.
- A content id is the first 16 bytes of a SHA-256 (see `content.py`); a blob's is the whole of it.
- Times are microseconds since 1970, UTC. Costs are kept exactly as text, and in 10^-12 of the currency for sums.
- A `body` is a packed JSON value (see `bodies.py`).

The Alembic revisions under `migrations/` make these tables; a test holds the two together.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_RowNumber = BigInteger().with_variant(Integer, "sqlite")


class LogRow(SQLModel, registry=registry()):
    """What the tables share: a registry of their own, so that no table of a user's program collides with them."""


class CallRow(LogRow, table=True):
    """One call: what lists show, filter, sort and sum."""

    __tablename__ = "calls"
    __table_args__: ClassVar[Any] = (
        Index("calls_by_time", "started_at", "id"),
        Index("calls_by_provider", "provider", "started_at", "id"),
        Index("calls_by_model", "model", "started_at", "id"),
        Index("calls_by_status", "status", "started_at", "id"),
        Index(
            "calls_by_lmp",
            "lmp",
            "started_at",
            "id",
            sqlite_where=text("lmp IS NOT NULL"),
            postgresql_where=text("lmp IS NOT NULL"),
        ),
        Index(
            "calls_by_original",
            "replay_of",
            sqlite_where=text("replay_of IS NOT NULL"),
            postgresql_where=text("replay_of IS NOT NULL"),
        ),
    )

    id: str = Field(sa_column=Column(String(26), primary_key=True))
    started_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    status: str = Field(sa_column=Column(String(16), nullable=False))
    provider: str = Field(sa_column=Column(Text, nullable=False))
    wire: str = Field(sa_column=Column(Text, nullable=False))
    endpoint: str | None = Field(default=None, sa_column=Column(Text))
    model: str = Field(sa_column=Column(Text, nullable=False))
    response_model: str | None = Field(default=None, sa_column=Column(Text))
    lmp: str | None = Field(default=None, sa_column=Column(Text))
    lmp_version_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """`lmp_versions.id`."""
    writer_id: str = Field(sa_column=Column(String(26), nullable=False))
    """`writers.id`: the process that made the call."""
    system_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """`histories.id` of the leading system messages: a chain of their own, since a clock in one would re-link every turn."""
    history_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """`histories.id` of the other messages."""
    agents_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """`definitions.id` of the list of agents."""
    response_format_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """`definitions.id`."""
    duration_ms: float | None = Field(default=None, sa_column=Column(Float))
    first_token_ms: float | None = Field(default=None, sa_column=Column(Float))
    input_tokens: int | None = Field(default=None, sa_column=Column(BigInteger))
    output_tokens: int | None = Field(default=None, sa_column=Column(BigInteger))
    cache_read_tokens: int | None = Field(default=None, sa_column=Column(BigInteger))
    cache_write_tokens: int | None = Field(default=None, sa_column=Column(BigInteger))
    reasoning_tokens: int | None = Field(default=None, sa_column=Column(BigInteger))
    cost_amount: str | None = Field(default=None, sa_column=Column(Text))
    """Exact, as a decimal number."""
    cost_pico: int | None = Field(default=None, sa_column=Column(BigInteger))
    """The same in 10^-12 of the currency, for sums."""
    currency: str | None = Field(default=None, sa_column=Column(Text))
    finish_reason: str | None = Field(default=None, sa_column=Column(String(32)))
    error_class: str | None = Field(default=None, sa_column=Column(Text))
    error_status: int | None = Field(default=None, sa_column=Column(Integer))
    question: str = Field(default="", sa_column=Column(Text, nullable=False))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    stream: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    agents_declared: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    agents_called: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    has_images: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    has_thinking: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    structured: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    replay_of: str | None = Field(default=None, sa_column=Column(Text))
    """`calls.id` of the original; that may live in another store."""
    place: str | None = Field(default=None, sa_column=Column(Text))


class RequestRow(LogRow, table=True):
    """What a call sent: written before its request leaves."""

    __tablename__ = "requests"

    call_id: str = Field(sa_column=Column(String(26), primary_key=True))
    request: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """The native request; its long lists stand in `request_items`."""
    options: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """`api_params`, `agent_choice` and `sdk`."""
    translation: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AnswerRow(LogRow, table=True):
    """What a call got: written when it is over."""

    __tablename__ = "answers"

    call_id: str = Field(sa_column=Column(String(26), primary_key=True))
    response: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """The native response."""
    choices: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """A list of [message id in hexadecimal digits, finish reason]."""
    call_metadata: bytes = Field(sa_column=Column("metadata", LargeBinary, nullable=False))
    error: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    chunks: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class MessageRow(LogRow, table=True):
    """A universal message, once however often it is said."""

    __tablename__ = "messages"

    number: int | None = Field(default=None, sa_column=Column(_RowNumber, primary_key=True, autoincrement=True))
    """Its name in the search index and in `occurrences`."""
    id: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    role: str = Field(sa_column=Column(String(16), nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class HistoryRow(LogRow, table=True):
    """A message said after a history: histories that begin alike share their beginnings."""

    __tablename__ = "histories"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """The content id of `parent_id` and `message_id`."""
    parent_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    message_id: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RequestItemRow(LogRow, table=True):
    """An item of a list in a native request, after the items before it: the same chain, without knowing any wire."""

    __tablename__ = "request_items"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    parent_id: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DefinitionRow(LogRow, table=True):
    """What many calls declare alike: a list of agents, or a response format."""

    __tablename__ = "definitions"

    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TextRow(LogRow, table=True):
    """A long string, once wherever it stands: in a message, in a native request, in a native response."""

    __tablename__ = "texts"

    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class BlobRow(LogRow, table=True):
    """The bytes of a picture, sound or document."""

    __tablename__ = "blobs"

    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """SHA-256, 32 bytes."""
    media_type: str | None = Field(default=None, sa_column=Column(Text))
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class OccurrenceRow(LogRow, table=True):
    """A call in which a message is new: what a search for the message shows."""

    __tablename__ = "occurrences"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    message_number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    call_id: str = Field(sa_column=Column(String(26), primary_key=True))


class LmpVersionRow(LogRow, table=True):
    """A prompt function as it stood when it was called."""

    __tablename__ = "lmp_versions"
    __table_args__: ClassVar[Any] = (Index("lmp_versions_by_name", "name", "first_called_at"),)

    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """The content id of its name and hash."""
    name: str = Field(sa_column=Column(Text, nullable=False))
    module: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(sa_column=Column(String(64), nullable=False))
    source: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    first_called_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class WriterRow(LogRow, table=True):
    """A process that writes, or wrote, into this store. While it lives it holds a lock: see `locks.py`."""

    __tablename__ = "writers"

    id: str = Field(sa_column=Column(String(26), primary_key=True))
    started_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    host: str = Field(sa_column=Column(Text, nullable=False))
    pid: int = Field(sa_column=Column(Integer, nullable=False))


class StoreFactRow(LogRow, table=True):
    """Facts of the store as a whole. `deletions` counts the deletions of shared rows: see `writer.py`."""

    __tablename__ = "store_facts"

    name: str = Field(sa_column=Column(String(32), primary_key=True))
    value: int = Field(sa_column=Column(BigInteger, nullable=False))


class ProviderSnapshotRow(LogRow, table=True):
    """What a provider's models endpoint listed at one time; the models stand in `listed_models`."""

    __tablename__ = "provider_snapshots"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    """Counted from 1 for each provider."""
    taken_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    checked_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    """When the endpoint last listed the same."""
    endpoint: str = Field(sa_column=Column(Text, nullable=False))
    """The address that was asked, without query or password."""
    listing: str = Field(sa_column=Column(Text, nullable=False))
    """The form of the entries, by its name among the providers' listings."""
    models: int = Field(sa_column=Column(Integer, nullable=False))


class ListedModelRow(LogRow, table=True):
    """An entry of a models endpoint, once for as many snapshots as it stays the same in."""

    __tablename__ = "listed_models"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    model: str = Field(sa_column=Column(Text, primary_key=True))
    since: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    """The snapshot in which it first stood so."""
    until: int | None = Field(default=None, sa_column=Column(Integer))
    """The first snapshot in which it is gone or another; null: it stands so in the newest."""
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """The entry as the provider gave it, as a packed text."""


class ObservationRow(LogRow, table=True):
    """What a refused call showed of a model: a param or a capability that it does not take."""

    __tablename__ = "observations"
    __table_args__: ClassVar[Any] = (Index("observations_by_model", "provider", "model", "observed_at"),)

    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """The content id of what was observed and of the day: one row a day, however many calls are refused."""
    provider: str = Field(sa_column=Column(Text, nullable=False))
    model: str = Field(sa_column=Column(Text, nullable=False))
    wire: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    """`param` or `capability`."""
    name: str = Field(sa_column=Column(Text, nullable=False))
    value: str | None = Field(default=None, sa_column=Column(Text))
    """JSON: of a param the one value that was refused, of a capability the limit that was told."""
    observed_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    call_id: str = Field(sa_column=Column(String(26), nullable=False))
    """`calls.id` of the first refused call of the day."""
    words: str = Field(sa_column=Column(Text, nullable=False))
    """The provider's own."""


metadata = LogRow.metadata

BODIES = {
    "requests": ("request", "options", "translation"),
    "answers": ("response", "choices", "metadata", "error", "chunks"),
    "messages": ("body",),
    "request_items": ("body",),
    "definitions": ("body",),
}
"""Table -> its columns that hold a packed JSON value (see `bodies.py`)."""


def _table(name: str) -> Table:
    return metadata.tables[name]


calls = _table("calls")
requests = _table("requests")
answers = _table("answers")
messages = _table("messages")
histories = _table("histories")
request_items = _table("request_items")
definitions = _table("definitions")
texts = _table("texts")
blobs = _table("blobs")
occurrences = _table("occurrences")
lmp_versions = _table("lmp_versions")
writers = _table("writers")
store_facts = _table("store_facts")
provider_snapshots = _table("provider_snapshots")
listed_models = _table("listed_models")
observations = _table("observations")
