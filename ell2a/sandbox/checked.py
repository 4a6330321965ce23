"""A request's JSON, read with a check at every step; a fault tells its path in the wire's own way."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

from ell2a.sandbox.faults import Fault

Path = tuple[str | int, ...]
TellFault = Callable[[Path, str, str], Fault]
"""(path, problem, code) -> the wire's fault. Codes: missing, invalid_type, invalid_value, unknown, unsupported."""

_NAMES = {str: "a string", dict: "an object", list: "an array", bool: "a boolean", int: "an integer", float: "a number"}


class Checked:
    """One value of a request and where it stands."""

    def __init__(self, value: Any, tell: TellFault, path: Path = ()) -> None:
        self.value, self.path, self._tell = value, path, tell

    def fault(self, problem: str, code: str = "invalid_value") -> Fault:
        """The fault to raise for this value."""
        return self._tell(self.path, problem, code)

    # --- shapes ---

    def object(self, only: Collection[str] | None = None) -> Checked:
        """This value, known to be an object with no other keys than these."""
        self._of(dict)
        if only is not None:
            for key in self.value:
                if key not in only:
                    raise self._tell((*self.path, key), f"unknown; known here: {', '.join(sorted(only))}", "unknown")
        return self

    def items(self, at_least: int = 0) -> Iterator[Checked]:
        """The members of this array."""
        self._of(list)
        if len(self.value) < at_least:
            raise self.fault(f"needs at least {at_least} member{'s' if at_least > 1 else ''}")
        return (Checked(v, self._tell, (*self.path, i)) for i, v in enumerate(self.value))

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def __getitem__(self, key: str) -> Checked:
        """A member that must be there."""
        self._of(dict)
        if key not in self.value:
            raise self._tell((*self.path, key), "this field is required", "missing")
        return Checked(self.value[key], self._tell, (*self.path, key))

    def given(self, key: str) -> Checked | None:
        """A member that may be absent or null."""
        return self[key] if key in self else None  # noqa: SIM401  # no dict: `in` is false for null

    # --- plain values ---

    def string(self, *, empty: bool = True) -> str:
        """This value, known to be a string."""
        self._of(str)
        if not empty and not self.value.strip():
            raise self.fault("must not be empty")
        return str(self.value)

    def boolean(self) -> bool:
        """This value, known to be true or false."""
        self._of(bool)
        return bool(self.value)

    def integer(self, low: int | None = None, high: int | None = None) -> int:
        """This value, known to be an integer within bounds."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self._wrong(int)
        self._within(low, high)
        return self.value

    def number(self, low: float | None = None, high: float | None = None) -> float:
        """This value, known to be a number within bounds."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self._wrong(float)
        self._within(low, high)
        return float(self.value)

    def one_of(self, *allowed: str) -> str:
        """This value, known to be one of these strings."""
        if self.value not in allowed:
            raise self.fault(f"{json.dumps(self.value)[:80]} is none of {', '.join(map(repr, allowed))}")
        return str(self.value)

    def schema(self, *, closed: bool) -> dict[str, Any]:
        """This value, known to be a JSON schema. `closed`: every object in it says `additionalProperties: false`."""
        self._of(dict)
        if closed:
            self._all_closed(self.value, self.path)
        return dict(self.value)

    def _all_closed(self, schema: Any, path: Path) -> None:
        if isinstance(schema, list):
            for i, inner in enumerate(schema):
                self._all_closed(inner, (*path, i))
        if not isinstance(schema, dict):
            return
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            raise self._tell(path, "`additionalProperties` must be given as false for every object", "invalid_schema")
        for key, inner in schema.items():
            if key not in ("enum", "const", "default", "examples"):
                self._all_closed(inner, (*path, key))

    def _of(self, kind: type) -> None:
        if not isinstance(self.value, kind):
            raise self._wrong(kind)

    def _wrong(self, kind: type) -> Fault:
        got = "null" if self.value is None else _NAMES.get(type(self.value), type(self.value).__name__)
        return self.fault(f"expected {_NAMES[kind]}, got {got}", "invalid_type")

    def _within(self, low: float | None, high: float | None) -> None:
        if low is not None and self.value < low:
            raise self.fault(f"{self.value} is below the least, {low}")
        if high is not None and self.value > high:
            raise self.fault(f"{self.value} is above the most, {high}")
