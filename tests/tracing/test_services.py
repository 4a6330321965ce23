"""Traced clients of other services, and bodies that come in other ways: each call is logged once, under its service's name."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import openai
import pytest

import ell2a
from ell2a.log.views import CallFilter

ASK = [{"role": "user", "content": "Hello"}]
CHAT = {"id": "c1", "object": "chat.completion", "created": 1, "model": "gpt-4o"} | {
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}]
}
MESSAGE = {"id": "m1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5"} | {
    "content": [{"type": "text", "text": "Hi"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 1},
}


@pytest.fixture(autouse=True)
def fresh_log(tmp_path: Path) -> Iterator[None]:
    ell2a.init(store=tmp_path / "log.db")
    yield
    ell2a.init(store="off")


def only() -> Any:
    """The one call of the log."""
    log = ell2a.current_log()
    assert log is not None
    (row,) = log.calls(CallFilter()).items
    return log.call(row.id)


def said(call: Any) -> str:
    return "".join(b["text"] for m in call.response_messages for b in m["content"] if b["type"] == "text")


def through(answer: Callable[[httpx2.Request], httpx2.Response]) -> Any:
    """An HTTP client of the user's own."""
    return httpx2.Client(transport=httpx2.MockTransport(answer), follow_redirects=True)


def of_openai(answer: Callable[[httpx2.Request], httpx2.Response], url: str = "https://api.openai.com/v1") -> Any:
    return ell2a.trace(openai.OpenAI(api_key="any", base_url=url, max_retries=0, http_client=through(answer)))


def test_azure() -> None:
    """Azure's address holds the deployment: the call is azure's, with the model that was asked for."""
    paths: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path)
        return httpx2.Response(200, json=CHAT)

    client = ell2a.trace(
        openai.AzureOpenAI(
            api_key="any",
            api_version="2024-10-21",
            azure_endpoint="https://mine.openai.azure.com",
            http_client=through(answer),
        )
    )
    client.chat.completions.create(model="my-deployment", messages=ASK)  # type: ignore[arg-type]
    call = only()
    assert paths == ["/openai/deployments/my-deployment/chat/completions"]
    assert (call.summary.status, call.summary.model, said(call)) == ("ok", "my-deployment", "Hi")
    assert call.metadata["endpoint"] == "https://mine.openai.azure.com"


def test_vertex() -> None:
    """Vertex has the model in the address and a version in the body: the logged call is an ordinary one."""
    bodies: list[Any] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        bodies.append(json.loads(request.content))
        return httpx2.Response(200, json=MESSAGE)

    vertex = anthropic.AnthropicVertex(
        region="europe-west1", project_id="mine", access_token="any", http_client=through(answer)
    )
    ell2a.trace(vertex).messages.create(model="claude-sonnet-4-5@20250929", max_tokens=9, messages=ASK)  # type: ignore[arg-type]
    call = only()
    assert "anthropic_version" in bodies[0]
    assert "model" not in bodies[0]
    assert (call.summary.status, call.summary.model, said(call)) == ("ok", "claude-sonnet-4-5@20250929", "Hi")
    assert call.request == {"model": "claude-sonnet-4-5@20250929", "max_tokens": 9, "messages": ASK}


@pytest.mark.parametrize(("encoding", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
@pytest.mark.parametrize("later", [False, True])
def test_compressed(encoding: str, packed: Callable[[bytes], bytes], later: bool) -> None:
    """A compressed answer is logged as what it says, be it read at once or by hand."""
    body = packed(json.dumps(CHAT).encode())
    headers = {"content-encoding": encoding, "content-type": "application/json"}
    client = of_openai(lambda _: httpx2.Response(200, headers=headers, content=iter([body])))
    if later:
        with client.chat.completions.with_streaming_response.create(model="gpt-4o", messages=ASK) as answer:
            answer.read()
    else:
        client.chat.completions.create(model="gpt-4o", messages=ASK)
    assert (only().summary.status, said(only())) == ("ok", "Hi")


def test_redirects() -> None:
    """A redirect on the way is part of the one attempt: one call, with the answer that came in the end."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "api.openai.com":
            return httpx2.Response(307, headers={"location": "https://elsewhere.example/v1/chat/completions"})
        return httpx2.Response(200, json=CHAT)

    of_openai(answer).chat.completions.create(model="gpt-4o", messages=ASK)
    assert (only().summary.status, said(only())) == ("ok", "Hi")
    assert [attempt["status"] for attempt in only().metadata["attempts"]] == [200]


EVENTS = (
    b'data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n',
    b'data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    b'data: {"id":"c1","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n',
    b"data: [DONE]\n\n",
)


@pytest.mark.parametrize(("read", "status"), [(1, "partial"), (2, "partial"), (3, "partial"), (4, "ok")])
def test_a_stream_is_whole_when_nothing_more_was_to_come(read: int, status: str) -> None:
    """Closed after its finish reason, but before its usage or `[DONE]`, a stream is not read to its end."""
    headers = {"content-type": "text/event-stream"}
    client = of_openai(lambda _: httpx2.Response(200, headers=headers, content=iter(EVENTS)))
    stream = client.chat.completions.create(model="gpt-4o", messages=ASK, stream=True)
    for number, _ in enumerate(stream, 1):
        if number == read:
            break
    stream.close()
    call = only()
    assert (call.summary.status, said(call)) == (status, "Hi")
    assert (call.metadata["usage"] is None) == (read < 3)


def test_background_responses() -> None:
    """An answer that is only queued is logged as it came, with its status; asking for it later is no call of a model."""
    queued = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "gpt-4o",
        "status": "queued",
        "output": [],
    }
    client = of_openai(lambda _: httpx2.Response(200, json=queued))
    client.responses.create(model="gpt-4o", input="Hello", background=True)
    client.responses.retrieve("resp_1")
    call = only()
    assert call.response_raw["status"] == "queued"
    assert call.metadata["response_id"] == "resp_1"
    assert call.api_params["background"] is True


def test_a_service_of_no_row() -> None:
    """It is named after its host: never taken for another."""
    client = of_openai(lambda _: httpx2.Response(200, json=CHAT), "https://llm.example.org/v1")
    client.chat.completions.create(model="gpt-4o", messages=ASK)
    assert (only().summary.provider, only().metadata["cost"]) == ("llm.example.org", None)
