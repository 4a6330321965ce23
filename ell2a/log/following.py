"""The calls that go on a conversation: whose history is an earlier call's, its answer, and what was said then."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal, select, tuple_

from ell2a.errors import CallNotFound
from ell2a.log import bodies
from ell2a.log.content import content_id
from ell2a.log.store import Store
from ell2a.log.tables import answers, calls, histories

_LOOKED_AT = 2000
"""Calls after the first one that are looked at: a conversation goes on soon, and each look costs its history's length."""


def following(store: Store, call_id: str, *, limit: int) -> list[str]:
    """The ids of later calls that hold a call's answer in their history, oldest first. Raises CallNotFound."""
    with store.reading() as connection:
        call = connection.execute(select(calls).where(calls.c.id == call_id)).one_or_none()
        if call is None:
            raise CallNotFound(call_id)
        answer = connection.execute(select(answers.c.choices).where(answers.c.call_id == call_id)).scalar()
        said = [] if answer is None else [bytes.fromhex(id) for id, _ in bodies.read(answer).filled({}, {})]
        if not said:
            return []
        # The link that a history has where the answer, any of its choices, is said again after all that went before.
        links = [content_id(call.history_id or b"", message_id) for message_id in said]
        later = (
            select(calls.c.id, calls.c.started_at, calls.c.history_id)
            .where(_after(call), calls.c.history_id.is_not(None))
            .order_by(calls.c.started_at, calls.c.id)
            .limit(_LOOKED_AT)
            .subquery()
        )
        up = select(later.c.id, later.c.started_at, later.c.history_id.label("link")).cte("up", recursive=True)
        parents = select(up.c.id, up.c.started_at, histories.c.parent_id).where(
            histories.c.id == up.c.link, histories.c.parent_id.is_not(None), up.c.link.not_in(links)
        )
        up = up.union_all(parents)
        found = select(up.c.id).where(up.c.link.in_(links)).order_by(up.c.started_at, up.c.id).limit(literal(limit))
        return list(connection.execute(found).scalars())


def _after(call: Any) -> ColumnElement[bool]:
    return tuple_(calls.c.started_at, calls.c.id) > tuple_(literal(call.started_at), literal(call.id))
