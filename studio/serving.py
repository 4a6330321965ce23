"""Running the studio: take the port, tell where it listens, serve until stopped."""

from __future__ import annotations

import contextlib
import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from ell2a.errors import Ell2aError
from ell2a.studio.address import Address
from ell2a.studio.app import StudioApp


class PortTaken(Ell2aError):
    """The studio cannot listen where it was told to."""

    def __init__(self, host: str, port: int, why: OSError) -> None:
        self.host, self.port = host, port
        super().__init__(f"cannot listen on {host}:{port}: {why.strerror or why}. Choose another with --port.")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_started()


def serve(
    app: StudioApp,
    host: str = "127.0.0.1",
    port: int = 4242,
    *,
    open_browser: bool = False,
    on_listening: Callable[[str], None] | None = None,
) -> None:
    """Serve until stopped (Ctrl-C, SIGTERM). `on_listening` is told the address as soon as it answers.

    Port 0 takes a free one. Raises PortTaken before anything is served.
    """
    listening = _listen(host, port)
    # Whatever the port asked for, the Host rule goes by the one that was taken.
    app.studio.address = Address(host, listening.getsockname()[1])
    url = app.studio.address.url

    def started() -> None:
        if on_listening is not None:
            on_listening(url)
        if open_browser:
            # Some browsers hold the caller until they are closed.
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    config = uvicorn.Config(app, log_level="warning", server_header=False, date_header=False, ws="none", lifespan="off")
    try:
        _Server(config, started).run(sockets=[listening])
    finally:
        with contextlib.suppress(OSError):
            listening.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host.strip("[]"), port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise PortTaken(host, port, error) from error
    return taken
