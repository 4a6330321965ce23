"""JSON values as trees: their leaves, one leaf changed, where two differ, and whether one holds the other."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class Difference(NamedTuple):
    """The first place where two trees differ."""

    path: str
    expected: Any
    came: Any


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar with its path; a null says nothing and is none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    elif value is not None:
        yield path, value


def nodes(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in a tree with its path, itself first."""
    yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from nodes(inner, (*path, key))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value at a path."""
    if not path:
        return new
    made = copy.deepcopy(value)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = new
    return made


def dotted(path: Path) -> str:
    """`choices.0.message`."""
    return ".".join(str(step) for step in path)


def pattern(path: Path) -> str:
    """A path without the numbers of lists: `choices.message`."""
    return ".".join(step for step in path if isinstance(step, str))


def listed(path: Path, patterns: Collection[str]) -> bool:
    """Whether a path, or what it stands in, is among some patterns."""
    steps = pattern(path).split(".")
    return any(".".join(steps[: n + 1]) in patterns for n in range(len(steps)))


def difference(expected: Any, came: Any, path: Path = ()) -> Difference | None:
    """Where two trees differ first; None where they are the same. 1 and 1.0 are the same number, True is none."""
    if isinstance(expected, dict) and isinstance(came, dict):
        for key in dict.fromkeys([*expected, *came]):
            if key not in expected or key not in came:
                return Difference(dotted((*path, key)), expected.get(key, _Absent()), came.get(key, _Absent()))
            found = difference(expected[key], came[key], (*path, key))
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(came, list):
        return _list_difference(expected, came, path)
    same = expected == came and isinstance(expected, bool) == isinstance(came, bool)
    return None if same else Difference(dotted(path) or "(the whole)", expected, came)


def _list_difference(expected: list[Any], came: list[Any], path: Path) -> Difference | None:
    for at, (one, other) in enumerate(zip(expected, came, strict=False)):
        found = difference(one, other, (*path, at))
        if found:
            return found
    if len(expected) != len(came):
        at = min(len(expected), len(came))
        return Difference(
            dotted((*path, at)),
            expected[at] if at < len(expected) else _Absent(),
            came[at] if at < len(came) else _Absent(),
        )
    return None


def uncovered(part: Any, whole: Any, path: Path = (), *, unless: Collection[str] = ()) -> Difference | None:
    """Where a tree lacks something of another: each key, and each entry in its order; it may hold more."""
    if part is None or (path and listed(path, unless)):
        return None
    if isinstance(part, dict):
        if not isinstance(whole, dict):
            return Difference(dotted(path), part, whole)
        for key, inner in part.items():
            found = uncovered(inner, whole.get(key), (*path, key), unless=unless)
            if found:
                return found
        return None
    if isinstance(part, list):
        return _uncovered_list(part, whole, path, unless)
    return None if part == whole else Difference(dotted(path), part, _Absent() if whole is None else whole)


def _uncovered_list(part: list[Any], whole: Any, path: Path, unless: Collection[str]) -> Difference | None:
    entries = list(whole) if isinstance(whole, list) else []
    at = 0
    for number, one in enumerate(part):
        reasons = [uncovered(one, other, (*path, number), unless=unless) for other in entries[at:]]
        fits = next((n for n, reason in enumerate(reasons) if reason is None), None)
        if fits is None:
            return (
                reasons[0] or Difference(dotted((*path, number)), one, _Absent())
                if reasons
                else Difference(dotted((*path, number)), one, _Absent())
            )
        at += fits + 1
    return None


class _Absent:
    """Stands in a difference for what is not there."""

    def __repr__(self) -> str:
        return "nothing"
