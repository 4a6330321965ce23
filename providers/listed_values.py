"""What a value in an entry of a models endpoint says: yes, no, or yes with a value. None where it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from ell2a.messages import JsonValue


class Told(NamedTuple):
    """What a field says of a capability."""

    can: bool
    value: JsonValue = None


Read = Callable[[object], Told | None]


def flag(value: object) -> Told | None:
    """True and False are yes and no."""
    return Told(value) if isinstance(value, bool) else None


def only_yes(value: object) -> Told | None:
    """What is true, or a number, is a yes; anything else says nothing."""
    said = value is True or (isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0)
    return Told(True) if said else None


def size(value: object) -> Told | None:
    """A number of tokens."""
    return Told(True, value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def day(value: object) -> Told | None:
    """A day or moment in ISO 8601; the day is kept."""
    if not isinstance(value, str):
        return None
    try:
        return Told(True, date.fromisoformat(value[:10]).isoformat())
    except ValueError:
        return None


def unix_day(value: object) -> Told | None:
    """Seconds since 1970, as the day."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        return None
    try:
        return Told(True, datetime.fromtimestamp(value, UTC).date().isoformat())
    except (ValueError, OverflowError, OSError):
        return None


def has(item: str) -> Read:
    """A list that is the whole of what there is: what it lacks is a no."""
    return lambda value: Told(item in value) if isinstance(value, list) else None


def lists(item: str) -> Read:
    """A list of what is worth a mention: what it lacks is not said."""
    return lambda value: Told(True) if isinstance(value, list) and item in value else None


def has_in_any(key: str) -> Read:
    """A list of services: a yes where one of them says so, a no where all deny it."""

    def read(value: object) -> Told | None:
        said = [one.get(key) for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        if True in said:
            return Told(True)
        return Told(False) if said and all(s is False for s in said) else None

    return read


def kinds(whole: str, each: Mapping[str, str]) -> Read:
    """A yes or no at one path, and kinds that each stand at a path of their own."""

    def read(value: object) -> Told | None:
        said = at(value, whole)
        if not isinstance(said, bool):
            return None
        found = [kind for kind, path in each.items() if at(value, path) is True]
        return Told(said, list(found) if said and found else None)

    return read


def at(value: Any, path: str) -> Any:
    """What stands at a path of keys joined by dots; None where there is nothing."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def without(value: Any, paths: Iterable[str]) -> Any:
    """A value without what stands at some paths; a list is gone through item by item."""
    if isinstance(value, list):
        return [without(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, item in value.items():
        inner = [path.removeprefix(f"{key}.") for path in paths if path.startswith(f"{key}.")]
        if key not in paths:
            kept[key] = without(item, inner) if inner else item
    return kept
