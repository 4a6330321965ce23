"""Calls whose own row is lost, made again from what their answer tells of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, exists, select

from ell2a.calls import CallMetadata, ErrorRecord
from ell2a.log.connection import WriterConnection
from ell2a.log.reading import values_of
from ell2a.log.records import ClosingRecord
from ell2a.log.redaction import current_redactor
from ell2a.log.rows import Rows, closing_rows, microseconds
from ell2a.log.store import Store
from ell2a.log.tables import answers, calls, messages
from ell2a.messages import Message

LOST = "[lost: only the answer and the native request of this call could be saved]"


def put_back(store: Store) -> int:
    """Make the rows of `calls` that are lost, where the answer is there. Gives how many."""
    missing = select(answers).where(~exists().where(calls.c.id == answers.c.call_id)).order_by(answers.c.call_id)
    with store.reading() as connection:
        found = [_rows(connection, row) for row in connection.execute(missing).all()]
    if found:
        rows = Rows()
        for some in found:
            rows.extend(some)
        writer = WriterConnection(store)
        try:
            with writer.transaction():
                writer.put(rows)
        finally:
            writer.close()
    return len(found)


def _rows(connection: Connection, answer: Any) -> Rows:
    told, choices = values_of(connection, [answer.metadata, answer.choices])
    metadata = CallMetadata.model_validate(told)
    error = values_of(connection, [answer.error])[0] if answer.error else None
    record = ClosingRecord(
        call_id=answer.call_id,
        status="error" if error else "ok",
        metadata=metadata,
        messages=_said(connection, choices),
        response=values_of(connection, [answer.response])[0] if answer.response else None,
        error=ErrorRecord(error["class"], **{k: v for k, v in error.items() if k != "class"}) if error else None,
    )
    rows = closing_rows(record, current_redactor(), ())
    # The answer itself stands already, as it was written.
    del rows.tables["answers"]
    rows.add(
        "calls",
        {
            "id": answer.call_id,
            "started_at": _started(answer.call_id, metadata),
            "status": "pending",
            "provider": metadata.provider,
            "wire": metadata.wire,
            "endpoint": metadata.endpoint,
            "model": metadata.model,
            **dict.fromkeys(("lmp", "lmp_version_id", "system_id", "history_id", "agents_id", "response_format_id")),
            "writer_id": "",
            "question": LOST,
            "answer": "",
            "stream": answer.chunks is not None,
            "agents_declared": 0,
            "agents_called": 0,
            "has_images": False,
            "has_thinking": False,
            "structured": False,
            "replay_of": None,
            "place": None,
        },
    )
    return rows


def _started(call_id: str, metadata: CallMetadata) -> int:
    if metadata.timing.started_at is not None:
        return microseconds(metadata.timing.started_at)
    # An id begins with the milliseconds of its making.
    return (
        sum("0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(c) << 5 * n for n, c in enumerate(reversed(call_id[:10]))) * 1000
    )


def _said(connection: Connection, choices: list[Any]) -> list[Message]:
    found: list[Message] = []
    for id, reason in choices:
        body = connection.execute(select(messages.c.body).where(messages.c.id == bytes.fromhex(id))).scalar()
        if body is not None:
            found.append(Message.model_validate({**values_of(connection, [body])[0], "finish_reason": reason}))
    return found
