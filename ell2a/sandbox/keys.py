"""Which keys the sandbox accepts: every one but the word `wrong`, and none at all."""

from __future__ import annotations

from ell2a.sandbox.faults import Fault

WRONG_KEY = "wrong"


def check_key(key: str) -> None:
    """Raises Fault for the one key that is not accepted."""
    if key == WRONG_KEY:
        raise Fault("authentication", "the key `wrong` is not accepted: the sandbox takes every other key, and none")
