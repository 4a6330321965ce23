"""Tracing with every version of the SDKs, be they built on httpx or on httpx2."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sdks.conftest import Wire

import ell2a
from ell2a.log.views import CallFilter

QUESTION = "Explain how lighthouses help ships"


def arguments(wire: Wire, **more: Any) -> tuple[str, dict[str, Any]]:
    """The name of the resource, and what its `create` is given."""
    asked = {"model": "sandbox-small", "messages": [{"role": "user", "content": QUESTION}], "max_tokens": 300, **more}
    return ("chat.completions" if wire.package == "openai" else "messages"), asked


def create(wire: Wire, client: Any, **more: Any) -> Any:
    path, asked = arguments(wire, **more)
    for name in path.split("."):
        client = getattr(client, name)
    return client.create(**asked)


@pytest.fixture(autouse=True)
def own_log(fresh_log: None, tmp_path: Path) -> None:
    """A store of its own: how many calls were logged is part of what is tried."""
    del fresh_log
    ell2a.init(store=tmp_path / "log.db")


def only(calls: int = 1) -> Any:
    """The newest call of a log that has so many."""
    log = ell2a.current_log()
    assert log is not None
    rows = log.calls(CallFilter()).items
    assert len(rows) == calls
    return log.call(rows[0].id)


def words(call: Any) -> str:
    return "".join(b["text"] for m in call.response_messages for b in m["content"] if b["type"] == "text")


@pytest.fixture
def client(wire: Wire) -> Iterator[Any]:
    with ell2a.trace(wire.client(max_retries=1)) as traced:
        yield traced


def test_a_whole_answer(wire: Wire, client: Any) -> None:
    """The user has the SDK's object; the log has the request that was sent and the words that came."""
    answer = create(wire, client)
    said = answer.choices[0].message.content if wire.package == "openai" else answer.content[0].text
    call = only()
    assert type(answer).__module__.startswith(wire.package)
    assert isinstance(client, type(wire.client()))
    assert (call.summary.status, call.summary.wire, words(call)) == ("ok", wire.name, said)
    assert call.request == wire.sent
    assert call.metadata["attempts"][0]["request_id"].startswith("req_sandbox")


def test_a_stream(wire: Wire, client: Any) -> None:
    """Read to its end a stream is whole in the log, with a chunk for each event."""
    events = list(create(wire, client, stream=True))
    call = only()
    assert call.summary.status == "ok"
    assert "lighthouses" in words(call)
    assert len(call.chunks) >= len(events) > 3
    assert call.metadata["timing"]["first_token_ms"] is not None


@pytest.mark.parametrize("how", ["closed", "dropped"])
def test_a_stream_that_is_left(wire: Wire, client: Any, how: str) -> None:
    """Closed, or dropped and collected: what came is logged as partial."""
    stream = create(wire, client, model="sandbox-large", stream=True, max_tokens=3000)
    for _ in zip(range(3), stream, strict=False):
        pass
    if how == "closed":
        stream.close()
    else:
        del stream, _
        gc.collect()
    assert only().summary.status == "partial"


async def test_awaited(wire: Wire) -> None:
    """The async client, whole and streamed."""
    async with ell2a.trace(wire.client(asynchronous=True)) as client:
        await create(wire, client)
        assert only().summary.status == "ok"
        async for _ in await create(wire, client, stream=True):
            pass
        assert "lighthouses" in words(only(2))


def test_an_error(wire: Wire, client: Any) -> None:
    """The user gets the SDK's exception; the log has each attempt and the error's class."""
    with pytest.raises(wire.sdk.InternalServerError):
        create(wire, client, model="sandbox-down")
    call = only()
    assert (call.summary.status, call.error["class"]) == ("error", "ServerError")
    assert {one["status"] for one in call.metadata["attempts"]} == {500}
