"""What a law says when a provider breaks it."""

from __future__ import annotations

import reprlib
from typing import Any

LAW_NAMES = {
    1: "there and back",
    2: "back and there",
    3: "answer as history",
    4: "stream equals whole",
    5: "nothing unaccounted",
    6: "declared equals observed",
    7: "errors are mapped",
}
"""The laws by number, as `docs/design.md` has them."""

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 300
_short.maxdict = _short.maxlist = 12
_short.maxlevel = 6


class LawBroken(AssertionError):
    """A provider breaks a law: which one, where, what was expected, what came, and what to do."""

    def __init__(self, law: int, path: str, *, expected: Any, came: Any, mend: str, case: Any = None) -> None:
        self.law, self.path, self.expected, self.came, self.mend, self.case = law, path, expected, came, mend, case
        words = [
            f"law {law}, {LAW_NAMES[law]}, is broken at `{path}`",
            f"  expected: {shown(expected)}",
            f"  came:     {shown(came)}",
            f"  to mend:  {mend}",
        ]
        if case is not None:
            words.append(f"  in:       {shown(case)}")
        super().__init__("\n".join(words))

    def as_json(self) -> dict[str, Any]:
        """The parts as plain JSON values."""
        return {
            "law": self.law,
            "path": self.path,
            "expected": shown(self.expected),
            "came": shown(self.came),
            "mend": self.mend,
            "case": None if self.case is None else shown(self.case),
        }


def shown(value: Any) -> str:
    """A value as it stands in a message; words as they are, the rest cut short."""
    return value if isinstance(value, Words) else _short.repr(value)


class Words(str):
    """A sentence, where no value would say what is meant."""

    __slots__ = ()
