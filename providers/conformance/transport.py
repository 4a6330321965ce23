"""The transport that stands in for the network: it keeps every request and gives the replies that it was told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the transport."""

    pieces: Sequence[bytes]
    """The body as it arrives."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fails: str | None = None
    """An exception of httpx by name, such as `ReadError`, raised after the last piece; before the head where there is none."""


class Transport:
    """Takes the requests of a client over httpx or httpx2."""

    def __init__(self, httpx: ModuleType) -> None:
        self.httpx = httpx
        self.reply = Reply([b"{}"])
        self.bodies: list[dict[str, Any]] = []
        """The JSON bodies that came, oldest first."""

    def sync(self) -> Any:
        """A transport for a client."""
        return self.httpx.MockTransport(self._answer)

    def asynchronous(self) -> Any:
        """A transport for an asynchronous client."""
        return self.httpx.MockTransport(self._aanswer)

    def _answer(self, request: Any) -> Any:
        self._take(request)
        return self._response(self._pieces())

    async def _aanswer(self, request: Any) -> Any:
        self._take(request)
        return self._response(self._apieces())

    def _take(self, request: Any) -> None:
        self.bodies.append(json.loads(request.content) if request.content else {})
        if self.reply.fails and not self.reply.pieces:
            raise self._failure(self.reply.fails, request)

    def _failure(self, name: str, request: Any = None) -> Exception:
        made: Exception = getattr(self.httpx, name)("the conformance kit broke the connection", request=request)
        return made

    def _response(self, content: Any) -> Any:
        return self.httpx.Response(self.reply.status, headers=dict(self.reply.headers), content=content)

    def _pieces(self) -> Iterator[bytes]:
        reply = self.reply
        yield from reply.pieces
        if reply.fails:
            raise self._failure(reply.fails)

    async def _apieces(self) -> AsyncIterator[bytes]:
        for piece in self._pieces():
            yield piece


def httpx_of(client_class: type) -> ModuleType:
    """The module, httpx or httpx2, that an SDK's client class is made with."""
    for base in client_class.__mro__:
        top = base.__module__.partition(".")[0]
        if top in ("httpx", "httpx2"):
            return import_module(top)
    raise TypeError(f"{client_class.__qualname__} is no client of httpx or httpx2")
