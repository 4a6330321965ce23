"""One call, whole, put together from its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.sql.selectable import FromClause

from ell2a.calls import CallMetadata, Ell2aCall, Timing
from ell2a.errors import CallNotFound
from ell2a.log import bodies, reports
from ell2a.log.bodies import Packed
from ell2a.log.listing import shown_columns, summaries, time_of
from ell2a.log.pending import dead_writers
from ell2a.log.store import Store
from ell2a.log.tables import answers, blobs, calls, definitions, histories, messages, request_items, requests, texts
from ell2a.log.views import Blob, CallDetail
from ell2a.messages import Message, Role, TextBlock

_TOGETHER = 500
"""Ids a statement: SQLite takes at least 999 parameters."""
LOST = "[lost: this part is not in the store any more]"
"""Stands where a row is gone, of a store that was damaged: what is left of the call is shown all the same."""


def detail(store: Store, call_id: str) -> CallDetail:
    """A call, whole. Raises CallNotFound."""
    with store.reading() as connection:
        return _Reader(store, connection, call_id).detail()


def load_call(store: Store, call_id: str) -> Ell2aCall:
    """A call as it can be made again, with the bytes of its media. Raises CallNotFound."""
    with store.reading() as connection:
        return _Reader(store, connection, call_id).call()


def load_response_messages(store: Store, call_id: str) -> list[Message]:
    """What a call got for an answer: a message a choice. Raises CallNotFound."""
    with store.reading() as connection:
        reader = _Reader(store, connection, call_id)
        return [Message.model_validate(m) for m in reader.with_bytes(reader.response_messages())]


def blob(store: Store, sha256: str) -> Blob | None:
    """The bytes that have this name; None where there are none."""
    try:
        id = bytes.fromhex(sha256)
    except ValueError:
        return None
    with store.reading() as connection:
        row = connection.execute(select(blobs).where(blobs.c.id == id)).one_or_none()
    return None if row is None else Blob(sha256=sha256.lower(), media_type=row.media_type, data=row.data)


class _Reader:
    """Reads the rows of one call, in one transaction."""

    def __init__(self, store: Store, connection: Connection, call_id: str) -> None:
        self._store, self._connection = store, connection
        row = connection.execute(select(calls).where(calls.c.id == call_id)).one_or_none()
        if row is None:
            raise CallNotFound(call_id)
        self.row: Row[Any] = row
        self._request = connection.execute(select(requests).where(requests.c.call_id == call_id)).one_or_none()
        self._answer = connection.execute(select(answers).where(answers.c.call_id == call_id)).one_or_none()

    def detail(self) -> CallDetail:
        dead = dead_writers(self._store, self._connection)
        said = self.messages()
        options = self._value(self._request.options) if self._request else {}
        report = self._value(self._request.translation) if self._request else None
        answer = self._answer
        own, *replays = self._summaries(dead)
        return CallDetail(
            summary=own,
            messages=said,
            agents=self._definition(self.row.agents_id) or [],
            agent_choice=options.get("agent_choice"),
            response_format=self._definition(self.row.response_format_id),
            api_params=options.get("api_params", {}),
            response_messages=self.response_messages(),
            metadata=self._value(answer.metadata) if answer else self._first_metadata(options.get("sdk")),
            request=self.request(),
            response_raw=self._value(answer.response) if answer and answer.response else None,
            translation=reports.whole(report, said) if report and reports.is_of(report, said) else [],
            error=self._value(answer.error) if answer and answer.error else None,
            place=self.row.place,
            replays=replays,
            chunks=_chunks(self._value(answer.chunks)) if answer and answer.chunks else (),
        )

    def call(self) -> Ell2aCall:
        options = self._value(self._request.options) if self._request else {}
        return Ell2aCall.model_validate(
            {
                "model": self.row.model,
                "provider": self.row.provider,
                "wire": self.row.wire,
                "messages": self.with_bytes(self.messages()),
                "agents": self._definition(self.row.agents_id) or [],
                "agent_choice": options.get("agent_choice"),
                "response_format": self._definition(self.row.response_format_id),
                "stream": self.row.stream,
                "api_params": options.get("api_params", {}),
            }
        )

    def messages(self) -> list[dict[str, Any]]:
        """What was said to the model, system messages first."""
        read = self._messages(self._history(self.row.system_id), "system")
        return read + self._messages(self._history(self.row.history_id), "user")

    def response_messages(self) -> list[dict[str, Any]]:
        if self._answer is None:
            return []
        choices = self._value(self._answer.choices)
        ids = [bytes.fromhex(id) for id, _ in choices]
        found = self._rows(messages, ids)
        values = self._messages([found[id].body if id in found else None for id in ids], "assistant")
        return [{**value, "finish_reason": reason} for value, (_, reason) in zip(values, choices, strict=True)]

    def request(self) -> dict[str, Any]:
        """The native request: the skeleton with its lists put back."""
        if self._request is None:
            return {}
        stored = self._value(self._request.request)
        request: dict[str, Any] = stored["request"]
        for key, head, last in stored["lists"]:
            chain = self._chain(request_items, bytes.fromhex(last))
            items = self._values([body for body in chain if body is not None])
            request[key] = [*request[key][:head], *([LOST] if None in chain else []), *items]
        return request

    def with_bytes(self, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The messages with the bytes of their media where they are kept here."""
        media = [block for message in said for block in _media(message["content"])]
        found = self._rows(blobs, {bytes.fromhex(block["blob"]) for block in media})
        for block in media:
            row = found.get(bytes.fromhex(block["blob"]))
            if row is not None:
                block["data"] = row.data
        return said

    def _summaries(self, dead: set[str]) -> list[Any]:
        newest = (calls.c.started_at.desc(), calls.c.id.desc())
        replays = select(*shown_columns()).where(calls.c.replay_of == self.row.id).order_by(*newest)
        rows = [self.row, *self._connection.execute(replays)]
        return summaries(self._connection, rows, dead)

    def _definition(self, id: bytes | None) -> Any:
        if id is None:
            return None
        found = self._connection.execute(select(definitions.c.body).where(definitions.c.id == id)).scalar()
        return None if found is None else self._value(found)

    def _first_metadata(self, sdk: Any) -> dict[str, Any]:
        """What is known of a call that is not over."""
        row = self.row
        timing = Timing(started_at=time_of(row.started_at))
        known = CallMetadata(
            provider=row.provider, wire=row.wire, endpoint=row.endpoint, model=row.model, timing=timing, sdk=sdk
        )
        return known.model_dump(mode="json")

    def _history(self, last: bytes | None) -> list[bytes | None]:
        """The bodies of its messages, None where one is lost."""
        if last is None:
            return []
        ids = self._chain(histories, last)
        found = self._rows(messages, {id for id in ids if id is not None})
        return [found[id].body if id in found else None for id in ids]

    def _chain(self, table: FromClause, last: bytes) -> list[bytes | None]:
        """The contents of a chain, from its first link to its last; begins with None where its beginning is lost."""
        content = table.c.body if "body" in table.c else table.c.message_id
        link = select(table.c.parent_id, content.label("content")).where(table.c.id == last).cte("link", recursive=True)
        link = link.union_all(select(table.c.parent_id, content).where(table.c.id == link.c.parent_id))
        found = list(reversed(self._connection.execute(select(link.c.parent_id, link.c.content)).all()))
        contents = [one.content for one in found]
        return contents if found and found[0].parent_id is None else [None, *contents]

    def _messages(self, packed: Sequence[bytes | None], role: Role) -> list[dict[str, Any]]:
        """The messages of bodies; one that is lost is told in its place."""
        values = iter(self._values([body for body in packed if body is not None]))
        lost = Message(role=role, content=[TextBlock(text=LOST)]).model_dump(mode="json", exclude={"finish_reason"})
        return [lost if body is None else next(values) for body in packed]

    def _rows(self, table: FromClause, ids: Iterable[bytes]) -> dict[bytes, Any]:
        return _rows(self._connection, table, ids)

    def _value(self, body: bytes) -> Any:
        return self._values([body])[0]

    def _values(self, packed: Sequence[bytes]) -> list[Any]:
        return values_of(self._connection, packed)


