"""A service of our own on loopback: it lists its models in any form, and refuses calls in any words."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from log.conftest import migrated_database, postgres_server, store

import ell2a
from ell2a.providers import models, registry

__all__ = ["migrated_database", "postgres_server", "store"]


class Service:
    """What it answers is set by the test; what it was asked is kept."""

    def __init__(self) -> None:
        self.get: Callable[[str, dict[str, str]], tuple[int, Any]] = lambda path, query: (
            404,
            {"error": {"message": path}},
        )
        self.post: Callable[[str, Any], tuple[int, Any]] = lambda path, body: (404, {"error": {"message": path}})
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def lists(self, *entries: dict[str, Any], under: str | None = "data", path: str = "/v1/models") -> None:
        """List these entries at a path."""
        body: Any = list(entries) if under is None else {under: list(entries)}
        self.get = lambda asked, query: (200, body) if asked == path else (404, {"error": {"message": "no such path"}})

    def refuses(self, message: str, status: int = 400, **more: Any) -> None:
        """Refuse every call."""
        self.post = lambda path, body: (
            status,
            {"error": {"message": message, "type": "invalid_request_error", **more}},
        )

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                del format, args

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                service.asked.append(self.path)
                service.headers.append({name.lower(): value for name, value in self.headers.items()})
                self._answer(*service.get(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}))

            def do_POST(self) -> None:
                service.asked.append(self.path)
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self._answer(*service.post(self.path, body))

            def _answer(self, status: int, value: Any) -> None:
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


@pytest.fixture
def service() -> Iterator[Service]:
    """A service with no answers yet."""
    running = Service()
    yield running
    running.stop()


@pytest.fixture
def acme(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Registers the service as the provider `acme`, with a listing; forgotten at the end."""
    rows, registered = dict(registry._own_rows), dict(models._registered)
    monkeypatch.setenv("ACME_API_KEY", "acme-key-0123456789")

    def register(listing: str | None = None, *, wire: str = "openai-chat", **more: Any) -> str:
        path = "/v1" if wire == "openai-chat" else ""
        ell2a.register_provider("acme", wires={wire: service.url + path}, key="ACME_API_KEY", listing=listing, **more)
        return "acme"

    yield register
    registry._own_rows.clear()
    registry._own_rows.update(rows)
    models._registered.clear()
    models._registered.update(registered)


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Path]:
    """A store of the test's own as that of the process."""
    path = tmp_path / "calls.db"
    ell2a.init(store=path)
    yield path
    ell2a.init(store="off")
