"""Whether the words of a JSON value are all found again in what it was translated into."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Iterator
from typing import Any

from ell2a.messages import parse_json
from ell2a.providers.conformance.trees import leaves, listed, nodes


def untold(given: Any, told: Any, unless: Collection[str] = ()) -> set[str]:
    """The strings of a value that are nowhere in what it became; `unless` are paths that say nothing."""
    return Words(told).missing(given, unless)


class Words:
    """All strings and bytes in a value, keys included."""

    def __init__(self, told: Any) -> None:
        self._strings: set[str] = set()
        self._bytes: list[bytes] = []
        self._take(told)
        self._all = "\x1f".join(self._strings)

    def _take(self, told: Any) -> None:
        for _, value in nodes(told):
            if isinstance(value, str):
                self._strings.add(value)
                if value.startswith(("{", "[")):
                    # Some results are the JSON text of a list.
                    self._take(parse_json(value)[0])
            elif isinstance(value, bytes):
                self._bytes.append(value)
            elif isinstance(value, dict):
                self._strings.update(key for key in value if isinstance(key, str))

    def missing(self, given: Any, unless: Collection[str] = ()) -> set[str]:
        """The strings of a value that are not among them."""
        found = ((path, value) for path, value in leaves(given) if isinstance(value, str) and value.strip())
        return {value for path, value in found if not listed(path, unless) and not self._has(value)}

    def _has(self, value: str) -> bool:
        return value in self._strings or value in self._all or self._has_bytes(value) or self._has_json(value)

    def _has_json(self, value: str) -> bool:
        """Whether it is a JSON text whose own words are there: arguments are kept parsed."""
        try:
            parsed = json.loads(value)
        except ValueError:
            return False
        return not isinstance(parsed, int | float) and all(self._has(word) for word in _strings(parsed))

    def _has_bytes(self, value: str) -> bool:
        """Whether it is base64, or text, of bytes that are there."""
        head, comma, body = value.partition(",")
        try:
            data = base64.b64decode(body if comma and head.startswith("data:") else value)
        except (binascii.Error, ValueError):
            data = b""
        return any(kept and (kept == data or kept == value.encode("utf-8", "surrogatepass")) for kept in self._bytes)


def _strings(value: Any) -> Iterator[str]:
    yield from (word for _, word in leaves(value) if isinstance(word, str) and word.strip())
