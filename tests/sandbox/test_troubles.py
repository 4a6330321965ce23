"""Errors on purpose, and errors of the caller: each in its wire's shape, as the real SDKs raise them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from ell2a.sandbox import MODELS, Sandbox

HELLO = [{"role": "user", "content": "Is the harbour open?"}]


def by_openai(client: openai.OpenAI, model: str = "sandbox-small", **params: Any) -> Any:
    return client.chat.completions.create(**{"model": model, "messages": HELLO, **params})


def by_anthropic(client: anthropic.Anthropic, model: str = "sandbox-small", **params: Any) -> Any:
    return client.messages.create(**{"model": model, "max_tokens": 300, "messages": HELLO, **params})


@pytest.mark.parametrize(
    ("model", "raised", "status", "code"),
    [
        ("sandbox-limited", openai.RateLimitError, 429, "rate_limit_exceeded"),
        ("sandbox-overloaded", openai.InternalServerError, 503, "server_overloaded"),
        ("sandbox-down", openai.InternalServerError, 500, None),
        ("sandbox-forbidden", openai.PermissionDeniedError, 403, "model_not_available"),
        ("sandbox-filtered", openai.BadRequestError, 400, "content_filter"),
        ("no-such-model", openai.NotFoundError, 404, "model_not_found"),
    ],
)
def test_openai_errors(
    openai_client: openai.OpenAI, model: str, raised: type[openai.APIStatusError], status: int, code: str | None
) -> None:
    """Each trouble is the SDK's own exception, with status, code and request id."""
    with pytest.raises(raised) as caught:
        by_openai(openai_client, model)
    assert (caught.value.status_code, caught.value.code) == (status, code)
    assert caught.value.request_id is not None
    assert caught.value.request_id.startswith("req_sandbox")


@pytest.mark.parametrize(
    ("model", "raised", "status", "kind"),
    [
        ("sandbox-limited", anthropic.RateLimitError, 429, "rate_limit_error"),
        ("sandbox-overloaded", anthropic.OverloadedError, 529, "overloaded_error"),
        ("sandbox-down", anthropic.InternalServerError, 500, "api_error"),
        ("sandbox-forbidden", anthropic.PermissionDeniedError, 403, "permission_error"),
        ("no-such-model", anthropic.NotFoundError, 404, "not_found_error"),
    ],
)
def test_anthropic_errors(
    anthropic_client: anthropic.Anthropic, model: str, raised: type[anthropic.APIStatusError], status: int, kind: str
) -> None:
    """Each trouble is the SDK's own exception, with status, type and request id, in the body too."""
    with pytest.raises(raised) as caught:
        by_anthropic(anthropic_client, model)
    body: Any = caught.value.body
    assert (caught.value.status_code, body["error"]["type"]) == (status, kind)
    assert caught.value.request_id == body["request_id"]


def test_retry_after(openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic) -> None:
    """A rate limit says how long to wait, and that trying again at once is no use."""
    asked: list[tuple[type[openai.RateLimitError | anthropic.RateLimitError], Callable[[], Any]]] = [
        (openai.RateLimitError, lambda: by_openai(openai_client, "sandbox-limited")),
        (anthropic.RateLimitError, lambda: by_anthropic(anthropic_client, "sandbox-limited")),
    ]
    for raised, ask in asked:
        began = time.perf_counter()
        with pytest.raises(raised) as caught:
            ask()
        refused: Any = caught.value
        assert refused.response.headers["retry-after"] == "20"
        assert time.perf_counter() - began < 2


def test_flaky_answers_the_second_try(server: Sandbox, openai_client: openai.OpenAI) -> None:
    """The SDK waits as `retry-after` says, tries again, and is answered."""
    began = time.perf_counter()
    assert by_openai(openai_client, "sandbox-flaky").choices[0].message.content
    assert time.perf_counter() - began >= 1
    assert [r.headers["x-stainless-retry-count"] for r in server.requests[-2:]] == ["0", "1"]


def test_the_wrong_key(server: Sandbox) -> None:
    """The key `wrong` is not accepted on either wire, and no key is ever remembered."""
    with (
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="wrong") as client,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        by_openai(client)
    assert caught.value.code == "invalid_api_key"
    with (
        anthropic.Anthropic(base_url=server.url, api_key="wrong") as other,
        pytest.raises(anthropic.AuthenticationError),
    ):
        by_anthropic(other)
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="sk-planted-canary") as client:
        by_openai(client)
    assert "planted" not in repr(server.requests)


def test_a_request_that_is_too_long(openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic) -> None:
    """A narrow model refuses what has no room in it, in words that say so."""
    long = [{"role": "user", "content": "harbour " * 600}]
    with pytest.raises(openai.BadRequestError) as caught:
        by_openai(openai_client, "sandbox-narrow", messages=long)
    assert caught.value.code == "context_length_exceeded"
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        by_anthropic(anthropic_client, "sandbox-narrow", messages=long)


