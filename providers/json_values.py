"""What JSON cannot hold, found in a value, with what to write instead."""

from __future__ import annotations

import dataclasses
import math
import reprlib
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from os import PathLike
from typing import Any

from pydantic import BaseModel

from ell2a.errors import ParamFault

_DEEPEST = 200
"""Nesting beyond this is a value that holds itself."""

_INSTEAD: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (BaseModel, "write `.model_dump(mode='json')`"),
    (Enum, "write its `.value`"),
    ((datetime, date, time), "write `.isoformat()`"),
    (PathLike, "write `str(path)`"),
    (Decimal, "write `float(...)`"),
    ((bytes, bytearray, memoryview), "write it as base64 text"),
    (AbstractSet, "write `list(...)`"),
    (BaseException, "write `str(...)`"),
    (Iterable, "write `list(...)`"),
)
"""Kind of object -> what to write; the first that fits."""


def json_faults(value: Any, path: str, depth: int = 0) -> list[ParamFault]:
    """Every part of a value that JSON cannot hold. Tuples are taken: they are written as lists."""
    if value is None or isinstance(value, str | bool | int):
        return []
    if isinstance(value, float):
        return [] if math.isfinite(value) else [ParamFault(path, f"{value} is no number that JSON has")]
    if depth > _DEEPEST:
        return [ParamFault(path, "is nested too deeply, or holds itself")]
    if isinstance(value, list | tuple):
        return [f for at, one in enumerate(value) for f in json_faults(one, f"{path}.{at}", depth + 1)]
    if isinstance(value, dict):
        wrong = [ParamFault(path, f"the key {key!r} is no string") for key in value if not isinstance(key, str)]
        return wrong + [f for key, one in value.items() for f in json_faults(one, f"{path}.{key}", depth + 1)]
    return [ParamFault(path, f"{reprlib.repr(value)} ({type(value).__name__}) cannot stand in JSON", _instead(value))]


def _instead(value: Any) -> str | None:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return "write `dataclasses.asdict(...)`"
    if hasattr(value, "item") and hasattr(value, "dtype"):
        return "write `.item()`" if getattr(value, "ndim", 1) == 0 else "write `.tolist()`"
    return next((words for kinds, words in _INSTEAD if isinstance(value, kinds)), None)
