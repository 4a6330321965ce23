"""Services that the SDKs have clients of their own for: Azure, Bedrock and Vertex, by rows, over HTTP on this machine."""

from __future__ import annotations

import base64
import json
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

import anthropic
import httpx2
import openai
import pytest

from ell2a.errors import CallError, MissingKey, StreamBroken
from ell2a.messages import Message, TextBlock
from ell2a.providers import get, provider_for_client, registry
from ell2a.providers.aws_event_stream import CONTENT_TYPE, AwsEventDecoder
from ell2a.providers.registration import register_model, wire_of_client

HELLO = [Message(role="user", content=[TextBlock(text="Hello")])]

CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi."}}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
}
USAGE = {"input_tokens": 5, "output_tokens": 2}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [{"type": "text", "text": "Hi."}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": USAGE,
}
EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": USAGE},
    {"type": "message_stop"},
]


def frame(payload: bytes, **headers: str) -> bytes:
    """A message as Amazon frames it."""
    raw = b""
    for name, value in headers.items():
        key = f":{name.replace('_', '-')}".encode()
        raw += bytes([len(key)]) + key + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(raw) + len(payload), len(raw))
    body = prelude + struct.pack(">I", crc32(prelude)) + raw + payload
    return body + struct.pack(">I", crc32(body))


def chunk(event: dict[str, Any]) -> bytes:
    """A chunk as Bedrock sends it: the wire's event, in base64, in JSON, in a frame."""
    inner = base64.b64encode(json.dumps(event).encode()).decode()
    return frame(json.dumps({"bytes": inner, "p": "abc"}).encode(), event_type="chunk", message_type="event")


class Service(BaseHTTPRequestHandler):
    """Answers as the platform that is asked would, and remembers the requests."""

    seen: list[tuple[str, dict[str, str], dict[str, Any]]]
    stream: bytes = b""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        streamed = self.path.endswith("/invoke-with-response-stream")
        kind = CONTENT_TYPE if streamed else "application/json"
        answer = self.stream if streamed else json.dumps(CHAT if "/openai/" in self.path else MESSAGE).encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def service() -> Iterator[tuple[str, type[Service]]]:
    """The address of a service on this machine, and its handler with what it has seen."""

    class Handler(Service):
        seen = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", Handler
    server.shutdown()
    server.server_close()
    thread.join()


def test_azure(service: tuple[str, type[Service]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure is called by the SDK's own client: the deployment stands in the path, the version in the query."""
    url, handler = service
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"{url}/")
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-10-21")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k")
    azure = get("azure")
    assert azure.row.base_url("openai-chat") == f"{url}/openai"
    with azure.make_client() as client:
        assert isinstance(client, openai.AzureOpenAI)
        assert provider_for_client(azure, client) is azure
        answer = azure.call_model(client, "gpt-4o", HELLO, temperature=0.5)
    path, headers, body = handler.seen[0]
    assert path == "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == "k"
    assert body["temperature"] == 0.5
    assert (answer.text, answer.metadata.provider, answer.metadata.endpoint) == ("Hi.", "azure", url)


def test_what_a_client_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key or a variable that is not set is an error of the call that names it."""
    with pytest.raises(MissingKey, match="AZURE_OPENAI_API_KEY"):
        get("azure").make_client()
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k")
    monkeypatch.delenv("OPENAI_API_VERSION", raising=False)
    with pytest.raises(CallError, match="`AZURE_OPENAI_ENDPOINT` and `OPENAI_API_VERSION`, which must be set"):
        get("azure").make_client()


async def test_bedrock(service: tuple[str, type[Service]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Bedrock is called with its key, the model in the path, whole and streamed, sync and async."""
    url, handler = service
    handler.stream = b"".join(chunk(event) for event in EVENTS)
    monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", url)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "k")
    bedrock = get("bedrock")
    with bedrock.make_client() as client:
        assert isinstance(client, anthropic.AnthropicBedrock)
        answer = bedrock.call_model(client, "eu.anthropic.claude-sonnet-4-5-v1:0", HELLO, max_tokens=5)
        stream: Any = bedrock.call_model(
            client, "eu.anthropic.claude-sonnet-4-5-v1:0", HELLO, max_tokens=5, stream=True
        )
        text = "".join(delta.text or "" for delta in stream if delta.kind == "text")
    async with bedrock.make_client(asynchronous=True) as client:
        later: Any = await bedrock.acall_model(
            client, "eu.anthropic.claude-sonnet-4-5-v1:0", HELLO, max_tokens=5, stream=True
        )
        async for _ in later:
            pass
    path, headers, body = handler.seen[0]
    assert path == "/model/eu.anthropic.claude-sonnet-4-5-v1:0/invoke"
    assert headers["authorization"] == "Bearer k"
    assert "anthropic_version" in body
    assert "model" not in body
    assert (answer.text, text, stream.text, later.text) == ("Hi.", "Hi.", "Hi.", "Hi.")
    assert stream.metadata.usage.output_tokens == later.metadata.usage.output_tokens == 2
    assert answer.metadata.provider == "bedrock"


