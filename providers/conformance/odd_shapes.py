"""JSON bodies of another shape than the wire's: each part of a sample replaced by what should not stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.providers.conformance.trees import dotted, nodes, replaced

_ODD: tuple[Any, ...] = (None, "odd", 7, True, [], {}, [None], {"weird": 1}, [{"type": "zq_unknown"}])
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"weird": 1},
    {"choices": None},
    {"content": None},
    {"output": None},
    {"message": None},
    {"candidates": None},
    {"error": {"message": "no"}},
)
"""Whole answers of another shape."""

_MOST = 400


def odd_versions(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, the body with that part odd), at most a few hundred."""
    places = [path for path, _ in nodes(body) if path]
    step = max(1, len(places) * len(_ODD) // _MOST)
    pairs = [(path, odd) for path in places for odd in _ODD]
    for path, odd in pairs[::step]:
        yield dotted(path), replaced(body, path, odd)
