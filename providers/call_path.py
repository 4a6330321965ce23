"""The one way that a call takes, sync and async: open the record, send, translate, close the record."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

from ell2a.calls import CallClosing, CallObserver, CallOpening, Delta, Ell2aResponse
from ell2a.errors import CallError
from ell2a.messages import Message
from ell2a.providers import clients, learned
from ell2a.providers.answer import AsyncEventAnswer, EventAnswer
from ell2a.providers.definition import Definition
from ell2a.providers.flight import Flight
from ell2a.providers.streams import AsyncStream, Stream


class _Unobserved:
    """Stands in where nobody watches."""

    def open(self, opening: CallOpening) -> _Unobserved:
        del opening
        return self

    async def aopen(self, opening: CallOpening) -> _Unobserved:
        del opening
        return self

    def delta(self, delta: Delta) -> None: ...

    def close(self, closing: CallClosing) -> None: ...

    async def aclose(self, closing: CallClosing) -> None: ...


UNOBSERVED: CallObserver = _Unobserved()

WATCHED: ContextVar[bool] = ContextVar("ell2a_watched", default=False)
"""A request that is sent here and now is of a call that an observer was told of: a traced client does not log it again."""


def call(
    definition: Definition, messages: list[Message], *, client: Any = None, observer: CallObserver | None = None
) -> Ell2aResponse | Stream:
    """Make a call. Raises CallError, after the record of it is closed."""
    flight = Flight.of(definition, messages, client)
    record = (observer or UNOBSERVED).open(flight.opening())
    try:
        used = clients.client_for(flight.provider, definition.model, flight.given_client, asynchronous=False)
        flight.endpoint = flight.provider.endpoint(used)
        flight.leaves()
        watched = WATCHED.set(observer is not None)
        try:
            answer = flight.provider.send(used, flight.request, definition.options)
        finally:
            WATCHED.reset(watched)
    except BaseException as exception:
        closing, error = _ending(flight, exception)
        record.close(closing)
        _learn(closing)
        if error is exception:
            raise
        raise error from exception
    flight.head = answer.head
    if isinstance(answer, EventAnswer):
        return Stream(flight, answer, record)
    closing = flight.answered(answer.body)
    record.close(closing)
    return _result(flight, closing)


async def acall(
    definition: Definition, messages: list[Message], *, client: Any = None, observer: CallObserver | None = None
) -> Ell2aResponse | AsyncStream:
    """Make a call with an asynchronous client."""
    flight = Flight.of(definition, messages, client)
    record = await (observer or UNOBSERVED).aopen(flight.opening())
    try:
        used = clients.client_for(flight.provider, definition.model, flight.given_client, asynchronous=True)
        flight.endpoint = flight.provider.endpoint(used)
        flight.leaves()
        watched = WATCHED.set(observer is not None)
        try:
            answer = await flight.provider.asend(used, flight.request, definition.options)
        finally:
            WATCHED.reset(watched)
    except BaseException as exception:
        closing, error = _ending(flight, exception)
        # A cancelled task still closes its record.
        await asyncio.shield(record.aclose(closing))
        _learn(closing)
        if error is exception:
            raise
        raise error from exception
    flight.head = answer.head
    if isinstance(answer, AsyncEventAnswer):
        return AsyncStream(flight, answer, record)
    closing = flight.answered(answer.body)
    await record.aclose(closing)
    return _result(flight, closing)


def _learn(closing: CallClosing) -> None:
    if closing.observed:
        # It is kept by now, and the next definition is to know it.
        learned.forget()


def _ending(flight: Flight, exception: BaseException) -> tuple[CallClosing, BaseException]:
    if not isinstance(exception, Exception):
        # Ctrl-C or a cancelled task: the answer was not waited for.
        stopped = CallError(f"stopped by {type(exception).__name__} before the answer came")
        return flight.failed(stopped, status="interrupted"), exception
    error = flight.error_of(exception)
    return flight.failed(error), error


def _result(flight: Flight, closing: CallClosing) -> Ell2aResponse:
    if closing.response is None:
        raise flight.raised or CallError(f"{flight.provider.name} gave no response")
    return closing.response
