"""How a call ended, by the body of its answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, cast

import pydantic_core

from ell2a.calls import CallClosing
from ell2a.errors import CallError
from ell2a.providers.answer import Answer
from ell2a.providers.aws_event_stream import CONTENT_TYPE, AwsEventDecoder
from ell2a.providers.flight import Flight
from ell2a.providers.gathering import Gathering
from ell2a.providers.sse import ServerSentEvent, SseDecoder, events_of
from ell2a.providers.stainless import StainlessProvider
from ell2a.tracing.bodies import BodyForm, Piece, Tee

_EVENTS = "text/event-stream"
_JSON = "application/json"

_Arrived = tuple[float, ServerSentEvent]
"""An event, and when it was whole, by `time.perf_counter`."""


def whole(flight: Flight, form: BodyForm, content: bytes) -> CallClosing:
    """A body that was there when the SDK looked at it."""
    if _is_stream(flight, form):
        return _events(flight, form, [(time.perf_counter(), content)], has_ended=True, exception=None)
    return _answered(flight, _value(content))


def teed(flight: Flight, tee: Tee, exception: BaseException | None) -> CallClosing:
    """A body that was read piece by piece, be it to its end, until it broke, or until nobody wanted more."""
    pieces = tee.decoded()
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
    flight: Flight, form: BodyForm, pieces: Sequence[Piece], *, has_ended: bool, exception: BaseException | None
) -> CallClosing:
    gathering, provider = Gathering(flight), _provider(flight)
    split = _aws_events if form.content_type == CONTENT_TYPE else _sse_events
    arrived = split(pieces, to_the_end=has_ended and exception is None)
    found = [sse for _, sse in arrived]
    gathering.take_all(provider.events(found), [(at, len(sse.data)) for at, sse in arrived])
    if exception is not None:
        return gathering.failed(exception)
    # An SDK stops reading at the wire's own end, before that of the body.
    if has_ended or gathering.has_error or (gathering.has_end and _is_marked(provider, found)):
        return gathering.ended()
    return gathering.left()


def _is_marked(provider: StainlessProvider, found: Sequence[ServerSentEvent]) -> bool:
    """Whether nothing was to come any more: a chat's usage comes after the reason why it stopped."""
    return provider.end_mark is None or any(sse.data.strip() == provider.end_mark for sse in found[-2:])


def _sse_events(pieces: Sequence[Piece], *, to_the_end: bool) -> list[_Arrived]:
    """The events of a body, each with when the piece came that completed it."""
    body = b"".join([piece for _, piece in pieces])
    arrived: list[_Arrived] = []
    coming, reached, at, last = iter(pieces), 0, 0.0, 0
    for end, sse in events_of(body):
        while reached < end:
            at, piece = next(coming)
            reached += len(piece)
        arrived.append((at, sse))
        last = end
    if to_the_end and last < len(body):
        decoder = SseDecoder()
        rest = [*decoder.feed(body[last:]), *decoder.flush()]
        arrived += [(pieces[-1][0], sse) for sse in rest]
    return arrived


def _aws_events(pieces: Sequence[Piece], *, to_the_end: bool) -> list[_Arrived]:
    decoder = AwsEventDecoder()
    arrived = [(at, sse) for at, piece in pieces for sse in decoder.feed(piece)]
    if to_the_end and pieces:
        arrived += [(pieces[-1][0], sse) for sse in decoder.flush()]
    return arrived


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