def test_streams_that_break(openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic) -> None:
    """A connection that breaks, and an error in the stream, come after the first pieces."""
    stream = iter(by_openai(openai_client, "sandbox-broken-stream", stream=True))
    assert len([next(stream) for _ in range(4)]) == 4
    with pytest.raises(openai.APIConnectionError):
        list(stream)
    with pytest.raises(openai.APIError, match="Overloaded"):
        list(by_openai(openai_client, "sandbox-error-stream", stream=True))
    with pytest.raises(anthropic.APIStatusError) as caught:
        list(by_anthropic(anthropic_client, "sandbox-error-stream", stream=True))
    body: Any = caught.value.body
    assert body["error"]["type"] == "overloaded_error"


def test_slow_and_silent_models_run_into_timeouts(openai_client: openai.OpenAI) -> None:
    """A timeout of the caller's is met, and the sandbox goes on serving."""
    patient = openai_client.with_options(max_retries=0, timeout=0.3)
    for model in ("sandbox-slow", "sandbox-silent"):
        with pytest.raises(openai.APITimeoutError):
            by_openai(patient, model)
    assert by_openai(openai_client).choices


def test_another_models_manners_by_header(openai_client: openai.OpenAI) -> None:
    """`x-sandbox-as` lends a request another model's trouble; `x-sandbox-wait` makes it slow."""
    with pytest.raises(openai.PermissionDeniedError):
        by_openai(openai_client, extra_headers={"x-sandbox-as": "sandbox-forbidden"})
    began = time.perf_counter()
    by_openai(openai_client, extra_headers={"x-sandbox-wait": "0.3"})
    assert time.perf_counter() - began >= 0.3


def test_an_answer_that_is_no_json(http: httpx2.Client) -> None:
    """`sandbox-garbled` answers with a page of HTML and status 200."""
    answer = http.post("/v1/chat/completions", json={"model": "sandbox-garbled", "messages": HELLO})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")


CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "Hello"}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [*HELLO, {"role": "tool", "tool_call_id": "c", "content": "x"}]}, "messages[1].tool_call_id"),
        ({"messages": [*HELLO, {"role": "assistant", "tool_calls": [CALL]}]}, "messages"),
        ({"messages": [*HELLO, {"role": "assistant", "tool_calls": [CALL]}, *HELLO]}, "messages[2]"),
        ({"temprature": 1}, "temprature"),
        ({"temperature": 3}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"max_completion_tokens": 0}, "max_completion_tokens"),
        ({"n": 0}, "n"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"logprobs": True}, "logprobs"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [{"type": "function", "function": {"name": "no blanks"}}]}, "tools[0].function.name"),
        ({"response_format": {"type": "json_object"}}, "messages"),
    ],
)
def test_openai_requests_are_checked(http: httpx2.Client, change: dict[str, Any], param: str) -> None:
    """A request with a fault is answered 400 in OpenAI's shape, and names the param."""
    body = {"model": "sandbox-small", "messages": HELLO, **change}
    answer = http.post("/v1/chat/completions", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


USE = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_tokens": None}, "max_tokens: expected an integer, got null"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [RESULT]}]}, "without a `tool_use`"),
        ({"messages": [*HELLO, {"role": "assistant", "content": [USE]}, *HELLO]}, "without a `tool_result`"),
        ({"temprature": 1}, "temprature: Extra inputs are not permitted"),
        ({"temperature": 1.5}, "temperature: 1.5 is above the most, 1"),
        ({"thinking": {"type": "adaptive"}}, "does not support thinking"),
        ({"tool_choice": {"type": "any"}}, "tool_choice"),
        ({"tools": [{"name": "f", "input_schema": {"type": "string"}}]}, "tools.0.input_schema"),
        ({"output_config": {"effort": "high"}}, "output_config.effort"),
        ({"model": "sandbox-thinking", "temperature": 0.2}, "does not take `temperature`"),
    ],
)
def test_anthropic_requests_are_checked(http: httpx2.Client, change: dict[str, Any], message: str) -> None:
    """A request with a fault is answered 400 in Anthropic's shape, and its message names the path."""
    body = {"model": "sandbox-small", "max_tokens": 300, "messages": HELLO, **change}
    answer = http.post("/v1/messages", json=body, headers={"anthropic-version": "2023-06-01"})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert message in answer.json()["error"]["message"]


def test_a_missing_field_and_a_missing_header(http: httpx2.Client) -> None:
    """`max_tokens` and the header `anthropic-version` are required, as by the real service."""
    versioned = {"anthropic-version": "2023-06-01"}
    body = {"model": "sandbox-small", "messages": HELLO}
    answer = http.post("/v1/messages", json=body, headers=versioned)
    assert answer.json()["error"]["message"] == "max_tokens: Field required"
    answer = http.post("/v1/messages", json={**body, "max_tokens": 5})
    assert (answer.status_code, "anthropic-version" in answer.text) == (400, True)


def test_what_is_no_request(http: httpx2.Client) -> None:
    """No JSON, another address and another host get an error in a wire's shape, never a broken connection."""
    chat = "/v1/chat/completions"
    assert http.post(chat, content=b"{nonsense").status_code == 400
    assert http.post(chat, json=[1]).status_code == 400
    assert http.post("/v1/embeddings", json={}).status_code == 404
    assert http.get("/nowhere").status_code == 404
    assert http.post(chat, json={}, headers={"host": "evil.example"}).status_code == 403
    assert [m["id"] for m in http.get("/v1/models").json()["data"]] == [m.name for m in MODELS]
