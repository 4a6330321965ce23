"""The rows of a call: what its opening and its closing put into each table."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from ell2a.calls import Cost, Observed, Usage
from ell2a.log import chains, excerpts, reports
from ell2a.log.bodies import Lifted, pack, packed_text
from ell2a.log.content import content_id, json_bytes, json_value
from ell2a.log.records import ClosingRecord, OpeningRecord
from ell2a.log.redaction import Redactor
from ell2a.log.views import LmpSource
from ell2a.messages import Message

Row = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A row of `messages`, and the text by which it is found."""

    row: Row
    text: str
    call_id: str
    """The call that says it: where it is found, if no call said it before."""


@dataclass
class Rows:
    """What one record, or several together, put into the store."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    """Table -> rows to put in where their key is new."""
    closings: list[Row] = field(default_factory=list)
    """The columns of `calls` that are known when a call is over, with its `call_id`."""
    messages: list[NewMessage] = field(default_factory=list)
    new_in: list[tuple[bytes, str]] = field(default_factory=list)
    """(message id, call id) where a call newly says a message, known to the store or not."""
    ids: list[bytes] = field(default_factory=list)
    """The content ids of all shared rows here."""

    def add(self, table: str, row: Row) -> None:
        """One more row."""
        self.tables.setdefault(table, []).append(row)

    def extend(self, other: Rows) -> None:
        """Another record's rows after these."""
        for table, rows in other.tables.items():
            self.tables.setdefault(table, []).extend(rows)
        self.closings += other.closings
        self.messages += other.messages
        self.new_in += other.new_in
        self.ids += other.ids


class _Shared:
    """Puts shared rows in, leaving out those that the store is known to have."""

    def __init__(self, rows: Rows, redactor: Redactor, known: Container[bytes]) -> None:
        self.rows, self.redactor, self.known = rows, redactor, known
        self.lifted = Lifted()

    def packed(self, value: Any) -> bytes:
        return pack(value, self.lifted, self.redactor)

    def clean(self, value: Any) -> tuple[bytes, Any]:
        """The JSON of a value and the value, both without secrets."""
        text = json_bytes(value)
        if self.redactor.touches(text):
            value = self.redactor.value(json_value(text))
            text = json_bytes(value)
        return text, value

    def is_new(self, id: bytes) -> bool:
        if id in self.known:
            return False
        self.rows.ids.append(id)
        return True

    def history(self, given: Sequence[Message], call_id: str, newly: int) -> tuple[bytes | None, int]:
        """The chain of some messages; the last `newly` of them are new in this call. Gives its id."""
        stored = [chains.stored_message(m, self.lifted, self.redactor) for m in given]
        for message, source in zip(stored, given, strict=True):
            self.message(message, source, call_id)
        said = stored[len(stored) - newly :]
        self.rows.new_in += [(message.id, call_id) for message in said]
        ids = [message.id for message in stored]
        links = chains.links(ids, ids)
        for link in links:
            if self.is_new(link.id):
                self.rows.add("histories", {"id": link.id, "parent_id": link.parent, "message_id": link.content})
        return (links[-1].id if links else None), len(links)

    def message(self, stored: chains.StoredMessage, source: Message, call_id: str) -> None:
        if not self.is_new(stored.id):
            return
        row = {"id": stored.id, "role": stored.role, "body": self.packed(json_value(stored.json))}
        self.rows.messages.append(NewMessage(row, self.redactor.text(excerpts.searchable(source)), call_id))

    def definition(self, value: Any) -> bytes | None:
        if value is None:
            return None
        text, value = self.clean(value)
        id = content_id(text)
        if self.is_new(id):
            self.rows.add("definitions", {"id": id, "body": self.packed(value)})
        return id

    def request(self, request: dict[str, Any]) -> bytes:
        skeleton, places, links = chains.split_request(request, self.redactor)
        for link in links:
            if self.is_new(link.id):
                body = chains.packed_item(link, self.lifted, self.redactor)
                self.rows.add("request_items", {"id": link.id, "parent_id": link.parent, "body": body})
        _, skeleton = self.clean(skeleton)
        return self.packed({"request": skeleton, "lists": places})

    def lmp(self, lmp: LmpSource, called_at: int) -> bytes:
        id = content_id(lmp.name.encode(), b"\0", lmp.hash.encode())
        if self.is_new(id):
            source = packed_text(self.redactor.text(lmp.source))
            row = {"id": id, "name": lmp.name, "module": lmp.module, "hash": lmp.hash, "source": source}
            self.rows.add("lmp_versions", {**row, "first_called_at": called_at})
        return id

    def put_lifted(self) -> None:
        for id, body in self.lifted.texts.items():
            if self.is_new(id):
                self.rows.add("texts", {"id": id, "body": body})
        for id, (media_type, data) in self.lifted.blobs.items():
            if self.is_new(id):
                self.rows.add("blobs", {"id": id, "media_type": media_type, "data": data})


