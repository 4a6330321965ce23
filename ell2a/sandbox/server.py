"""The sandbox's server on loopback: threads, connections, and an end to both."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any

from ell2a.sandbox.anthropic_messages import AnthropicMessages
from ell2a.sandbox.handler import Handler
from ell2a.sandbox.openai_chat import OpenAIChat
from ell2a.sandbox.openai_responses import OpenAIResponses
from ell2a.sandbox.responder import Responder
from ell2a.sandbox.troubles import Troubles
from ell2a.sandbox.wire import Wire

_SECRET = ("authorization", "x-api-key", "api-key", "cookie")
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in."""

    wire: str
    headers: Mapping[str, str]
    """In lower case; keys and cookies are left out."""
    body: Any


class Server(ThreadingHTTPServer):
    """What the handlers of all connections share."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, pace: float) -> None:
        self.pace = pace
        self.wires: tuple[Wire, ...] = (OpenAIChat(), OpenAIResponses(), AnthropicMessages())
        self.responder, self.troubles = Responder(), Troubles()
        self.requests: deque[Asked] = deque(maxlen=_REMEMBERED)
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def asked(self, wire: str, headers: Mapping[str, str], body: Any) -> None:
        """Remember a request."""
        kept = {name: value for name, value in headers.items() if name not in _SECRET}
        self.requests.append(Asked(wire, kept, body))

    def pause(self, seconds: float) -> None:
        """Wait, unless the sandbox stops."""
        if seconds > 0:
            self._stopping.wait(seconds)

    def wait_for_stop(self) -> None:
        """Wait until the sandbox stops."""
        self._stopping.wait()

    def connected(self, connection: socket.socket) -> None:
        """Remember an open connection."""
        with self._lock:
            self._connections.add(connection)

    def disconnected(self, connection: socket.socket) -> None:
        """Forget a connection that has ended."""
        with self._lock:
            self._connections.discard(connection)

    def hang_up(self) -> None:
        """End every connection, those that wait for an answer too."""
        self._stopping.set()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # Ended by the other side in the meantime.
                self.disconnected(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is the caller's affair; anything else is a fault of the sandbox, and told."""
        import sys

        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)
