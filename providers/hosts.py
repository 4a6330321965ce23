"""Hosts of base URLs, so that two spellings of one place compare equal."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=256)
def host_of(url: str) -> str:
    """The host of a URL, with its port where that is not the scheme's own; all names of this machine are one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host in _LOOPBACK:
        host = "127.0.0.1"
    elif ":" in host:
        host = f"[{host}]"
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


@lru_cache(maxsize=256)
def endpoint_of(url: str) -> str:
    """Scheme, host and port of a URL: its path and query may hold a secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