def opening_rows(record: OpeningRecord, redactor: Redactor, known: Container[bytes]) -> Rows:
    """What is written before a request leaves. Shared rows whose id is in `known` are left out."""
    rows = Rows()
    shared = _Shared(rows, redactor, known)
    call = record.call
    lead = chains.leading_system(call.messages)
    rest = call.messages[lead:]
    started = microseconds(record.started_at)
    system_id, _ = shared.history(call.messages[:lead], record.call_id, 0)
    history_id, _ = shared.history(rest, record.call_id, chains.trailing_input(rest))
    report = reports.short(record.translation, call.messages)
    _, options = shared.clean(
        {
            "api_params": call.api_params,
            "agent_choice": _json(call.agent_choice),
            "sdk": _json(record.sdk),
        }
    )
    _, report = shared.clean(report)
    request = {
        "call_id": record.call_id,
        "request": shared.request(record.request),
        "options": shared.packed(options),
        "translation": shared.packed(report),
    }
    row = {
        "id": record.call_id,
        "started_at": started,
        "status": "pending",
        "provider": call.provider,
        "wire": call.wire,
        "endpoint": redactor.error_text(record.endpoint) if record.endpoint else None,
        "model": _word(call.model, redactor),
        "lmp": record.lmp.name if record.lmp else None,
        "lmp_version_id": shared.lmp(record.lmp, started) if record.lmp else None,
        "writer_id": record.writer_id,
        "system_id": system_id,
        "history_id": history_id,
        "agents_id": shared.definition([a.model_dump(mode="json") for a in call.agents]) if call.agents else None,
        "response_format_id": shared.definition(_json(call.response_format)),
        "question": redactor.text(excerpts.question_of(call.messages)),
        "answer": "",
        "stream": call.stream,
        "agents_declared": len(call.agents),
        "agents_called": 0,
        "has_images": excerpts.has_images(call.messages),
        "has_thinking": False,
        "structured": call.response_format is not None and call.response_format.kind != "text",
        "replay_of": record.replay_of,
        "place": record.place,
    }
    shared.put_lifted()
    rows.add("calls", row)
    rows.add("requests", request)
    return rows


def closing_rows(record: ClosingRecord, redactor: Redactor, known: Container[bytes]) -> Rows:
    """What is written when a call is over."""
    rows = Rows()
    shared = _Shared(rows, redactor, known)
    metadata = record.metadata
    choices = []
    for message in record.messages:
        stored = chains.stored_message(message, shared.lifted, redactor)
        shared.message(stored, message, record.call_id)
        rows.new_in.append((stored.id, record.call_id))
        choices.append([stored.id.hex(), _json(message.finish_reason)])
    error = redactor.error_value(record.error.as_json()) if record.error else None
    answer = {
        "call_id": record.call_id,
        "response": shared.packed(_response(record, shared)) if record.response is not None else None,
        "choices": shared.packed(choices),
        "metadata": shared.packed(_metadata(record, shared)),
        "error": shared.packed(error) if error else None,
        "chunks": shared.packed(_chunks(record)) if record.chunks else None,
    }
    usage = metadata.usage or Usage()
    finish = metadata.finish_reason or (record.messages[0].finish_reason if record.messages else None)
    rows.closings.append(
        {
            "call_id": record.call_id,
            "status": record.status,
            "endpoint": redactor.error_text(metadata.endpoint) if metadata.endpoint else None,
            "response_model": _word(metadata.response_model, redactor) if metadata.response_model else None,
            "duration_ms": metadata.timing.duration_ms,
            "first_token_ms": metadata.timing.first_token_ms,
            "input_tokens": _column(usage.input_tokens),
            "output_tokens": _column(usage.output_tokens),
            "cache_read_tokens": _column(usage.cache_read_tokens),
            "cache_write_tokens": _column(usage.cache_write_tokens),
            "reasoning_tokens": _column(usage.reasoning_tokens),
            **_cost(metadata.cost),
            "finish_reason": finish.unified if finish else None,
            "error_class": record.error.error_class if record.error else None,
            "error_status": record.error.status if record.error else None,
            "answer": _answer(record, error, redactor),
            "agents_called": sum(len(m.agent_calls) for m in record.messages),
            "makes_images": excerpts.has_images(record.messages),
            "has_thinking": excerpts.has_thinking(record.messages),
            "is_structured": excerpts.structured(record.messages),
        }
    )
    for seen in record.observed:
        rows.add("observations", _observation(record, seen, redactor))
    shared.put_lifted()
    rows.add("answers", answer)
    return rows


