"""Where the studio listens, and which names for that place are its own."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from ell2a.errors import Ell2aError

_LOOPBACK = {4: "127.0.0.1", 6: "[::1]"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class TokenRequired(Ell2aError):
    """The studio was asked to listen beyond this machine without a token."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"{host} can be reached from other machines, and everyone there could read and replay your calls:"
            " give a token, or listen on 127.0.0.1."
        )


@dataclass(frozen=True, slots=True)
class Address:
    """The host and port that the studio listens on."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        ip = _ip(self.host)
        return ip is not None and ip.is_loopback

    @property
    def url(self) -> str:
        """What to open in a browser on this machine."""
        ip = _ip(self.host)
        host = _LOOPBACK[ip.version] if ip is not None and ip.is_unspecified else self.host
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    def owns(self, host_header: str, scheme: str = "http") -> bool:
        """Whether a Host header names this studio, port included.

        A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding), so a name counts only if
        it is ours. Where the studio listens on all addresses, any address written as numbers is ours:
        no name can be rebound to be one.
        """
        name, port = _split(host_header)
        if name is None or (port or _DEFAULT_PORTS.get(scheme)) != self.port:
            return False
        if name in {"127.0.0.1", "localhost", "::1", self.host.strip("[]").lower()}:
            return True
        own = _ip(self.host)
        if own is None or not own.is_unspecified:
            return False
        return _ip(name) is not None or name == socket.gethostname().lower()


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _split(host_header: str) -> tuple[str | None, int | None]:
    """Name in lower case, without brackets, and port; (None, None) where the header is malformed."""
    name, colon, port = host_header.rpartition(":")
    if not colon or host_header.endswith("]"):
        name, port = host_header, ""
    bracketed = name.startswith("[") and name.endswith("]")
    if not name or (":" in name and not bracketed) or not (port.isascii() and (port.isdigit() or not port)):
        return None, None
    return name.strip("[]").lower(), int(port[:6]) if port else None
