"""`ell2a.trace`: an SDK's client that logs its calls, and is the SDK's own in all else."""

from __future__ import annotations

from functools import cache
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from ell2a.errors import NotTraceable
from ell2a.providers.call_path import WATCHED
from ell2a.settings import current_log
from ell2a.tracing.endpoints import ENDPOINTS, sdk_package, wire_of
from ell2a.tracing.http_clients import CURRENT, twin_of
from ell2a.tracing.traced_call import TracedCall

ClientT = TypeVar("ClientT")


class _Traced:
    """What a traced client does otherwise than the class it is of: `request`, through which the SDK sends all it sends."""

    @property
    def _client(self) -> Any:
        try:
            return vars(self)["_client"]
        except KeyError:
            raise AttributeError("_client") from None

    @_client.setter
    def _client(self, http_client: Any) -> None:
        # `copy` and `with_options` make a client of this same class, with the HTTP client of this one or another.
        vars(self)["_client"] = twin_of(http_client)


class _SyncTraced(_Traced):
    def request(self, cast_to: Any, options: Any, **more: Any) -> Any:
        call = _call_of(self, options)
        # None, too: what a hook of a traced call sends beside it is no attempt of that call.
        token = CURRENT.set(call)
        try:
            answer = super().request(cast_to, options, **more)  # type: ignore[misc]  # the SDK's
        except BaseException as exception:
            if call is not None:
                call.raised(exception)
            raise
        finally:
            CURRENT.reset(token)
        if call is not None:
            call.returned()
        return answer


class _AsyncTraced(_Traced):
    async def request(self, cast_to: Any, options: Any, **more: Any) -> Any:
        call = _call_of(self, options)
        token = CURRENT.set(call)
        try:
            answer = await super().request(cast_to, options, **more)  # type: ignore[misc]
        except BaseException as exception:
            if call is not None:
                await call.araised(exception)
            raise
        finally:
            CURRENT.reset(token)
        if call is not None:
            await call.areturned()
        return answer


def trace(client: ClientT) -> ClientT:
    """A client that is the given one in all, and logs every call that it makes of a model.

    `client` is one of the openai or anthropic SDK (sync or async, Azure, Bedrock, Vertex, a subclass of your own) and is
    not changed: the traced one shares its HTTP client, so that closing either closes both. Chat completions, responses
    and messages are logged where `ell2a.init` says, streams and helpers included; all other requests pass as they are.
    A traced client is given back as it is. Raises NotTraceable for anything else.
    """
    kind: Any = type(client)
    if isinstance(client, _Traced):
        return client
    package = sdk_package(kind)
    if package is None or not callable(getattr(kind, "request", None)) or "_client" not in vars(client):
        raise NotTraceable(client, list(ENDPOINTS))
    traced = object.__new__(_traced_class(kind))
    state = vars(traced)
    state.update(vars(client))
    traced._client = vars(client)["_client"]  # where both SDKs keep their HTTP client
    for name, value in vars(client).items():
        if getattr(value, "_client", None) is client:
            # A resource, such as `client.chat`, that was used before and is kept.
            state[name] = type(value)(traced)
    if state.get("_middleware_chain") is not None:
        # anthropic's: made once, of bound methods.
        state["_middleware_chain"] = traced._build_middleware_chain()
    made: ClientT = traced
    return made


def _call_of(client: Any, options: Any) -> TracedCall | None:
    """The call that a request of the SDK makes; None where it makes none, or none that is to be logged here."""
    package = sdk_package(type(client))
    wire = wire_of(package, options.method, options.url) if package else None
    if wire is None or WATCHED.get():
        return None
    log = current_log()
    return None if log is None else TracedCall(client, wire, options, log)


@cache
def _traced_class(kind: Any) -> Any:
    mixin = _AsyncTraced if iscoroutinefunction(kind.request) else _SyncTraced
    # The SDKs put the class's name into `User-Agent`.
    named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind.__name__, (mixin, kind), named)
