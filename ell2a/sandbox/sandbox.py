"""Starting and stopping a sandbox from Python."""

from __future__ import annotations

import os
import threading
from types import TracebackType

from ell2a.sandbox.server import Asked, Server

URL_VARIABLE = "ELL2A_SANDBOX_URL"
"""The environment variable from which the provider `sandbox` takes its address."""
_POLL = 0.02


class Sandbox:
    """A small model server on loopback that speaks `openai-chat`, `openai-responses` and `anthropic-messages`.

        with ell2a.sandbox.Sandbox(activate=True) as sandbox:
            ell2a.call("sandbox/sandbox-small", "Hello")

    `activate=True` sets ELL2A_SANDBOX_URL while the sandbox runs, so that the provider `sandbox` finds
    it; otherwise nothing outside changes, and `sandbox.url` is the address to give to a client.
    `pace` is how much of its models' usual slowness is acted out: 0 for tests, 1 for looking at it.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, pace: float = 0.0, activate: bool = False) -> None:
        self._where, self._pace, self._activate = (host, port), pace, activate
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._variable_before: str | None = None

    def start(self) -> Sandbox:
        """Listen, and answer in a thread of its own. Raises OSError where the port is taken."""
        if self._server is not None:
            return self
        self._server = Server(*self._where, self._pace)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="ell2a-sandbox", daemon=True
        )
        self._thread.start()
        if self._activate:
            self._variable_before = os.environ.get(URL_VARIABLE)
            os.environ.update(self.environ())
        return self

    def stop(self) -> None:
        """Stop listening and end every connection. Stopping twice does nothing."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None
        if self._activate:
            _restore(self._variable_before)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`: the base URL of an anthropic client; an openai client takes it with `/v1`."""
        host, port = self._where[0], self._running().server_port
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def requests(self) -> list[Asked]:
        """The last thousand requests that came in, oldest first, without keys."""
        return list(self._running().requests)

    def environ(self) -> dict[str, str]:
        """The variables that let other processes find this sandbox."""
        return {URL_VARIABLE: self.url}

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the sandbox is not running: call `start()`, or use it in a `with` statement")
        return self._server


def start(*, host: str = "127.0.0.1", port: int = 0, pace: float = 0.0, activate: bool = True) -> Sandbox:
    """A running sandbox that the provider `sandbox` finds; `stop()` ends it."""
    return Sandbox(host=host, port=port, pace=pace, activate=activate).start()


def _restore(value: str | None) -> None:
    if value is None:
        os.environ.pop(URL_VARIABLE, None)
    else:
        os.environ[URL_VARIABLE] = value
