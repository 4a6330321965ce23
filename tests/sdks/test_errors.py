"""Errors with every version of the SDKs: one of ours, with what the service and the SDK told."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from sdks.conftest import Wire

import ell2a
from ell2a import errors

BY_MODEL = [
    ("sandbox-limited", errors.RateLimited, {"openai": 429, "anthropic": 429}, "RateLimitError"),
    ("sandbox-overloaded", errors.Overloaded, {"openai": 503, "anthropic": 529}, None),
    ("sandbox-down", errors.ServerError, {"openai": 500, "anthropic": 500}, "InternalServerError"),
    ("sandbox-forbidden", errors.PermissionDenied, {"openai": 403, "anthropic": 403}, "PermissionDeniedError"),
    ("no-such-model", errors.NotFound, {"openai": 404, "anthropic": 404}, "NotFoundError"),
]


@pytest.mark.parametrize(("model", "kind", "status", "theirs"), BY_MODEL, ids=[row[0] for row in BY_MODEL])
@pytest.mark.parametrize("stream", [False, True])
def test_what_the_service_refuses(
    wire: Wire, model: str, kind: type[errors.CallError], status: dict[str, int], theirs: str | None, *, stream: bool
) -> None:
    """Each has status, request id and body, and the SDK's own exception as its cause, streamed or not."""
    with pytest.raises(kind) as caught:
        ell2a.call(wire.model(model), "Hello", max_tokens=50, stream=stream)
    error, cause = caught.value, caught.value.__cause__
    assert type(error) is kind
    assert (error.provider, error.model, error.status) == ("sandbox", model, status[wire.package])
    assert error.request_id is not None
    assert error.request_id.startswith("req_sandbox")
    assert error.body["error"]["message"] in str(error)
    assert isinstance(cause, wire.sdk.APIStatusError)
    assert theirs is None or isinstance(cause, getattr(wire.sdk, theirs))
    assert error.retry_after == {"sandbox-limited": 20, "sandbox-overloaded": 1}.get(model)


async def test_what_the_service_refuses_awaited(wire: Wire) -> None:
    """The async client's errors are translated alike."""
    async with wire.client(asynchronous=True) as client:
        with pytest.raises(errors.RateLimited) as caught:
            await ell2a.acall(wire.model("sandbox-limited"), "Hello", client=client, max_tokens=50)
    assert (caught.value.status, caught.value.retry_after) == (429, 20)


def test_a_key_that_is_not_accepted(wire: Wire) -> None:
    """401, and the key is in no message."""
    with wire.client(api_key="wrong") as client, pytest.raises(errors.AuthenticationFailed) as caught:
        ell2a.call(wire.model(), "Hello", client=client, max_tokens=50)
    assert caught.value.status == 401


def test_the_sdk_tries_again(wire: Wire) -> None:
    """A 429 that asks for a second's wait is tried again by the SDK, and both tries are told."""
    answer = ell2a.call(wire.model("sandbox-flaky"), f"Hello, {wire.package}", max_tokens=50)
    assert [(one.number, one.status) for one in answer.metadata.attempts] == [(1, None), (2, 200)]
    counts = [one.headers["x-stainless-retry-count"] for one in wire.server.requests[-2:]]
    assert counts == ["0", "1"]


def test_no_answer_in_time(wire: Wire) -> None:
    """The user's own timeout is kept to, and told as one."""
    with wire.client(max_retries=0) as client, pytest.raises(errors.CallTimeout) as caught:
        ell2a.call(wire.model("sandbox-silent"), "Hello", client=client, max_tokens=50, timeout=0.2)
    assert isinstance(caught.value.__cause__, wire.sdk.APITimeoutError)


def test_nobody_there(wire: Wire) -> None:
    """A service that cannot be reached is told as such, with the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with wire.client(max_retries=0, base_url=address) as client, pytest.raises(errors.ConnectionFailed) as caught:
        ell2a.call(wire.model(), "Hello", client=client, max_tokens=50)
    assert isinstance(caught.value.__cause__, wire.sdk.APIConnectionError)


@pytest.mark.parametrize("model", ["sandbox-broken-stream", "sandbox-error-stream"])
def test_a_stream_that_breaks(wire: Wire, model: str) -> None:
    """A connection that breaks, and an error in the stream, keep what came before."""
    stream: Any = ell2a.call(wire.model(model), "Describe granite", max_tokens=300, stream=True)
    with pytest.raises(errors.StreamBroken) as caught:
        list(stream)
    assert caught.value.partial.text


def test_an_answer_that_is_no_json(wire: Wire) -> None:
    """A page of a proxy in the way is an error of ours that quotes it."""
    with pytest.raises(errors.UnreadableResponse, match="html"):
        ell2a.call(wire.model("sandbox-garbled"), "Hello", max_tokens=50)
