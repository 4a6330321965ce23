"""The search index as a whole: whether it knows every message, and how it is made anew from them."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from ell2a.log.excerpts import searchable
from ell2a.log.progress import Tell
from ell2a.log.reading import values_of
from ell2a.log.store import Store
from ell2a.log.tables import messages
from ell2a.messages import Message

_TOGETHER = 500
_SIZES = "SELECT sz FROM message_search_docsize"


def unfindable(store: Store, connection: Connection) -> int:
    """How many messages the index does not know."""
    asked = f"SELECT count(*) FROM messages WHERE number NOT IN ({store.own.search.INDEXED})"  # noqa: S608  # our own
    return int(connection.execute(text(asked)).scalar_one())


def fault_inside(connection: Connection) -> str | None:
    """What is wrong inside SQLite's index, which its own check of a file does not look into; None where it is whole.

    The words that it lists are counted against the words that it says each message has. Reads all of it.
    """
    if connection.dialect.name != "sqlite":
        return None
    with suppress(DBAPIError):
        connection.exec_driver_sql("DROP TABLE IF EXISTS temp.message_words")
    try:
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE temp.message_words USING fts5vocab(main, message_search, 'row')"
        )
        listed = connection.exec_driver_sql("SELECT coalesce(sum(cnt), 0) FROM temp.message_words").scalar_one()
        said = sum(_number(size) for size in connection.exec_driver_sql(_SIZES).scalars())
    except DBAPIError as exception:
        return str(exception.orig)
    return None if listed == said else f"it lists {listed:,} words of {said:,}"


def make_anew(store: Store, connection: Connection, tell: Tell) -> int:
    """Empty the index and put every message into it, in the connection's transaction. Gives how many there are."""
    if connection.dialect.name == "sqlite":
        # Emptied, a broken index would stay broken.
        made_by = "SELECT sql FROM sqlite_master WHERE name = 'message_search'"
        sql = connection.exec_driver_sql(made_by).scalar_one()
        connection.exec_driver_sql("DROP TABLE message_search")
        connection.exec_driver_sql(str(sql))
    else:
        connection.exec_driver_sql("TRUNCATE message_search")
    return add_missing(store, connection, tell)


def add_missing(store: Store, connection: Connection, tell: Tell) -> int:
    """Put in the messages that the index does not know, in the connection's transaction. Gives how many these are."""
    search = store.own.search
    known = set(connection.execute(text(search.INDEXED)).scalars())
    numbers = [
        n for n in connection.execute(select(messages.c.number).order_by(messages.c.number)).scalars() if n not in known
    ]
    for at in range(0, len(numbers), _TOGETHER):
        some = select(messages.c.number, messages.c.body).where(messages.c.number.in_(numbers[at : at + _TOGETHER]))
        rows = connection.execute(some.order_by(messages.c.number)).all()
        values = values_of(connection, [row.body for row in rows])
        said = [
            (row.number, searchable(Message.model_validate(value))) for row, value in zip(rows, values, strict=True)
        ]
        documents = [{"number": number, "text": search.document(words)} for number, words in said]
        connection.exec_driver_sql(search.INSERT, documents)
        tell("indexing messages", min(at + _TOGETHER, len(numbers)), len(numbers))
    return len(numbers)


def _number(size: bytes) -> int:
    """The one varint in a row of sizes."""
    value = 0
    for byte in size:
        value = value << 7 | byte & 0x7F
    return value
