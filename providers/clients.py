"""The clients that calls are made with: given, registered with the model, or made from the provider's row when first needed."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ell2a.providers import models

if TYPE_CHECKING:
    from ell2a.providers.provider import Provider

_lock = threading.Lock()
_clients: dict[tuple[Any, ...], Any] = {}
_async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()


def client_for(provider: Provider, model: str, given: Any, *, asynchronous: bool) -> Any:
    """The client of a call. Raises MissingSdk or MissingKey where none was given and none can be made."""
    if given is not None:
        return given
    registered = models.registered(provider.name, model)
    if registered is not None and registered.default_client is not None:
        return registered.default_client
    # A key or address changed in the environment gives another client; the pid, one for each side of a fork.
    key = (os.getpid(), provider.name, provider.wire, *_surroundings(provider))
    with _lock:
        # A pool of connections belongs to the event loop that made it.
        kept = _async_clients.setdefault(asyncio.get_running_loop(), {}) if asynchronous else _clients
        if key not in kept:
            kept[key] = provider.make_client(asynchronous)
        return kept[key]


def _surroundings(provider: Provider) -> tuple[str | None, ...]:
    """What a client is made from: key, address, and the variables that a service's own client reads for itself."""
    row = provider.row
    own = row.client.needs if row.client is not None else ()
    return row.api_key(), row.base_url(provider.wire), *(os.environ.get(name) for name in own)


def close() -> None:
    """Close the clients that calls made for themselves, with their connections. A later call makes its own anew."""
    with _lock:
        # Those of before a fork are the parent's to close.
        ours = [_clients.pop(key) for key in list(_clients) if key[0] == os.getpid()]
    for client in ours:
        client.close()


async def aclose() -> None:
    """Close the asynchronous clients that calls made for themselves on this event loop; await it before the loop ends."""
    with _lock:
        ours = _async_clients.pop(asyncio.get_running_loop(), {})
    for key, client in ours.items():
        if key[0] == os.getpid():
            await client.close()


def forget_clients() -> None:
    """Drop the clients made so far; the next call makes its own."""
    with _lock:
        _clients.clear()
        _async_clients.clear()