@pytest.mark.parametrize("broken", ["exception", "checksum"])
def test_an_error_in_a_bedrock_stream(
    service: tuple[str, type[Service]], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """An exception in the stream, or a frame that was damaged on the way, ends it as an error with what had come."""
    url, handler = service
    told = frame(b'{"message": "too busy"}', exception_type="throttlingException", message_type="exception")
    damaged = chunk(EVENTS[3])[:-1] + b"\0"
    handler.stream = b"".join(chunk(event) for event in EVENTS[:3]) + (told if broken == "exception" else damaged)
    monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", url)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "k")
    bedrock = get("bedrock")
    with bedrock.make_client() as client:
        stream: Any = bedrock.call_model(
            client, "eu.anthropic.claude-sonnet-4-5-v1:0", HELLO, max_tokens=5, stream=True
        )
        with pytest.raises(StreamBroken, match="too busy" if broken == "exception" else "checksum") as caught:
            list(stream)
    assert caught.value.partial.text == "Hi."


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_frames_are_read_wherever_they_are_cut(size: int) -> None:
    """The events are the same however the bytes come, and half a frame at the end is none."""
    raw = b"".join(chunk(event) for event in EVENTS)
    decoder = AwsEventDecoder()
    found = [e for at in range(0, len(raw), size) for e in decoder.feed(raw[at : at + size])]
    assert [json.loads(event.data) for event in found] == EVENTS
    assert {event.event for event in found} == {"chunk"}
    assert list(decoder.feed(raw[:20])) == []
    assert list(decoder.flush()) == []


def test_vertex(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vertex has its model in the path and takes the credentials of Google Cloud, or a token that the user gives."""
    monkeypatch.setenv("CLOUD_ML_REGION", "us-east5")
    monkeypatch.setenv("ANTHROPIC_VERTEX_PROJECT_ID", "acme")
    vertex = get("vertex")
    with vertex.make_client() as made:
        assert isinstance(made, anthropic.AnthropicVertex)
        assert provider_for_client(get("anthropic"), made) is vertex
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=MESSAGE)

    http = anthropic.DefaultHttpxClient(transport=httpx2.MockTransport(answer))
    with anthropic.AnthropicVertex(access_token="t", region="global", project_id="acme", http_client=http) as client:
        result = get("anthropic").call_model(client, "claude-sonnet-4-5@20250929", HELLO, max_tokens=5)
    assert seen[0].url.path.endswith("/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict")
    assert (result.metadata.provider, result.metadata.endpoint) == ("vertex", "https://aiplatform.googleapis.com")


def test_own_clients_tell_their_wire_and_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of these classes says which provider a model is registered for, by its type and its host's pattern."""
    monkeypatch.setattr(registry, "_own_rows", {})
    client = anthropic.AnthropicBedrock(api_key="k", aws_region="ap-south-1")
    assert wire_of_client(client) == "anthropic-messages"
    assert register_model("apac.anthropic.claude-x", default_client=client).provider == "bedrock"
    azure = openai.AzureOpenAI(api_key="k", azure_endpoint="https://acme.openai.azure.com", api_version="2024-10-21")
    assert register_model("our-deployment", default_client=azure).provider == "azure"