def values_of(connection: Connection, packed: Sequence[bytes]) -> list[Any]:
    """The values of bodies, with what was lifted out of them put back."""
    read = [bodies.read(body) for body in packed]
    texts_here = _rows(connection, texts, _named(read, "text"))
    blobs_here = _rows(connection, blobs, _named(read, "blob"))
    strings = defaultdict(lambda: LOST, {id.hex(): bodies.text_of(row.body) for id, row in texts_here.items()})
    data = defaultdict(bytes, {id.hex(): row.data for id, row in blobs_here.items()})
    return [one.filled(strings, data) for one in read]


def _rows(connection: Connection, table: FromClause, ids: Iterable[bytes]) -> dict[bytes, Any]:
    wanted = list(dict.fromkeys(ids))
    found: dict[bytes, Any] = {}
    for at in range(0, len(wanted), _TOGETHER):
        asked = select(table).where(table.c.id.in_(wanted[at : at + _TOGETHER]))
        found.update((row.id, row) for row in connection.execute(asked))
    return found


def _named(read: Sequence[Packed], kind: str) -> list[bytes]:
    return [bytes.fromhex(hole[2]) for one in read for hole in one.holes if hole[1] == kind]


def _media(blocks: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for block in blocks:
        if block.get("blob"):
            yield block
        if block["type"] == "agent_result":
            yield from _media(block["content"])


def _chunks(stored: list[list[int]]) -> list[tuple[float, int]]:
    found, at = [], 0
    for passed, size in zip(*stored, strict=True):
        at += passed
        found.append((at / 1000, size))
    return found
