"""Prompt functions: what `simple`, `complex`, `call` and their settings do, over the real SDKs and a transport of ours."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from pydantic import BaseModel

import ell2a
from ell2a import models
from ell2a.errors import CallError, MissingKey, NotAMessage, OutputNotParsed, StreamBroken, UnknownModel
from ell2a.log.views import CallFilter
from ell2a.messages import Message

Handler = Callable[[httpx2.Request], httpx2.Response]

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def chat(*texts: str, **message: Any) -> Handler:
    """A server that answers with these choices."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        del request
        choices = [
            {"index": i, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
            for i, text in enumerate(texts)
        ]
        body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06"}
        return httpx2.Response(200, json={**body, "choices": choices, "usage": USAGE})

    return answer


def streamed(*pieces: str, end: bool = True) -> Handler:
    """A server that streams these pieces."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert json.loads(request.content)["stream"] is True
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-2024-08-06"}
        events = [{**head, "choices": [{"index": 0, "delta": {"content": p}, "finish_reason": None}]} for p in pieces]
        if end:
            events.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            events.append({**head, "choices": [], "usage": USAGE})
        text = "".join(f"data: {json.dumps(e)}\n\n" for e in events) + ("data: [DONE]\n\n" if end else "")
        return httpx2.Response(200, content=text.encode(), headers={"content-type": "text/event-stream"})

    return answer


def client(handler: Handler, seen: list[dict[str, Any]] | None = None) -> openai.OpenAI:
    def noted(request: httpx2.Request) -> httpx2.Response:
        if seen is not None:
            seen.append(json.loads(request.content))
        return handler(request)

    http = openai.DefaultHttpxClient(transport=httpx2.MockTransport(noted))
    return openai.OpenAI(api_key="k", http_client=http, max_retries=0)


def async_client(handler: Handler) -> openai.AsyncOpenAI:
    async def noted(request: httpx2.Request) -> httpx2.Response:
        return handler(request)

    http = openai.DefaultAsyncHttpxClient(transport=httpx2.MockTransport(noted))
    return openai.AsyncOpenAI(api_key="k", http_client=http, max_retries=0)


def stream_of(handler: Handler) -> ell2a.Stream:
    """The stream of a call that this server answers; whoever asked is the only one to hold it."""
    stream = ell2a.call("openai/gpt-4o", "x", client=client(handler), stream=True)
    assert isinstance(stream, ell2a.Stream)
    return stream


def logged() -> list[Any]:
    log = ell2a.current_log()
    assert log is not None
    return list(log.calls(CallFilter()).items)


@pytest.fixture(autouse=True)
def fresh_log() -> Any:
    """Each test has a log of its own."""
    ell2a.init()
    yield
    ell2a.init(store="off")


class Person(BaseModel):
    name: str


def test_simple() -> None:
    """The docstring is the system message, the returned string the user's; the answer is a str."""
    seen: list[dict[str, Any]] = []

    @ell2a.simple("openai/gpt-4o", client=client(chat("Bonjour"), seen), temperature=0.5)
    def greet(name: str) -> str:
        """You greet in French."""
        return f"Greet {name}."

    told = greet("Ada")
    assert told == "Bonjour"
    assert seen[0]["messages"] == [
        {"role": "system", "content": "You greet in French."},
        {"role": "user", "content": "Greet Ada."},
    ]
    assert seen[0]["temperature"] == 0.5
    (row,) = logged()
    assert (row.id, row.status, row.provider, row.model) == (told.call_id, "ok", "openai", "gpt-4o")
    assert row.lmp is not None
    assert row.lmp.endswith("greet")
    assert greet.prompt("Ada")[1].text == "Greet Ada."
    assert isinstance(told, str)


def test_simple_several() -> None:
    """With n > 1 there is a list, each text with its own message."""

    @ell2a.simple(model="openai/gpt-4o", client=client(chat("a", "b")), n=2)
    def pick() -> str:
        return "Pick."

    told = pick()
    assert told == ["a", "b"]
    assert [t.message.text for t in told] == ["a", "b"]


def test_simple_wants_a_string() -> None:
    """A `simple` function that returns something else is told so."""

    @ell2a.simple("openai/gpt-4o", client=client(chat("a")))
    def wrong() -> Any:
        return [ell2a.user("x")]

    with pytest.raises(NotAMessage, match="`simple`"):
        wrong()


def test_complex_and_handles() -> None:
    """`complex` takes messages and gives one; a handle's params are defaults that the definition overrides."""
    seen: list[dict[str, Any]] = []
    handle = models.openai("gpt-4o", temperature=0.1, seed=3)

    @ell2a.complex(handle, client=client(chat("hi"), seen), seed=4)
    def talk() -> list[Message]:
        return [ell2a.system("s"), ell2a.user("u"), ell2a.assistant("a"), ell2a.user("v")]

    message = talk()
    assert (message.role, message.text) == ("assistant", "hi")
    assert message.call_id == logged()[0].id
    assert [m["role"] for m in seen[0]["messages"]] == ["system", "user", "assistant", "user"]
    assert (seen[0]["temperature"], seen[0]["seed"]) == (0.1, 4)
    assert str(handle) == "openai/gpt-4o"


async def test_async_functions() -> None:
    """An `async def` LMP is awaited, on an asynchronous client."""

    @ell2a.simple("openai/gpt-4o", client=async_client(chat("later")))
    async def slow() -> str:
        await asyncio.sleep(0)
        return "Well?"

    assert await slow() == "later"
    answer = await ell2a.acall("openai/gpt-4o", "Well?", client=async_client(chat("x")))
    assert answer.text == "x"
    assert len(logged()) == 2


async def test_async_streams() -> None:
    """An asynchronous stream gives deltas, then the message."""
    stream = await ell2a.acall("openai/gpt-4o", "x", client=async_client(streamed("a", "b")), stream=True)
    assert isinstance(stream, ell2a.AsyncStream)
    with pytest.raises(CallError, match="finish"):
        _ = stream.message
    assert [str(d) async for d in stream] == ["a", "b"]
    assert stream.message.text == "ab"
    assert logged()[0].status == "ok"


def test_streams() -> None:
    """A stream gives its deltas as they come, then message, metadata and call id."""
    stream = stream_of(streamed("Hel", "lo"))
    assert [d.text for d in stream] == ["Hel", "lo"]
    assert stream.message.text == "Hello"
    assert stream.metadata.usage is not None
    assert stream.metadata.usage.output_tokens == 2
    assert stream.metadata.timing.first_token_ms is not None
    assert logged()[0].id == stream.call_id


def test_streams_read_themselves() -> None:
    """Asking for the message reads the stream to its end."""
    assert stream_of(streamed("a", "b")).text == "ab"


def test_streams_left_early() -> None:
    """A stream that nobody reads to its end is logged as partial with what came."""
    for delta in stream_of(streamed("Hel", "lo")):
        assert delta.text == "Hel"
        break
    (row,) = logged()
    assert (row.status, row.answer) == ("partial", "Hel")


def test_truncated_streams() -> None:
    """A stream that ends before its end raises, with what came as `partial`."""
    with pytest.raises(StreamBroken, match="before its end") as caught:
        list(stream_of(streamed("Hel", end=False)))
    assert caught.value.partial.text == "Hel"
    assert logged()[0].status == "partial"


def test_structured_output() -> None:
    """`response_format` gives the object, and its text stays the text."""
    seen: list[dict[str, Any]] = []
    answer = ell2a.call("openai/gpt-4o", "Who?", client=client(chat('{"name": "Ada"}'), seen), response_format=Person)
    assert answer.parsed == Person(name="Ada")
    assert answer.text == '{"name": "Ada"}'
    assert seen[0]["response_format"]["json_schema"]["name"] == "Person"


def test_structured_output_that_does_not_fit() -> None:
    """An answer that does not fit raises where its structure is asked for, and keeps its words."""
    answer = ell2a.call("openai/gpt-4o", "Who?", client=client(chat('{"nam": 1}')), response_format=Person)
    assert answer.text == '{"nam": 1}'
    with pytest.raises(OutputNotParsed, match="name"):
        _ = answer.parsed


def test_errors_are_logged() -> None:
    """A refused call raises our error with the provider's body, and stands in the log."""

    def refuse(request: httpx2.Request) -> httpx2.Response:
        del request
        body = {"error": {"message": "slow down", "type": "rate_limit_error", "param": None, "code": None}}
        return httpx2.Response(429, json=body, headers={"retry-after": "7", "x-request-id": "req_1"})

    with pytest.raises(ell2a.errors.RateLimited, match="slow down") as caught:
        ell2a.call("openai/gpt-4o", "x", client=client(refuse))
    error = caught.value
    assert (error.status, error.retry_after, error.request_id, error.provider) == (429, 7, "req_1", "openai")
    assert isinstance(error.__cause__, openai.RateLimitError)
    (row,) = logged()
    assert (row.id, row.status, row.error_class, row.error_status) == (error.call_id, "error", "RateLimited", 429)


def test_a_missing_key_is_an_error_of_the_call() -> None:
    """Without a key the definition stands; the call names the variable, and is logged."""

    @ell2a.simple("openai/gpt-4o")
    def ask() -> str:
        return "x"

    with pytest.raises(MissingKey, match="OPENAI_API_KEY"):
        ask()
    assert logged()[0].error_class == "MissingKey"


def test_all_faults_at_once() -> None:
    """A bad format, a bad choice among agents and a bad param are told together."""
    with pytest.raises(ell2a.errors.InvalidParams) as caught:
        ell2a.complex("openai/gpt-4o", response_format=3, agent_choice="nobody", tempature=1)(lambda: "x")
    assert [f.path for f in caught.value.faults] == ["agent_choice", "response_format", "tempature"]


def test_unknown_models() -> None:
    """A model that nobody knows is refused where it is defined, with how to name one."""
    with pytest.raises(UnknownModel, match="register_model"):
        ell2a.simple("no-such-model-at-all")(lambda: "x")


def test_client_per_call_and_using() -> None:
    """A client may be given with a call; `using` gives the function other settings, checked anew."""
    seen: list[dict[str, Any]] = []

    @ell2a.simple("openai/gpt-4o", temperature=0.5)
    def ask() -> str:
        return "x"

    assert ask(client=client(chat("one"))) == "one"
    other = ask.using(model="openai/gpt-4o-mini", client=client(chat("two"), seen), temperature=0.9)
    assert other() == "two"
    assert (seen[0]["model"], seen[0]["temperature"]) == ("gpt-4o-mini", 0.9)
    with pytest.raises(ell2a.errors.InvalidParams, match="tempratur"):
        ask.using(tempratur=1)


def test_agent_loop() -> None:
    """Six lines are a loop over agents, the same on both wires."""

    @ell2a.agent()
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    def openai_server(request: httpx2.Request) -> httpx2.Response:
        last = json.loads(request.content)["messages"][-1]
        if last["role"] == "tool":
            return chat(f"It is {last['content']}.")(request)
        call = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 2, "b": 3}'}}
        return chat("", tool_calls=[call])(request)

    def anthropic_server(request: httpx2.Request) -> httpx2.Response:
        last = json.loads(request.content)["messages"][-1]["content"]
        content: list[dict[str, Any]] = [
            {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"a": 2, "b": 3}}
        ]
        if isinstance(last, list) and last[0]["type"] == "tool_result":
            result = last[0]["content"]
            text = result if isinstance(result, str) else result[0]["text"]
            content = [{"type": "text", "text": f"It is {text}."}]
        body = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5", "content": content}
        usage = {"input_tokens": 1, "output_tokens": 1}
        return httpx2.Response(200, json={**body, "stop_reason": "end_turn", "stop_sequence": None, "usage": usage})

    http = anthropic.DefaultHttpxClient(transport=httpx2.MockTransport(anthropic_server))
    clients = {
        "openai/gpt-4o": client(openai_server),
        "anthropic/claude-haiku-4-5": anthropic.Anthropic(api_key="k", http_client=http),
    }
    for model, made in clients.items():
        history = [ell2a.user("What is 2 + 3?")]
        answer = ell2a.call(model, history, agents=[add], client=made)
        while answer.agent_calls:
            history += [answer.message, answer.message.call_agents()]
            answer = ell2a.call(model, history, agents=[add], client=made)
        assert answer.text == "It is 5."
    assert len(logged()) == 4


