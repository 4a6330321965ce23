"""What every request passes before any route sees it, and every answer carries.

The rules are those of a server that a browser on the same machine can be lured to: the Host must be
ours with its port, a request that changes something must come from our own page or from no page at
all, no other site may read or frame an answer, and nothing in an answer may run or load but our own files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ell2a.studio.address import Address

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script, no inline style, nothing from elsewhere."""

HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    # No other site learns an address of ours. Not `no-referrer`: under it browsers send our own forms with `Origin: null`.
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""On every answer, unless a route has set the same header itself: prompts and answers stay out of caches."""

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request's body. A replay's changes may hold a picture; nothing else comes near."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp, address: Callable[[], Address], authorised: Callable[[Scope], bool]) -> None:
        self.app = app
        self._address = address
        self._authorised = authorised

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            # Nothing here speaks websocket; closing before accepting answers 403.
            await send({"type": "websocket.close", "code": 1008})
            return
        fault = self._fault(scope)
        if fault is not None:
            await _refuse(scope, send, *fault)
            return
        if not self._authorised(scope):
            await _log_in(scope, send)
            return
        body = _LimitedBody(receive)
        await self.app(scope, body.receive, _with_headers(send))

    def _fault(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._address().owns(hosts[0], scope["scheme"]):
            named = ", ".join(hosts) or "none"
            return HTTPStatus.FORBIDDEN, f"the studio is at {self._address().url}, not at the Host {named}"
        if scope["method"] not in _SAFE:
            site, origin = headers.getlist("sec-fetch-site"), headers.getlist("origin")
            if any(s not in {"same-origin", "none"} for s in site):
                return HTTPStatus.FORBIDDEN, f"changes are taken from the studio's own pages, not from {site[0]} ones"
            if any(o != f"{scope['scheme']}://{hosts[0]}" for o in origin):
                return HTTPStatus.FORBIDDEN, f"changes are taken from the studio's own pages, not from {origin[0]}"
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > MAX_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body of {length} bytes is more than the {MAX_BODY} taken"
        return None


class BodyTooLarge(HTTPException):
    """A body without a stated length went over the limit while it was read."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is more than the {MAX_BODY} bytes taken")


class _LimitedBody:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > MAX_BODY:
            raise BodyTooLarge
        return message


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


async def _refuse(scope: Scope, send: Send, status: int, detail: str) -> None:
    title = HTTPStatus(status).phrase
    problem = {"type": "about:blank", "title": title, "status": int(status), "detail": detail}
    await _answer(scope, send, status, body=json.dumps(problem).encode(), media_type="application/problem+json")


async def _log_in(scope: Scope, send: Send) -> None:
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if wants_page and scope["method"] in {"GET", "HEAD"} and not scope["path"].startswith("/api"):
        await _answer(scope, send, 303, body=b"", media_type="text/plain", more=[(b"location", b"/login")])
        return
    detail = "this studio needs its token: log in at /login, or send it as `Authorization: Bearer TOKEN`"
    await _refuse(scope, send, HTTPStatus.UNAUTHORIZED, detail)


async def _answer(
    scope: Scope, send: Send, status: int, *, body: bytes, media_type: str, more: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode()), *more]
    sending = _with_headers(send)
    await sending({"type": "http.response.start", "status": int(status), "headers": headers})
    await sending({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