def _observation(record: ClosingRecord, seen: Observed, redactor: Redactor) -> Row:
    metadata = record.metadata
    observed_at = metadata.timing.started_at or datetime.now(UTC)
    value = None if seen.value is None else redactor.error_text(json_bytes(seen.value).decode("utf-8", "replace"))
    what = [metadata.provider, metadata.model, metadata.wire, seen.kind, seen.name, value]
    return {
        # The first refused call of a day stands for all of that day.
        "id": content_id(json_bytes([*what, observed_at.date().isoformat()])),
        "provider": metadata.provider,
        "model": _word(metadata.model, redactor),
        "wire": metadata.wire,
        "kind": seen.kind,
        "name": seen.name,
        "value": value,
        "observed_at": microseconds(observed_at),
        "call_id": record.call_id,
        "words": redactor.error_text(seen.words),
    }


def microseconds(time: datetime) -> int:
    """Microseconds since 1970, UTC. A time without a zone is taken as UTC."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    passed = aware - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def pico(amount: Decimal) -> int:
    """An amount in 10^-12 of its currency; a finer fraction is rounded to even."""
    return int((amount * 10**12).to_integral_value())


def _json(model: BaseModel | None) -> Any:
    return None if model is None else model.model_dump(mode="json")


def _response(record: ClosingRecord, shared: _Shared) -> Any:
    # The native body of an error may quote the key that was refused.
    if record.status == "error":
        return shared.redactor.error_value(record.response)
    return shared.clean(record.response)[1]


def _metadata(record: ClosingRecord, shared: _Shared) -> Any:
    value = shared.clean(record.metadata.model_dump(mode="json"))[1]
    for attempt in value["attempts"]:
        attempt["error"] = shared.redactor.error_text(attempt["error"]) if attempt["error"] else None
    return value


def _word(word: str, redactor: Redactor) -> str:
    """A word as a column takes it: half a surrogate pair has no UTF-8, and PostgreSQL takes no NUL."""
    return redactor.text(word).replace("\0", " ").encode("utf-8", "replace").decode()


def _column(number: int | None) -> int | None:
    """A number as a column takes it: none is wider than 64 bits. The metadata keeps it whatever it is."""
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _cost(cost: Cost | None) -> Row:
    if cost is None:
        return {"cost_amount": None, "cost_pico": None, "currency": None}
    return {"cost_amount": str(cost.amount), "cost_pico": _column(pico(cost.amount)), "currency": cost.currency}


def _answer(record: ClosingRecord, error: Any, redactor: Redactor) -> str:
    if record.messages:
        return redactor.text(excerpts.answer_of(record.messages))
    return excerpts.one_line(error["message"]) if error else ""


def _chunks(record: ClosingRecord) -> list[list[int]]:
    """Times as microseconds since the chunk before, and sizes: small numbers, which compress well."""
    times = [round(chunk.at_ms * 1000) for chunk in record.chunks]
    return [[at - before for before, at in zip([0, *times], times, strict=False)], [c.size for c in record.chunks]]