def test_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    """`verbose` prints the call; the answer is streamed behind unless `stream=False` or `verbose_stream=False`."""
    ell2a.init(verbose=True)
    answer = ell2a.call("openai/gpt-4o", "Say it.", client=client(streamed("Hel", "lo")))
    assert answer.text == "Hello"
    printed = capsys.readouterr().err
    assert "user: Say it." in printed
    assert "assistant: Hello" in printed
    assert ell2a.call("openai/gpt-4o", "x", client=client(chat("whole")), stream=False).text == "whole"
    ell2a.init(verbose=True, verbose_stream=False)
    assert ell2a.call("openai/gpt-4o", "x", client=client(chat("whole too"))).text == "whole too"
    assert "assistant: whole too" in capsys.readouterr().err


def test_store_off(tmp_path: Any) -> None:
    """With the store off nothing is written, and calls go on."""
    ell2a.init(store="off")
    assert ell2a.call("openai/gpt-4o", "x", client=client(chat("y"))).text == "y"
    assert ell2a.current_log() is None
    assert not (tmp_path / "log.db").exists()


def test_a_store_that_cannot_be_opened(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken default store gives one warning and the call goes on; given to `init`, it raises at once."""
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database, however long it may be" * 50)
    with pytest.raises(ell2a.errors.StoreCorrupt, match=r"broken\.db"):
        ell2a.init(store=broken)
    monkeypatch.setenv("ELL2A_STORE", str(broken))
    ell2a.init()
    with pytest.warns(UserWarning, match="could not be logged"):
        assert ell2a.call("openai/gpt-4o", "x", client=client(chat("y"))).text == "y"
    assert ell2a.call("openai/gpt-4o", "x", client=client(chat("y"))).text == "y"
    assert broken.read_bytes().startswith(b"this is no database")


def test_images_go_out() -> None:
    """A picture in a message reaches the wire."""
    import PIL.Image

    seen: list[dict[str, Any]] = []
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (2, 2)).save(buffer, format="PNG")
    ell2a.call("openai/gpt-4o", ell2a.user(["What?", buffer.getvalue()]), client=client(chat("a dot"), seen))
    part = seen[0]["messages"][0]["content"][1]
    assert part["image_url"]["url"].startswith("data:image/png;base64,")
