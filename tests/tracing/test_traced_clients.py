"""A traced client behaves as the SDK's own, whatever is done with it, and each call of it is logged once."""

from __future__ import annotations

import asyncio
import copy
import gc
import gzip
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from pydantic import BaseModel

import ell2a
from ell2a.errors import NotTraceable
from ell2a.log.views import CallFilter
from ell2a.sandbox import Sandbox

ASK = [{"role": "user", "content": "Tell me of the harbour"}]
CHAT: dict[str, Any] = {"model": "sandbox-small", "messages": ASK}
MESSAGE: dict[str, Any] = {"model": "sandbox-small", "messages": ASK, "max_tokens": 300}
RESPONSE: dict[str, Any] = {"model": "sandbox-small", "input": "Tell me of the harbour"}


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_log(tmp_path: Path) -> Iterator[None]:
    ell2a.init(store=tmp_path / "log.db")
    yield
    ell2a.init(store="off")


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[openai.OpenAI]:
    with ell2a.trace(openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1")) as traced:
        yield traced


@pytest.fixture
def claude(sandbox: Sandbox) -> Iterator[anthropic.Anthropic]:
    with ell2a.trace(anthropic.Anthropic(api_key="any", base_url=sandbox.url)) as traced:
        yield traced


def logged() -> list[Any]:
    """All calls of the log, oldest first."""
    log = ell2a.current_log()
    assert log is not None
    return [log.call(row.id) for row in reversed(log.calls(CallFilter(), limit=200).items)]


def only() -> Any:
    """The one call of the log."""
    (call,) = logged()
    return call


def answer_of(call: Any) -> str:
    return "".join(b["text"] for m in call.response_messages for b in m["content"] if b["type"] == "text")


# --- what the user has in hand ---


def test_it_is_the_sdks_own(sandbox: Sandbox) -> None:
    """`isinstance` holds, the name is the same, and the user's client is not changed."""
    given = openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1")
    given.chat.completions.create(**CHAT)
    before = dict(vars(given))
    traced = ell2a.trace(given)
    assert isinstance(traced, openai.OpenAI)
    assert type(traced).__name__ == "OpenAI"
    assert vars(given) == before
    assert type(given) is openai.OpenAI
    given.chat.completions.create(**CHAT)
    assert logged() == []
    traced.chat.completions.create(**CHAT)
    assert only().summary.status == "ok"


def test_twice_is_once(client: openai.OpenAI) -> None:
    """Tracing a traced client gives it back."""
    assert ell2a.trace(client) is client


@pytest.mark.parametrize("other", [None, "openai", openai, openai.OpenAI, httpx2.Client()])
def test_only_clients_are_traced(other: Any) -> None:
    """Anything else is refused by name, with what can be traced."""
    with pytest.raises(NotTraceable, match="cannot be traced: give a client of one of these SDKs: openai, anthropic"):
        ell2a.trace(other)


def test_the_users_client_may_go(sandbox: Sandbox) -> None:
    """The traced client holds the HTTP client open when the user's own is dropped, and the other way about."""
    traced = ell2a.trace(openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1"))
    gc.collect()
    assert traced.chat.completions.create(**CHAT).choices
    given = openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1")
    ell2a.trace(given).chat.completions.create(**CHAT)
    gc.collect()
    assert given.chat.completions.create(**CHAT).choices


def test_closing(sandbox: Sandbox) -> None:
    """Closing the traced client closes the one HTTP client that both have."""
    given = openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1")
    with ell2a.trace(given) as traced:
        assert not traced.is_closed()
    assert traced.is_closed()
    assert given.is_closed()


def test_copying(client: openai.OpenAI) -> None:
    """A shallow copy works as the SDK's does; what cannot be pickled or deeply copied cannot be here either."""
    assert copy.copy(client).chat.completions.create(**CHAT).choices
    assert only().summary.status == "ok"
    for refused in (pickle.dumps, copy.deepcopy):
        with pytest.raises((TypeError, pickle.PicklingError)):
            refused(client)


@pytest.mark.parametrize("make", ["with_options", "copy"])
def test_derived_clients(client: openai.OpenAI, make: str) -> None:
    """What `with_options` and `copy` give is traced too."""
    derived = getattr(client, make)(timeout=5, max_retries=0)
    assert isinstance(derived, openai.OpenAI)
    assert derived.max_retries == 0
    derived.chat.completions.create(**CHAT)
    assert only().summary.status == "ok"


def test_another_http_client_in_a_copy(client: openai.OpenAI, sandbox: Sandbox) -> None:
    """A copy with an HTTP client of its own is traced through that one."""
    seen: list[str] = []
    with httpx2.Client(event_hooks={"request": [lambda request: seen.append(request.url.path)]}) as own:
        client.with_options(http_client=own).chat.completions.create(**CHAT)
    assert seen == ["/v1/chat/completions"]
    assert only().summary.status == "ok"


def test_the_users_http_client_is_used(sandbox: Sandbox) -> None:
    """Hooks, headers and a `send` of the user's own HTTP client all have their part."""
    seen: list[Any] = []

    class Own(httpx2.Client):
        def send(self, request: Any, **options: Any) -> Any:
            seen.append("send")
            return super().send(request, **options)

    hooks = {"request": [lambda r: seen.append(r.headers["x-own"])], "response": [lambda r: seen.append(r.status_code)]}
    with Own(headers={"x-own": "here"}, event_hooks=hooks) as own:
        traced = ell2a.trace(openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1", http_client=own))
        assert isinstance(traced._client, Own)
        traced.chat.completions.create(**CHAT)
    assert seen == ["send", "here", 200]
    assert only().summary.status == "ok"


def test_a_subclass_of_the_users(sandbox: Sandbox) -> None:
    """A subclass with a constructor and attributes of its own is traced as it is."""

    class Own(openai.OpenAI):
        def __init__(self, url: str) -> None:
            super().__init__(api_key="any", base_url=url)
            self.asked = 0

        def ask(self) -> str:
            self.asked += 1
            return str(self.chat.completions.create(**CHAT).choices[0].message.content)

    traced = ell2a.trace(Own(f"{sandbox.url}/v1"))
    assert isinstance(traced, Own)
    assert traced.ask() == answer_of(only())
    assert traced.asked == 1


def test_anthropics_middleware(sandbox: Sandbox) -> None:
    """Middleware that the user's client has stays in the way of its traced calls."""
    seen: list[str] = []

    def middleware(request: Any, call_next: Any) -> Any:
        seen.append("asked")
        return call_next(request)

    traced = ell2a.trace(anthropic.Anthropic(api_key="any", base_url=sandbox.url, middleware=[middleware]))
    traced.messages.create(**MESSAGE)
    assert seen == ["asked"]
    assert only().summary.status == "ok"


def test_other_endpoints_pass(client: openai.OpenAI) -> None:
    """What calls no model is neither logged nor hindered."""
    assert [model.id for model in client.models.list()]
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="sandbox-small", input="x")
    assert logged() == []


# --- every way of making a call ---


def chat_ways() -> dict[str, Any]:
    def raw(client: Any) -> str:
        answer = client.chat.completions.with_raw_response.create(**CHAT)
        assert answer.headers["x-request-id"]
        return str(answer.parse().choices[0].message.content)

    def raw_stream(client: Any) -> str:
        return _joined(client.chat.completions.with_raw_response.create(**CHAT, stream=True).parse())

    def streaming(client: Any) -> str:
        with client.chat.completions.with_streaming_response.create(**CHAT) as answer:
            return str(answer.parse().choices[0].message.content)

    def streaming_lines(client: Any) -> str:
        with client.chat.completions.with_streaming_response.create(**CHAT, stream=True) as answer:
            return "" if [*answer.iter_lines()] else "nothing came"

    def helper(client: Any) -> str:
        with client.chat.completions.stream(**CHAT) as stream:
            stream.until_done()
            return str(stream.get_final_completion().choices[0].message.content)

    def plain(client: Any) -> str:
        answer = client.chat.completions.create(**CHAT)
        assert answer._request_id.startswith("req_")
        return str(answer.choices[0].message.content)

    def post(client: Any) -> str:
        return str(client.post("/chat/completions", cast_to=object, body=CHAT)["choices"][0]["message"]["content"])

    return {
        "create": plain,
        "stream": lambda client: _joined(client.chat.completions.create(**CHAT, stream=True)),
        "raw": raw,
        "raw stream": raw_stream,
        "streaming": streaming,
        "streaming lines": streaming_lines,
        "helper": helper,
        "post": post,
    }


def _joined(stream: Any) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


@pytest.mark.parametrize("way", chat_ways())
def test_ways_of_a_chat_completion(client: openai.OpenAI, way: str) -> None:
    """Each way of the SDK's gives what it always gives; the log has the same answer, whole, and the place of the call."""
    said = chat_ways()[way](client)
    call = only()
    assert call.summary.status == "ok"
    assert call.summary.wire == "openai-chat"
    assert answer_of(call)
    assert said in {answer_of(call), ""}
    assert call.place.split(":")[0].endswith("test_traced_clients.py")
    assert call.request["messages"] == ASK
    assert call.metadata["sdk"] == {"name": "openai", "version": openai.__version__}
    assert [a["status"] for a in call.metadata["attempts"]] == [200]
    assert call.metadata["attempts"][0]["request_id"].startswith("req_")
    assert bool(call.chunks) == call.summary.stream


def test_parsed_completions(client: openai.OpenAI) -> None:
    """`.parse` gives the user's class, and the call is logged with its format."""
    answer = client.chat.completions.parse(**CHAT, response_format=Person)
    assert isinstance(answer.choices[0].message.parsed, Person)
    assert only().response_format["kind"] == "json_schema"


def test_what_the_sdk_cannot_parse(client: openai.OpenAI) -> None:
    """An answer that came, and that the SDK then raises for, is logged as the answer it is, with the exception named."""
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(**CHAT, response_format=Person, max_completion_tokens=1)
    call = only()
    assert call.summary.status == "ok"
    assert call.metadata["other"]["sdk_error"].startswith("LengthFinishReasonError")


def test_responses(client: openai.OpenAI) -> None:
    """Responses are logged on their own wire: whole, streamed, by the helper, and read into a class."""
    whole = client.responses.create(**RESPONSE)
    for _ in client.responses.create(**RESPONSE, stream=True):
        pass
    with client.responses.stream(**RESPONSE) as stream:
        stream.until_done()
        final = stream.get_final_response()
    parsed = client.responses.parse(**RESPONSE, text_format=Person)
    assert isinstance(parsed.output_parsed, Person)
    calls = logged()
    assert [(c.summary.status, c.summary.wire, c.summary.stream) for c in calls] == [
        ("ok", "openai-responses", streamed) for streamed in (False, True, True, False)
    ]
    assert [answer_of(c) for c in calls[:1]] == [whole.output_text]
    assert answer_of(calls[2]) == final.output_text


def test_messages(claude: anthropic.Anthropic) -> None:
    """Messages are logged whole, streamed, by the helper, and through `beta`."""
    whole = claude.messages.create(**MESSAGE)
    for _ in claude.messages.create(**MESSAGE, stream=True):
        pass
    with claude.messages.stream(**MESSAGE) as stream:
        text = stream.get_final_text()
    claude.beta.messages.create(**MESSAGE)
    with claude.messages.with_streaming_response.create(**MESSAGE) as raw:
        raw.parse()
    calls = logged()
    assert [(c.summary.status, c.summary.wire) for c in calls] == [("ok", "anthropic-messages")] * 5
    assert answer_of(calls[0]) == whole.content[0].text
    assert answer_of(calls[2]) == text
    assert {answer_of(c) for c in calls} == {text}


# --- streams that are not read to their end ---


def test_a_stream_left_by_break(client: openai.OpenAI) -> None:
    """What came until the user left is logged as `partial` when the stream is closed."""
    with client.chat.completions.create(**CHAT, stream=True) as stream:
        for chunk in stream:
            if chunk.choices[0].delta.content:
                break
    call = only()
    assert call.summary.status == "partial"
    assert answer_of(call)
    assert call.error is None


@pytest.mark.parametrize("begun", [False, True])
def test_a_stream_that_is_dropped(client: openai.OpenAI, claude: anthropic.Anthropic, begun: bool) -> None:
    """A stream whose last reference goes is logged as `partial`."""
    for stream in (client.chat.completions.create(**CHAT, stream=True), claude.messages.create(**MESSAGE, stream=True)):
        if begun:
            next(stream)
    del stream
    gc.collect()
    assert [call.summary.status for call in logged()] == ["partial", "partial"]


def test_pending_until_it_is_read(client: openai.OpenAI) -> None:
    """A stream is in the log as pending before its first piece is read, and as `ok` after its last."""
    stream = client.chat.completions.create(**CHAT, stream=True)
    assert only().summary.status == "pending"
    text = _joined(stream)
    assert (only().summary.status, answer_of(only())) == ("ok", text)


def test_a_broken_stream(client: openai.OpenAI) -> None:
    """The user gets the SDK's exception; the log has what came, and the error."""
    with pytest.raises((openai.APIError, httpx2.HTTPError)):
        _joined(client.chat.completions.create(model="sandbox-broken-stream", messages=ASK, stream=True))  # type: ignore[arg-type]
    call = only()
    assert call.summary.status == "partial"
    assert call.error is not None
    assert answer_of(call)


# --- errors, attempts ---


def test_attempts(client: openai.OpenAI) -> None:
    """A retry is one call with an attempt more: each has its status, its request id, and the wait before it."""
    client.chat.completions.create(model="sandbox-flaky", messages=ASK)  # type: ignore[arg-type]
    attempts = only().metadata["attempts"]
    assert [a["number"] for a in attempts] == list(range(1, len(attempts) + 1))
    assert len(attempts) > 1
    assert attempts[0]["status"] == 429
    assert attempts[-1]["status"] == 200
    assert attempts[0]["waited_ms"] is None
    assert attempts[1]["waited_ms"] > 900
    assert len({a["request_id"] for a in attempts}) == len(attempts)


@pytest.mark.parametrize("retries", [0, 1])
def test_errors(retries: int) -> None:
    """The exception is the SDK's own; one call is logged, with the class, the body, and an attempt for each try."""
    headers = {"content-type": "application/json", "x-request-id": "req_1", "retry-after-ms": "20"}
    traced = served(b'{"error": {"message": "we are sorry", "type": "server_error"}}', headers, status=500)
    with pytest.raises(openai.InternalServerError) as caught:
        traced.with_options(max_retries=retries).chat.completions.create(**CHAT)
    assert caught.value.request_id == "req_1"
    call = only()
    assert (call.summary.status, call.error["class"], call.error["status"]) == ("error", "ServerError", 500)
    assert call.error["body"] == {"error": {"message": "we are sorry", "type": "server_error"}}
    assert (call.error["request_id"], call.error["retry_after"]) == ("req_1", 0.02)
    assert [a["status"] for a in call.metadata["attempts"]] == [500] * (retries + 1)


def test_no_connection() -> None:
    """A server that is not there is the SDK's own exception, and a call with the attempts that failed."""
    traced = ell2a.trace(openai.OpenAI(api_key="any", base_url="http://127.0.0.1:9/v1", max_retries=1))
    with pytest.raises(openai.APIConnectionError):
        traced.chat.completions.create(**CHAT)
    call = only()
    assert call.error["class"] == "ConnectionFailed"
    assert [(a["status"], a["error"]) for a in call.metadata["attempts"]] == [(None, "ConnectError")] * 2


def test_nothing_leaves_nothing_is_logged(client: openai.OpenAI) -> None:
    """A call that the SDK refuses before it makes a request is none."""
    with pytest.raises(TypeError):
        client.chat.completions.create(messages=ASK)  # type: ignore[call-overload]
    assert logged() == []


# --- transports ---


def served(body: bytes, headers: dict[str, str], status: int = 200) -> Any:
    """A traced client whose answers are these bytes, in pieces of 20."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        pieces = (body[at : at + 20] for at in range(0, len(body), 20))
        return httpx2.Response(status, headers=headers, content=pieces)

    own = openai.DefaultHttpxClient(transport=httpx2.MockTransport(answer))
    return ell2a.trace(openai.OpenAI(api_key="any", base_url="https://api.openai.com/v1", http_client=own))


STREAM = (
    b'data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
    b'data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)


def test_compressed_streams() -> None:
    """The bytes of a compressed stream are decoded for the log; the user's are as the SDK gives them."""
    headers = {"content-type": "text/event-stream", "content-encoding": "gzip"}
    traced = served(gzip.compress(STREAM), headers)
    assert _joined(traced.chat.completions.create(**CHAT, stream=True)) == "Hello"
    call = only()
    assert (call.summary.status, answer_of(call), call.summary.provider) == ("ok", "Hello", "openai")
    assert len(call.chunks) == 3


def test_compressed_bodies_read_later() -> None:
    """So are those of a body that the user reads by hand."""
    body = b'{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}'
    traced = served(gzip.compress(body), {"content-type": "application/json", "content-encoding": "gzip"})
    with traced.chat.completions.with_streaming_response.create(**CHAT) as answer:
        assert answer.read() == body
    assert (only().summary.status, answer_of(only())) == ("ok", "Hi")


def test_a_body_that_is_no_json() -> None:
    """What the SDK makes of a page is the user's; the log has the page and says that it is no answer."""
    traced = served(b"<html>busy</html>", {"content-type": "text/html"})
    traced.chat.completions.create(**CHAT)
    call = only()
    assert (call.summary.status, call.error["class"], call.response_raw) == (
        "error",
        "UnreadableResponse",
        "<html>busy</html>",
    )


def test_a_strange_answer() -> None:
    """An answer of another shape is logged as it came, and the user has the SDK's object."""
    traced = served(b'{"weird": 1}', {"content-type": "application/json"})
    assert traced.chat.completions.create(**CHAT).choices is None
    assert only().response_raw == {"weird": 1}


# --- who else logs ---


def test_inside_a_call_of_ours(client: openai.OpenAI) -> None:
    """A traced client given to `ell2a.call` logs one call, not two; so does its stream."""
    ell2a.call("openai/sandbox-small", "Hello", client=client)
    stream: Any = ell2a.call("openai/sandbox-small", "Hello", client=client, stream=True)
    assert "".join(str(delta) for delta in stream) == stream.text
    assert [call.summary.status for call in logged()] == ["ok", "ok"]


def test_logging_off(sandbox: Sandbox) -> None:
    """With the log off a traced client does as its own class does; once it is on, the same client logs."""
    traced = ell2a.trace(openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1"))
    ell2a.init(store="off")
    assert traced.chat.completions.create(**CHAT).choices


# --- side by side ---


def test_threads(client: openai.OpenAI) -> None:
    """Calls of many threads on one client do not mix."""

    def ask(number: int) -> str:
        asked = [{"role": "user", "content": f"Tell me of pier {number}"}]
        return str(client.chat.completions.create(model="sandbox-small", messages=asked).choices[0].message.content)  # type: ignore[arg-type]

    with ThreadPoolExecutor(8) as pool:
        said = dict(enumerate(pool.map(ask, range(24))))
    found = {c.request["messages"][0]["content"]: answer_of(c) for c in logged()}
    assert found == {f"Tell me of pier {number}": text for number, text in said.items()}


async def test_tasks(sandbox: Sandbox) -> None:
    """So do not those of many tasks, streams among them; a cancelled one is logged as interrupted."""
    async with ell2a.trace(openai.AsyncOpenAI(api_key="any", base_url=f"{sandbox.url}/v1")) as traced:

        async def ask(number: int) -> str:
            asked: Any = [{"role": "user", "content": f"Tell me of pier {number}"}]
            if number % 2:
                answer = await traced.chat.completions.create(model="sandbox-small", messages=asked)
                return str(answer.choices[0].message.content)
            stream = await traced.chat.completions.create(model="sandbox-small", messages=asked, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

        said = await asyncio.gather(*(ask(number) for number in range(16)))
        found = {c.request["messages"][0]["content"]: answer_of(c) for c in logged()}
        assert found == {f"Tell me of pier {number}": text for number, text in enumerate(said)}
        waiting = asyncio.create_task(traced.chat.completions.create(model="sandbox-silent", messages=ASK))  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert logged()[-1].summary.status == "interrupted"


async def test_async_ways(sandbox: Sandbox) -> None:
    """The async client's helpers, raw and streamed answers, and a stream that is left, are logged alike."""
    async with ell2a.trace(anthropic.AsyncAnthropic(api_key="any", base_url=sandbox.url)) as traced:
        assert isinstance(traced, anthropic.AsyncAnthropic)
        await traced.messages.with_raw_response.create(**MESSAGE)
        async with traced.messages.with_streaming_response.create(**MESSAGE) as answer:
            await answer.parse()
        async with traced.messages.stream(**MESSAGE) as stream:
            await stream.get_final_message()
        async with await traced.messages.create(**MESSAGE, stream=True) as left:
            async for _ in left:
                break
        with pytest.raises(anthropic.NotFoundError):
            await traced.messages.create(**{**MESSAGE, "model": "nope"})
    assert [c.summary.status for c in logged()] == ["ok", "ok", "ok", "partial", "error"]


def test_a_traced_call_inside_a_hook(sandbox: Sandbox, client: openai.OpenAI) -> None:
    """A call that a hook of the user's makes while another is under way is a call of its own."""
    once = threading.Event()

    def hook(request: Any) -> None:
        if not once.is_set():
            once.set()
            client.models.list()
            client.chat.completions.create(model="sandbox-large", messages=ASK)  # type: ignore[arg-type]

    with httpx2.Client(event_hooks={"request": [hook]}) as own:
        traced = ell2a.trace(openai.OpenAI(api_key="any", base_url=f"{sandbox.url}/v1", http_client=own))
        traced.chat.completions.create(**CHAT)
    assert {c.summary.model: [a["status"] for a in c.metadata["attempts"]] for c in logged()} == {
        "sandbox-small": [200],
        "sandbox-large": [200],
    }
