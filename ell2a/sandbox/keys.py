"""Which keys the sandbox accepts: every one but the word `wrong`, and none at all."""

from __future__ import annotations

from collections.abc import Mapping

from ell2a.sandbox.faults import Fault

WRONG_KEY = "wrong"


def bearer(headers: Mapping[str, str]) -> str:
    """The key in the header `Authorization: Bearer KEY`; empty where there is none."""
    return headers.get("authorization", "").removeprefix("Bearer ").strip()


def check_key(key: str) -> None:
    """Raises Fault for the one key that is not accepted."""
    if key == WRONG_KEY:
        raise Fault("authentication", "the key `wrong` is not accepted: the sandbox takes every other key, and none")
