"""A service on loopback that answers every request as it is told to: with an error, or with a stream that has one in it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ell2a.providers import Provider, get

PROVIDERS = {"openai-chat": "openai", "anthropic-messages": "anthropic", "openai-responses": "openai"}
"""Wire -> the provider that the tests ask on it."""


@dataclass
class Service:
    """Where it is, and what it answers next."""

    url: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def answers(self, status: int, body: Any, **headers: str) -> None:
        """Answer with this from now on: JSON, or text or bytes as they are. `retry_after` is the header `retry-after`."""
        self.status = status
        self.body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.headers = {
            "content-type": "application/json",
            "x-should-retry": "false",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }

    def streams(self, *events: Any, **headers: str) -> None:
        """Answer with these events from now on: objects, each with its type as the event's name."""
        said = "".join(f"event: {e.get('type', 'message')}\ndata: {json.dumps(e)}\n\n" for e in events)
        self.answers(200, said, content_type="text/event-stream", **headers)


@pytest.fixture
def service() -> Iterator[Service]:
    """The service, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Service(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def provider_on(wire: str) -> Provider:
    """The provider of the tests on a wire."""
    return get(PROVIDERS[wire], wire=wire)


def client_on(wire: str, url: str, *, asynchronous: bool = False) -> Any:
    """The real SDK's client for an address, that tries once."""
    provider = provider_on(wire)
    package, name = provider.sdk.package, {"openai": "OpenAI", "anthropic": "Anthropic"}[provider.sdk.package]
    made = getattr(__import__(package), f"Async{name}" if asynchronous else name)
    path = "/v1" if package == "openai" else ""
    return made(api_key="none", base_url=f"{url}{path}", max_retries=0, timeout=20)
