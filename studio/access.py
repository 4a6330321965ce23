"""The token of a studio that other machines can reach: who has shown it, by cookie or by header."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

COOKIE = "ell2a_studio"
OPEN_PATHS = ("/login", "/healthz", "/static/")
"""What is answered without the token: the form, its style sheet, and the sign of life."""


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """Compares what a request shows with the token, in constant time. Without a token everyone is let in."""

    token: str | None

    @property
    def cookie_value(self) -> str:
        """What the cookie holds: a digest, so that a stolen cookie jar does not give the token itself."""
        return hashlib.sha256(f"ell2a studio cookie {self.token}".encode()).hexdigest()

    def is_right(self, given: str) -> bool:
        """Whether a text is the token."""
        return self.token is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def allows(self, scope: Scope) -> bool:
        """Whether a request may pass."""
        path = scope["path"]
        if self.token is None or path in OPEN_PATHS or path.startswith(OPEN_PATHS[-1]):
            return True
        headers = Headers(scope=scope)
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.is_right(bearer.strip()):
            return True
        shown = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        return hmac.compare_digest(shown.encode(), self.cookie_value.encode())
