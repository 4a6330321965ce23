"""An error that a stream tells: its class comes from the same table as any other's, and what came before it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from errors.conftest import Service, client_on, provider_on

import ell2a
from ell2a import errors
from ell2a.calls import Delta
from ell2a.errors import CallError, StreamBroken
from ell2a.log import CallFilter
from ell2a.messages import user

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

USAGE = {"input_tokens": 5, "output_tokens": 1}
START = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "some-model",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": USAGE,
    },
}
BEGUN: dict[str, list[dict[str, Any]]] = {
    "openai-chat": [
        {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"role": "assistant"}}]}
    ],
    "anthropic-messages": [START, {"type": "ping"}],
}
"""What comes before the first piece of an answer."""
PIECE: dict[str, list[dict[str, Any]]] = {
    "openai-chat": [
        {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Half"}}]}
    ],
    "anthropic-messages": [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Half"}},
    ],
}


def anthropic_error(kind: str, message: str = "No.") -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_in_event"}


def openai_error(**said: Any) -> dict[str, Any]:
    return {"error": {"message": "No.", **said}}


TOLD: list[tuple[str, dict[str, Any], type[CallError], int]] = [
    ("anthropic-messages", anthropic_error("overloaded_error"), errors.Overloaded, 200),
    ("anthropic-messages", anthropic_error("rate_limit_error"), errors.RateLimited, 200),
    ("anthropic-messages", anthropic_error("billing_error"), errors.QuotaExhausted, 200),
    ("anthropic-messages", anthropic_error("api_error"), errors.ServerError, 200),
    ("anthropic-messages", anthropic_error("timeout_error"), errors.CallTimeout, 200),
    ("anthropic-messages", anthropic_error("invalid_request_error"), errors.BadRequest, 200),
    (
        "anthropic-messages",
        anthropic_error("invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"),
        errors.ContextLengthExceeded,
        200,
    ),
    (
        "anthropic-messages",
        anthropic_error("invalid_request_error", "Output blocked by content filtering policy"),
        errors.ContentFiltered,
        200,
    ),
    ("anthropic-messages", anthropic_error("of_next_year"), errors.ServerError, 200),
    ("openai-chat", openai_error(type="server_error", code=None), errors.ServerError, 200),
    ("openai-chat", openai_error(type="invalid_request_error", code="context_length_exceeded"), errors.ContextLengthExceeded, 200),
    ("openai-chat", openai_error(type="insufficient_quota", code="insufficient_quota"), errors.QuotaExhausted, 200),
    ("openai-chat", openai_error(type="tokens", code="rate_limit_exceeded"), errors.RateLimited, 200),
    # OpenRouter: the code is a status.
    ("openai-chat", openai_error(code=429), errors.RateLimited, 429),
    ("openai-chat", openai_error(code=502), errors.ServerError, 502),
    ("openai-chat", openai_error(code="server_overloaded"), errors.Overloaded, 200),
    # Groq: a status beside.
    ("openai-chat", openai_error(code="tool_use_failed", status_code=400), errors.BadRequest, 400),
    ("openai-chat", openai_error(), errors.ServerError, 200),
]  # fmt: skip
"""Wire, the event, the class it means, the status that the error has then."""


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    """A log of the test's own."""
    ell2a.init()
    yield
    ell2a.init(store="off")


def logged() -> Any:
    found = ell2a.current_log()
    assert found is not None
    return found.call(found.calls(CallFilter()).items[0].id)


async def read_into(came: list[Delta], stream: Any) -> None:
    """Read a stream, keeping the pieces that came before it breaks."""
    async for delta in stream:
        came.append(delta)  # noqa: PERF401  # a comprehension would lose those before the error


async def broken(service: Service, wire: str, *events: Any, waited: bool) -> tuple[CallError, list[Delta]]:
    """The error of a stream, and the pieces that came before it."""
    service.streams(*events, x_request_id="req_head")
    handle = getattr(ell2a.models, provider_on(wire).name)("some-model", wire=wire)
    came: list[Delta] = []
    if waited:
        async with client_on(wire, service.url, asynchronous=True) as client:
            with pytest.raises(CallError) as caught:
                await read_into(came, await ell2a.acall(handle, "Hi", client=client, max_tokens=9, stream=True))
        return caught.value, came
    with client_on(wire, service.url) as client:
        stream: Any = ell2a.call(handle, "Hi", client=client, max_tokens=9, stream=True)
        with pytest.raises(CallError) as caught:
            came.extend(stream)
        with pytest.raises(CallError) as again:
            _ = stream.message
        assert again.value is caught.value
    return caught.value, came


@pytest.mark.parametrize("waited", [False, True])
@pytest.mark.parametrize(("wire", "event", "kind", "status"), TOLD)
async def test_after_a_piece(
    service: Service, wire: str, event: Any, kind: type[CallError], status: int, *, waited: bool
) -> None:
    """It is StreamBroken with what came; its cause is the error that was told, and the log names that one's class."""
    error, came = await broken(service, wire, *BEGUN[wire], *PIECE[wire], event, waited=waited)
    assert type(error) is StreamBroken
    assert [delta.text for delta in came if delta.kind == "text"] == ["Half"]
    assert error.partial.text == "Half"
    cause: Any = error.__cause__
    assert type(cause) is kind
    assert error.kind == kind.__name__
    assert (error.status, error.body, error.request_id) == (status, event, "req_head")
    assert (cause.status, cause.body, cause.request_id) == (status, event, "req_head")
    assert error.model == "some-model"
    kept = logged()
    assert (kept.summary.status, kept.summary.error_class) == ("partial", kind.__name__)
    assert kept.error["class"] == kind.__name__
    assert kept.error["body"] == event


@pytest.mark.parametrize("waited", [False, True])
@pytest.mark.parametrize(("wire", "event", "kind", "status"), TOLD)
async def test_before_the_first_piece(
    service: Service, wire: str, event: Any, kind: type[CallError], status: int, *, waited: bool
) -> None:
    """Where nothing of the answer came, the error that was told is the call's own, as without a stream."""
    error, came = await broken(service, wire, *BEGUN[wire], event, waited=waited)
    assert type(error) is kind
    assert came == []
    assert (error.status, error.body, error.request_id) == (status, event, "req_head")
    kept = logged()
    assert (kept.summary.status, kept.summary.error_class) == ("error", kind.__name__)
    assert kept.summary.id == error.call_id


@pytest.mark.parametrize("waited", [False, True])
@pytest.mark.parametrize("wire", list(BEGUN))
async def test_an_end_that_tells_nothing(service: Service, wire: str, *, waited: bool) -> None:
    """A stream that merely stops is StreamBroken, and is logged as that: nobody said why."""
    error, _ = await broken(service, wire, *BEGUN[wire], *PIECE[wire], waited=waited)
    assert type(error) is StreamBroken
    assert (error.kind, error.__cause__, error.partial.text) == ("StreamBroken", None, "Half")
    assert logged().summary.error_class == "StreamBroken"


@pytest.mark.parametrize("wire", list(BEGUN))
def test_an_http_error_before_the_stream(service: Service, wire: str) -> None:
    """A refusal before any event is raised where the call is made, and is no broken stream."""
    service.answers(529, anthropic_error("overloaded_error"), retry_after="3")
    with client_on(wire, service.url) as client, pytest.raises(errors.Overloaded) as caught:
        provider_on(wire).call_model(client, "some-model", [user("Hi")], max_tokens=9, stream=True)
    assert (caught.value.status, caught.value.retry_after) == (529, 3)
    assert caught.value.__cause__ is not None
