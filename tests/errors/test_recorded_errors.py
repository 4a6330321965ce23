"""Every error that was ever recorded, through the real SDKs: its class is what somebody who read it says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from errors.conftest import Service, client_on, provider_on

from ell2a import errors
from ell2a.errors import CallError
from ell2a.messages import user

Row = dict[str, Any]

JUDGED: dict[str, dict[str, type[CallError]]] = {
    "openai-chat": {
        # Groq: the model did not call a tool, or called it with arguments that do not fit.
        "02045b8efc614d8d": errors.BadRequest,
        "69b197ac6ff3876c": errors.BadRequest,
        # Azure, with status 200: `content_filter`.
        "057bd9b4de409eea": errors.ContentFiltered,
        # Azure: `RateLimitReached`. OpenRouter: code 429, the service behind it limits.
        "0b8210892691a750": errors.RateLimited,
        "99f6dcfa4ee4d71e": errors.RateLimited,
        # OpenAI, Azure, Ollama's cloud and Perplexity: the key is wrong.
        "10db53553afca7b9": errors.AuthenticationFailed,
        "2e1131688152d577": errors.AuthenticationFailed,
        "78c56b15c4a8425a": errors.AuthenticationFailed,
        "e54ee9eca73282ee": errors.AuthenticationFailed,
        "fca5e279857dd411": errors.AuthenticationFailed,
        # OpenAI: no such model, or no longer. Azure: no such deployment.
        "1358fece3b38c8ad": errors.NotFound,
        "456442f1b457fe2d": errors.NotFound,
        "67a11e25cbf46d0b": errors.NotFound,
        "c78b7672d697c1d9": errors.NotFound,
        "da16e590efd5a653": errors.NotFound,
        "71bac110dc87102f": errors.NotFound,
        # OpenAI: an image that cannot be fetched or read, a role and an option that the model does not take.
        "3ee326a50e5fc410": errors.BadRequest,
        "8ccf5db002e47a7e": errors.BadRequest,
        "b113d84ec2c1d7c0": errors.BadRequest,
        "f4fe84521d499dff": errors.BadRequest,
        # Ollama's cloud: "prompt too long; exceeded max context length".
        "d8248b77952f9335": errors.ContextLengthExceeded,
    },
    "anthropic-messages": {
        "592a8803b5693c1d": errors.BadRequest,
        "a1f63649cea871c9": errors.BadRequest,
        "7fb22b98528a5ddf": errors.AuthenticationFailed,
        "9c787e533a5aa7c6": errors.AuthenticationFailed,
        "a64a2f1ceb39bdd4": errors.AuthenticationFailed,
        "c0b71915abc77a5d": errors.AuthenticationFailed,
    },
    "openai-responses": {
        # An agent's result is missing, an item of the history too, files of a kind that it does not take.
        "0c5800613a0cef73": errors.BadRequest,
        "f8276e548c2ae5bd": errors.BadRequest,
        "49dd60f48fedd909": errors.BadRequest,
        "6f27db26e6ee358d": errors.BadRequest,
        "d72ac4b57c50aba6": errors.BadRequest,
        "d8d4314bff5edb4d": errors.BadRequest,
        # `model_not_found`, with status 400.
        "3ab159385a676979": errors.NotFound,
        "eca78f1d75d027de": errors.NotFound,
        # xAI: "Incorrect API key provided", with status 400.
        "97b18eba67f78b57": errors.AuthenticationFailed,
        "e29b7ae7ab3e89b9": errors.ContextLengthExceeded,
    },
    # The other wires' services: their bodies come by a wire of ours where the service, or a gateway before it, speaks it.
    "bedrock-converse": {
        "3b7970318a0f10fc": errors.BadRequest,
        "ad8e680999f89114": errors.BadRequest,
        # "The security token ... is expired / invalid", with status 403: a key that is not accepted.
        "932cbc68845802c1": errors.AuthenticationFailed,
        "d3a051e8705c96cc": errors.AuthenticationFailed,
        # "The provided model identifier is invalid", with status 400.
        "95486b94e9468d92": errors.NotFound,
        # "Input Tokens Exceeded".
        "ee875a5103628200": errors.ContextLengthExceeded,
    },
    "cohere-chat": {
        "4c8744cea16d595e": errors.AuthenticationFailed,
        # "model 'command-r' was removed".
        "8996047e3e43a9c1": errors.NotFound,
        "a7a5bcfb174585a6": errors.NotFound,
    },
    "google-generate": {
        # A URL that robots.txt closes; a role that it does not know.
        "0ac6f65e973c8cd6": errors.BadRequest,
        "3ff1d6d65523f41d": errors.BadRequest,
        "5f7abf5a006fce62": errors.BadRequest,
        "e7f465dc3649df60": errors.BadRequest,
        "65a3dfa54b86f558": errors.NotFound,
        "7fd28f7da52483f2": errors.NotFound,
    },
    "mistral-chat": {"f949d9baba993636": errors.AuthenticationFailed},
    "ollama-chat": {"7b8b16f118e9d5c0": errors.NotFound},
}
"""Wire of the recording -> its id -> the class, judged by reading the body. Errors inside streams stand in BROKEN."""

BROKEN: dict[str, type[CallError]] = {
    # llama.cpp behind GPUStack: "failed to decode, try again".
    "0bc3d8a339fa75a5": errors.ServerError,
    # Groq: the agent's arguments do not fit its schema; it names the status 400 itself.
    "70e8ceed55b34849": errors.BadRequest,
}
"""Recorded streams of openai-chat with an error in them -> the class of what broke them."""

BY_WIRE = {
    "openai-chat": ("openai-chat", "openai-responses", "cohere-chat", "google-generate", "mistral-chat", "ollama-chat"),
    "openai-responses": ("openai-responses",),
    "anthropic-messages": ("anthropic-messages", "bedrock-converse"),
}
"""Wire -> the recordings whose bodies a service that speaks it would send."""

LIMIT: dict[str, dict[str, Any]] = {
    "openai-chat": {"max_tokens": 99},
    "openai-responses": {"max_output_tokens": 99},
    "anthropic-messages": {"max_tokens": 99},
}
"""Wire -> how it is asked for a short answer."""

SAME_STATUS = {"057bd9b4de409eea": 400}
"""The recording with status 200 -> the status that its body names."""


@pytest.fixture(scope="module")
def rows(recordings: Path) -> dict[str, dict[str, Row]]:
    """All recorded answers, by wire and id."""
    found: dict[str, dict[str, Row]] = {}
    for wire in JUDGED:
        with gzip.open(recordings / f"{wire}.jsonl.gz", "rt", encoding="utf-8") as lines:
            found[wire] = {row["id"]: row for row in map(json.loads, lines)}
    return found


def told_in(row: Row) -> bool:
    """Whether a recording is an error, or has one in it."""
    body = row["response"]
    if row["status"] >= 400:
        return True
    if row["response_kind"] == "json":
        return isinstance(body, dict) and bool(body.get("error")) and not body.get("choices")
    words = ('"error":{', '"error": {', "event: error", "event: response.failed")
    return row["response_kind"] == "sse" and any(word in body for word in words)


def test_every_recorded_error_is_judged(rows: dict[str, dict[str, Row]]) -> None:
    """The table names each recorded error once, and nothing else."""
    for wire, judged in JUDGED.items():
        expected = set(judged) | (set(BROKEN) if wire == "openai-chat" else set())
        assert {id for id, row in rows[wire].items() if told_in(row)} == expected, wire


def checked(caught: CallError, row: Row, kind: type[CallError], wire: str, host: str) -> None:
    """One error, held against its recording."""
    assert type(caught) is kind, (row["id"], type(caught), caught)
    assert caught.body == row["response"], row["id"]
    assert caught.status == SAME_STATUS.get(row["id"], row["status"]), row["id"]
    # The address is no known service's: it is shown as its host.
    assert (caught.provider, caught.model) == (host, "some-model"), row["id"]
    assert caught.request_id == (row["response"].get("request_id") or row["id"]), row["id"]
    if row["status"] >= 400:
        sdk = __import__(provider_on(wire).sdk.package)
        assert isinstance(caught.__cause__, sdk.APIStatusError), row["id"]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("wire", list(BY_WIRE))
async def test_recorded_errors(wire: str, rows: dict[str, dict[str, Row]], service: Service) -> None:
    """Each is the class that it was judged to be, sync and async, with its whole body, status and the SDK's exception."""
    provider, host = provider_on(wire), service.url.removeprefix("http://")
    with client_on(wire, service.url) as client:
        async with client_on(wire, service.url, asynchronous=True) as other:
            for theirs in BY_WIRE[wire]:
                for id, kind in JUDGED[theirs].items():
                    row = rows[theirs][id]
                    # A body that has a request id itself is told by it alone.
                    given = {} if "request_id" in row["response"] else {"x_request_id": id}
                    service.answers(row["status"], row["response"], content_type=row["content_type"], **given)
                    with pytest.raises(CallError) as caught:
                        provider.call_model(client, "some-model", [user("Hi")], **LIMIT[wire])
                    checked(caught.value, row, kind, wire, host)
                    with pytest.raises(CallError) as awaited:
                        await provider.acall_model(other, "some-model", [user("Hi")], **LIMIT[wire])
                    checked(awaited.value, row, kind, wire, host)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("wire", list(BY_WIRE))
