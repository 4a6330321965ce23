"""Recorded JSON with a few parts made wrong: deleted, replaced, repeated, wrapped, cut short or of another type."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from ell2a.providers.conformance.trees import Path, nodes


def _deep(levels: int) -> Any:
    value: Any = "at the bottom"
    for n in range(levels):
        value = [value] if n % 2 else {"in": value}
    return value


ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**400,
    2**63,
    1.5,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "odd",
    "nul \x00 in it",
    "half a pair \ud83d",
    '{"no json": ',
    '"a JSON string"',
    "[1, 2",
    "data:image/png;base64,####",
    [],
    {},
    [None],
    [[]],
    {"weird": 1},
    {"type": None},
    {"type": ["list"]},
    [{"type": "zq_unknown", "zq": "kept?"}],
    {"type": "zq_unknown", "text": "kept?", "id": 7},
    _deep(60),
)
"""What should not stand where it will stand."""


def mutated(value: Any, random: Random) -> Any:
    """A copy with one to three parts made wrong."""
    made = copy.deepcopy(value)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        places = [path for path, _ in nodes(made) if path]
        if not places:
            return random.choice(ODD)
        # Few places are near the top, and what is wrong there matters most.
        depth = random.randint(1, max(map(len, places)))
        near = [path for path in places if len(path) <= depth]
        made = random.choice(_WAYS)(made, random.choice(near), random)
    return made


def _holder(value: Any, path: Path) -> Any:
    for step in path[:-1]:
        value = value[step]
    return value


def _delete(value: Any, path: Path, _: Random) -> Any:
    del _holder(value, path)[path[-1]]
    return value


def _replace(value: Any, path: Path, random: Random) -> Any:
    _holder(value, path)[path[-1]] = copy.deepcopy(random.choice(ODD))
    return value


def _repeat(value: Any, path: Path, random: Random) -> Any:
    holder = _holder(value, path)
    again = copy.deepcopy(holder[path[-1]])
    if isinstance(holder, list):
        holder.insert(random.randint(0, len(holder)), again)
    else:
        holder[f"zq_{path[-1]}"] = again
    return value


def _retype(value: Any, path: Path, random: Random) -> Any:
    holder = _holder(value, path)
    old = holder[path[-1]]
    if isinstance(old, str):
        holder[path[-1]] = random.choice((len(old), [old], {"text": old}, old[: len(old) // 2], f"{old}zq"))
    elif isinstance(old, list):
        holder[path[-1]] = old[0] if old else None
    elif isinstance(old, dict):
        holder[path[-1]] = [old]
    else:
        holder[path[-1]] = str(old)
    return value


def _swap(value: Any, path: Path, random: Random) -> Any:
    other = random.choice([place for place, _ in nodes(value) if place])
    if other[: len(path)] == path or path[: len(other)] == other:
        return value
    one, two = _holder(value, path), _holder(value, other)
    one[path[-1]], two[other[-1]] = two[other[-1]], one[path[-1]]
    return value


_WAYS: tuple[Callable[[Any, Path, Random], Any], ...] = (_delete, _replace, _replace, _replace, _repeat, _retype, _swap)
