"""How a call ended, by the body of its answer."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, cast

import pydantic_core

from ell2a.calls import CallClosing
from ell2a.errors import CallError
from ell2a.providers.answer import Answer
from ell2a.providers.aws_event_stream import CONTENT_TYPE, AwsEventDecoder
from ell2a.providers.flight import Flight
from ell2a.providers.gathering import Gathering
from ell2a.providers.sse import SseDecoder
from ell2a.providers.stainless import StainlessProvider
from ell2a.tracing.bodies import BodyForm, Piece, Tee

_EVENTS = "text/event-stream"
_JSON = "application/json"


def whole(flight: Flight, form: BodyForm, content: bytes) -> CallClosing:
    """A body that was there when the SDK looked at it."""
    if _is_stream(flight, form):
        return _events(flight, form, [(time.perf_counter(), content)], has_ended=True, exception=None)
    return _answered(flight, _value(content))


def teed(flight: Flight, tee: Tee, exception: BaseException | None) -> CallClosing:
    """A body that was read piece by piece, be it to its end, until it broke, or until nobody wanted more."""
    pieces = tee.form.decoded(tee.pieces)
    if _is_stream(flight, tee.form):
        return _events(flight, tee.form, pieces, has_ended=tee.has_ended, exception=exception)
    body = _value(b"".join(piece for _, piece in pieces))
    if isinstance(body, dict) or tee.has_ended:
        return _answered(flight, body)
    if exception is not None:
        return flight.failed(_error(flight, exception), raw=body, status="partial")
    return flight.cut_short(body, broken=None)


def _answered(flight: Flight, body: Any) -> CallClosing:
    try:
        _provider(flight).checked(Answer(body, flight.head))
    except CallError as error:
        return flight.failed(error, raw=body)
    return flight.answered(body)


def _events(
    flight: Flight, form: BodyForm, pieces: Iterable[Piece], *, has_ended: bool, exception: BaseException | None
) -> CallClosing:
    gathering, provider = Gathering(flight), _provider(flight)
    decoder = AwsEventDecoder() if form.content_type == CONTENT_TYPE else SseDecoder()
    at = None
    for at, piece in pieces:
        for sse in decoder.feed(piece):
            gathering.take(provider.event(sse), len(sse.data), at)
    if exception is not None:
        return gathering.failed(exception)
    if has_ended:
        for sse in decoder.flush():
            gathering.take(provider.event(sse), len(sse.data), at)
    # An SDK stops reading at the wire's own end, before that of the body.
    return gathering.ended() if has_ended or gathering.has_end else gathering.left()


def _is_stream(flight: Flight, form: BodyForm) -> bool:
    if form.content_type in (_EVENTS, CONTENT_TYPE):
        return True
    return form.content_type != _JSON and flight.call.stream


def _value(content: bytes) -> Any:
    try:
        return pydantic_core.from_json(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def _error(flight: Flight, exception: BaseException) -> CallError:
    if isinstance(exception, Exception):
        return flight.error_of(exception)
    return CallError(f"stopped by {type(exception).__name__} before the answer was read")


def _provider(flight: Flight) -> StainlessProvider:
    # All wires of ENDPOINTS are called through SDKs of this kind.
    return cast("StainlessProvider", flight.provider)
