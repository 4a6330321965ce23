"""What the headers of an error tell: the request id, and how long to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from errors.conftest import Service, client_on, provider_on

from ell2a.errors import CallError, RateLimited
from ell2a.messages import user
from ell2a.providers.errors import retry_after

WIRES = ["openai-chat", "anthropic-messages"]
BODY = {"type": "error", "error": {"type": "rate_limit_error", "message": "slowly"}}


def refused(service: Service, wire: str) -> CallError:
    """The error of a call that the service answers as it was told."""
    with client_on(wire, service.url) as client, pytest.raises(CallError) as caught:
        provider_on(wire).call_model(client, "some-model", [user("Hi")], max_tokens=9)
    return caught.value


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "20"}, 20),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "1500"}, 1.5),
        ({"retry_after_ms": "1500", "retry_after": "20"}, 1.5),
        ({"retry_after_ms": "soon", "retry_after": "20"}, 20),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({}, None),
    ],
)
def test_how_long_to_wait(service: Service, wire: str, headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, milliseconds or a date; what cannot be read is not guessed."""
    service.answers(429, BODY, **headers)
    error = refused(service, wire)
    assert type(error) is RateLimited
    assert error.retry_after == seconds


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("wire", WIRES)
def test_a_date_to_wait_for(service: Service, wire: str) -> None:
    """An HTTP date is told as the seconds until then."""
    until = datetime.now(UTC) + timedelta(seconds=90)
    service.answers(429, BODY, retry_after=format_datetime(until, usegmt=True))
    error = refused(service, wire)
    assert error.retry_after is not None
    assert 60 < error.retry_after <= 90


def test_a_date_without_a_zone() -> None:
    """`-0000` says UTC, and that nobody knows where: it is a date like any other."""
    until = datetime.now(UTC) + timedelta(seconds=90)
    waited = retry_after({"retry-after": until.strftime("%a, %d %b %Y %H:%M:%S -0000")})
    assert waited is not None
    assert 60 < waited <= 90


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "header", ["x-request-id", "request-id", "apim-request-id", "x-ms-request-id", "x-amzn-requestid"]
)
def test_request_ids(service: Service, wire: str, header: str) -> None:
    """The request id is found under each service's name for it."""
    service.answers(429, BODY, **{header: "req_7"})
    assert refused(service, wire).request_id == "req_7"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("wire", WIRES)
def test_a_request_id_in_the_body(service: Service, wire: str) -> None:
    """Where no header has it, the error body may; the header is the first to be asked."""
    service.answers(429, {**BODY, "request_id": "req_body"})
    assert refused(service, wire).request_id == "req_body"
    service.answers(429, {**BODY, "request_id": "req_body"}, request_id="req_head")
    assert refused(service, wire).request_id == "req_head"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<html>Bad gateway</html>", "<html>Bad gateway</html>"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("[]", []),
        ('"busy"', "busy"),
        ("null", None),
        ("[1, 2]", [1, 2]),
        ("", ""),
    ],
)
def test_bodies_of_any_shape(service: Service, wire: str, body: Any, kept: Any) -> None:
    """An error body that is no JSON object is kept, and the status says what it is."""
    service.answers(502, body)
    error = refused(service, wire)
    assert (type(error).__name__, error.status) == ("ServerError", 502)
    assert error.body == kept
