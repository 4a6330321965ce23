"""The sandbox's HTTP: one request in, one answer or stream out."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ell2a.sandbox.faults import Fault
from ell2a.sandbox.ids import new_id
from ell2a.sandbox.models import MODELS, Model, model_named
from ell2a.sandbox.wire import Event, Method, Wire, model_name

if TYPE_CHECKING:
    from ell2a.sandbox.server import Server

_LARGEST = 64 * 1024 * 1024
_PROXY_PAGE = b"<html><body>502 Bad Gateway (the sandbox says so on purpose)</body></html>"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Handler(BaseHTTPRequestHandler):
    """Serves one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 600

    def setup(self) -> None:
        super().setup()
        self.server.connected(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            # The caller has gone; there is nobody to tell.
            self.close_connection = True
        self.server.disconnected(self.connection)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed: `Sandbox.requests` has what was asked."""

    # --- GET ---

    def do_GET(self) -> None:
        """The list of models, one model, a kept answer, and a word for whoever opens the address in a browser."""
        path = urlsplit(self.path).path.rstrip("/")
        wire = self._below(path) or self._wire_of_caller()
        request_id = new_id("req_")
        try:
            self._check_host()
            self._answer(200, self._get_body(path, wire), {wire.request_id_header: request_id})
        except Fault as fault:
            self._fail(wire, fault, request_id)

    def do_DELETE(self) -> None:
        """The end of a kept answer."""
        path = urlsplit(self.path).path.rstrip("/")
        wire = self._below(path) or self._wire_of_caller()
        request_id = new_id("req_")
        try:
            self._check_host()
            self._answer(200, self._kept(wire, "DELETE", path), {wire.request_id_header: request_id})
        except Fault as fault:
            self._fail(wire, fault, request_id)

    def _kept(self, wire: Wire, method: Method, path: str) -> dict[str, Any]:
        """What a wire serves of its kept answers."""
        wire.check_headers({name.lower(): value for name, value in self.headers.items()})
        found = wire.stored(method, path) if path.startswith(f"{wire.path}/") else None
        if found is None:
            raise Fault("not_found", f"nothing is served at {path} for {method}")
        return found

    def _below(self, path: str) -> Wire | None:
        """The wire that has something below its path there."""
        return next((w for w in self.server.wires if path.startswith(f"{w.path}/")), None)

    def _wire_of_caller(self) -> Wire:
        """The wire whose SDK seems to ask, where the address tells none."""
        name = "anthropic-messages" if "anthropic-version" in self.headers else "openai-chat"
        return next(w for w in self.server.wires if w.name == name)

    def _get_body(self, path: str, wire: Wire) -> dict[str, Any]:
        if path == "":
            return {
                "sandbox": "ell2a",
                "wires": {w.name: w.path for w in self.server.wires},
                "models": [m.name for m in MODELS],
            }
        if path == "/v1/models":
            return wire.model_list()
        if path.startswith("/v1/models/"):
            return wire.model_body(_model(path.removeprefix("/v1/models/")))
        if path.startswith(f"{wire.path}/"):
            return self._kept(wire, "GET", path)
        raise Fault("not_found", f"nothing is served at {path}; see /v1/models")

    # --- POST ---

    def do_POST(self) -> None:
        """A call of a model."""
        path = urlsplit(self.path).path.rstrip("/")
        wire = next((w for w in self.server.wires if w.path == path), None)
        request_id = new_id("req_")
        try:
            raw = self._body()
            self._check_host()
            below = self._below(path)
            if wire is None and below is not None:
                self._answer(200, self._kept(below, "POST", path), {below.request_id_header: request_id})
                return
            self._call(self._at(wire, path), raw, request_id)
        except Fault as fault:
            self._fail(wire or self._below(path) or self._wire_of_caller(), fault, request_id)
        except (BrokenPipeError, ConnectionResetError):
            # The caller left before the end: with a stream that is their good right.
            self.close_connection = True

    def _at(self, wire: Wire | None, path: str) -> Wire:
        if wire is None:
            paths = " or ".join(w.path for w in self.server.wires)
            raise Fault("not_found", f"nothing is served at {path}; calls go to {paths}")
        return wire

    def _call(self, wire: Wire, raw: bytes, request_id: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        wire.check_headers(headers)
        body = _parsed(raw)
        self.server.asked(wire.name, headers, body)
        model = _model(model_name(body, wire))
        manners = _model(headers["x-sandbox-as"]) if "x-sandbox-as" in headers else model
        self.server.troubles.before_answer(manners, raw)
        conversation = wire.read(body, model)
        answer = self.server.responder.answer(conversation, manners if manners.trouble == "refusing" else model)
        self.server.pause(manners.wait + _seconds(headers) + manners.first_piece * self.server.pace)
        if manners.trouble == "silent":
            self.server.wait_for_stop()
            self.close_connection = True
            return
        told = {wire.request_id_header: request_id}
        if manners.trouble == "no_json":
            self._send(200, _PROXY_PAGE, "text/html", told)
        elif conversation.stream:
            self._stream(wire, list(wire.events(answer, conversation, model)), manners, told, request_id)
        else:
            self.server.pause(manners.piece * self.server.pace * answer.usage.output)
            self._whole(wire.whole(answer, conversation, model), manners, told)

    # --- writing ---

    def _whole(self, body: dict[str, Any], manners: Model, headers: Mapping[str, str]) -> None:
        if manners.trouble == "error_in_stream":
            raise _broken_down(try_again=False)
        if manners.trouble == "broken_stream":
            self._break_off(body, headers)
        else:
            self._answer(200, body, headers)

    def _stream(
        self, wire: Wire, events: list[Event], manners: Model, headers: Mapping[str, str], request_id: str
    ) -> None:
        self._head(200, "text/event-stream; charset=utf-8", headers, ("Transfer-Encoding", "chunked"))
        middle = len(events) // 2
        for i, event in enumerate(events):
            if i == middle and manners.trouble == "broken_stream":
                self._hang_up()
                return
            if i == middle and manners.trouble == "error_in_stream":
                self._chunk(wire.fault_event(_broken_down(), request_id, i))
                break
            self._chunk(event)
            if event.is_piece and (self.server.pace or manners.wait):
                self.wfile.flush()
                self.server.pause(manners.piece * (self.server.pace or 1))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _chunk(self, event: Event) -> None:
        data = event.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _break_off(self, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self._head(200, "application/json", headers, ("Content-Length", str(len(data))))
        self.wfile.write(data[: len(data) // 2])
        self._hang_up()

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _fail(self, wire: Wire, fault: Fault, request_id: str) -> None:
        status, body = wire.fault(fault, request_id)
        headers = {wire.request_id_header: request_id}
        if fault.retry_after is not None:
            headers["retry-after"] = f"{fault.retry_after:g}"
        if fault.try_again is not None:
            headers["x-should-retry"] = str(fault.try_again).lower()
        self._answer(status, body, headers)

    def _answer(self, status: int, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        self._send(status, json.dumps(body, ensure_ascii=False).encode(), "application/json", headers)

    def _send(self, status: int, data: bytes, media_type: str, headers: Mapping[str, str]) -> None:
        self._head(status, media_type, headers, ("Content-Length", str(len(data))))
        self.wfile.write(data)
        self.wfile.flush()

    def _head(self, status: int, media_type: str, headers: Mapping[str, str], length: tuple[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header(*length)
        self.send_header("X-Sandbox", "ell2a")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    # --- reading ---

    def _body(self) -> bytes:
        length = self.headers.get("content-length", "")
        if not length.isdigit():
            self.close_connection = True
            raise Fault("invalid", "a request needs a content-length")
        if int(length) > _LARGEST:
            self.close_connection = True
            raise Fault("invalid", f"the body has {int(length):,} bytes; the sandbox takes {_LARGEST:,}")
        return self.rfile.read(int(length))

    def _check_host(self) -> None:
        """Only who means this machine is answered: a page of another site that resolves to loopback is not."""
        named = urlsplit(f"//{self.headers.get('host', '')}").hostname
        if named not in (*_LOOPBACK, str(self.server.server_address[0])):
            raise Fault("permission", f"the sandbox is not called {named!r}")


def _broken_down(*, try_again: bool | None = None) -> Fault:
    return Fault("overloaded", "Overloaded: the sandbox says so on purpose.", try_again=try_again)


def _seconds(headers: Mapping[str, str]) -> float:
    """How long the caller asks the answer to take, by `x-sandbox-wait`."""
    given = headers.get("x-sandbox-wait", "0")
    try:
        return float(given)
    except ValueError:
        raise Fault("invalid", f"x-sandbox-wait: {given!r} is no number of seconds") from None


def _model(name: str) -> Model:
    found = model_named(name)
    if found is None:
        raise Fault(
            "not_found",
            f"the model `{name}` does not exist; there are {', '.join(m.name for m in MODELS)}",
            param="model",
        )
    return found


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise Fault("invalid", f"the body is not JSON: {error}") from None