def test_recorded_errors_by_the_replay_server(wire: str, rows: dict[str, dict[str, Row]], replay_server: str) -> None:
    """The recordings of the wire itself come the same from the server that replays them."""
    with client_on(wire, replay_server) as client:
        for id, kind in JUDGED[wire].items():
            with pytest.raises(kind) as caught:
                provider_on(wire).call_model(
                    client, "some-model", [user("Hi")], extra_headers={"x-recording-id": id}, **LIMIT[wire]
                )
            assert type(caught.value) is kind
            assert caught.value.body == rows[wire][id]["response"]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("id", "kind"), BROKEN.items())
async def test_recorded_broken_streams(id: str, kind: type[CallError], replay_server: str) -> None:
    """A recorded stream with an error in it is StreamBroken with what came, and says what broke it; sync and async."""
    provider = provider_on("openai-chat")
    asked: Any = {"max_tokens": 9, "stream": True, "extra_headers": {"x-recording-id": id}}
    caught = []
    with client_on("openai-chat", replay_server) as client:
        stream: Any = provider.call_model(client, "some-model", [user("Hi")], **asked)
        with pytest.raises(errors.StreamBroken) as broken:
            list(stream)
        caught.append(broken.value)
    async with client_on("openai-chat", replay_server, asynchronous=True) as client:
        later: Any = await provider.acall_model(client, "some-model", [user("Hi")], **asked)
        with pytest.raises(errors.StreamBroken) as awaited:
            await later.finish()
        caught.append(awaited.value)
    for error in caught:
        assert type(error.__cause__) is kind
        assert error.kind == kind.__name__
        assert error.status == (400 if kind is errors.BadRequest else 200)
        assert error.partial.message.content
        assert error.body["error"]["message"] in str(error)
