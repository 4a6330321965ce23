"""The HTTP client of a traced client: the user's own in all but that each request is told to the call that sends it."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from inspect import iscoroutinefunction
from typing import Any

from ell2a.tracing.traced_call import TracedCall

CURRENT: ContextVar[TracedCall | None] = ContextVar("ell2a_traced_call", default=None)
"""The traced call that is sending requests here and now."""


class _Twin:
    """Shares everything with another HTTP client (its pool, its hooks, whether it is closed), and keeps that one alive."""

    __slots__ = ()

    def __del__(self) -> None:
        # The SDKs' own HTTP clients close themselves here; the one that this shares its pool with may be in use still.
        pass


class _SyncTwin(_Twin):
    __slots__ = ()

    def send(self, request: Any, **options: Any) -> Any:
        call = CURRENT.get()
        if call is None:
            return super().send(request, **options)  # type: ignore[misc]  # the HTTP client's own
        call.leaves(request)
        try:
            response = super().send(request, **options)  # type: ignore[misc]
        except BaseException as exception:
            call.broke(exception)
            raise
        call.answered_by(response, is_async=False)
        return response


class _AsyncTwin(_Twin):
    __slots__ = ()

    async def send(self, request: Any, **options: Any) -> Any:
        call = CURRENT.get()
        if call is None:
            return await super().send(request, **options)  # type: ignore[misc]
        await call.aleaves(request)
        try:
            response = await super().send(request, **options)  # type: ignore[misc]
        except BaseException as exception:
            call.broke(exception)
            raise
        call.answered_by(response, is_async=True)
        return response


def twin_of(http_client: Any) -> Any:
    """An HTTP client that is the given one in all, and tells of each request. That of a twin is the twin."""
    if isinstance(http_client, _Twin):
        return http_client
    kind: Any = type(http_client)
    twin = object.__new__(_twin_class(kind))
    twin.__dict__ = http_client.__dict__
    twin._original = http_client  # a slot of our own class
    return twin


@cache
def _twin_class(kind: Any) -> Any:
    twin = _AsyncTwin if iscoroutinefunction(kind.send) else _SyncTwin
    named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind.__name__, (twin, kind), {**named, "__slots__": ("_original",)})
