"""What goes wrong on purpose before an answer is made: by the model's name, or by the header `x-sandbox-as`."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from ell2a.sandbox.faults import Fault
from ell2a.sandbox.models import Model, Trouble

_FAULTS: dict[Trouble, Callable[[], Fault]] = {
    "rate_limited": lambda: Fault(
        "rate_limit", "rate limit reached: 20 requests a minute. Try again in 20 s.", retry_after=20, try_again=False
    ),
    "overloaded": lambda: Fault(
        "overloaded", "Overloaded: the sandbox says so on purpose.", retry_after=1, try_again=False
    ),
    "server_error": lambda: Fault("server", "the sandbox failed on purpose", try_again=False),
    "denied": lambda: Fault("permission", "this key may not use this model"),
    "filtered": lambda: Fault("filtered", "a content filter stopped the request: the sandbox does so on purpose"),
}
"""`try_again` false keeps the SDKs, which obey `x-should-retry`, from trying again and again."""


class Troubles:
    """Knows which requests have had their trouble already."""

    def __init__(self) -> None:
        self._failed_once: set[bytes] = set()
        self._lock = threading.Lock()

    def before_answer(self, model: Model, body: bytes) -> None:
        """Raises the Fault that this model answers this request with, if it does."""
        if model.trouble in _FAULTS:
            make = _FAULTS[model.trouble]
            raise make()
        if model.trouble == "flaky" and self._first_try(body):
            raise Fault("rate_limit", "too many requests: try again in 1 s", retry_after=1)

    def _first_try(self, body: bytes) -> bool:
        """Whether this request comes for the first time, or for the first time since it was answered."""
        key = hashlib.sha256(body).digest()
        with self._lock:
            if key in self._failed_once:
                self._failed_once.discard(key)
                return False
            self._failed_once.add(key)
            return True
