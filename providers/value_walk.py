"""A value held against an annotation: one fault a mistake, each with its path.

What an annotation means that is not understood here is accepted: better a mistake that the provider
refuses than a false alarm.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from ell2a.providers.annotations import Keys, arms_of, is_typed_dict, keys_of, text_of, unwrapped
from ell2a.providers.json_values import json_faults

from ell2a.errors import ParamFault, nearest

_DISCRIMINATORS = ("type", "role")
"""The keys by which the SDKs tell the arms of a union of typed dicts apart."""

_SCALARS: dict[type, tuple[type, ...]] = {str: (str,), int: (int,), float: (float, int), bool: (bool,)}
"""What the SDKs' scalar types take. A bool is never a number."""

_LISTS = (list, tuple)

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


def faults_in(value: Any, annotation: Any, path: str) -> list[ParamFault]:
    """Every mistake in a value."""
    arms = arms_of(annotation)
    if len(arms) == 1:
        return _in_arm(value, arms[0], path)
    return _in_union(value, arms, annotation, path)


def shown(value: Any) -> str:
    """A value as it stands in a message: its text, cut short, and its type where that does not show."""
    text = _short.repr(value)
    return text if isinstance(value, str | int | float | list | dict | None) else f"{text} ({type(value).__name__})"


# --- one arm ---


def _in_arm(value: Any, arm: Any, path: str) -> list[ParamFault]:
    arm = unwrapped(arm)
    origin = get_origin(arm)
    if origin is Literal:
        return _in_literal(value, get_args(arm), path)
    if arm is None or arm is type(None):
        return [] if value is None else [_wrong(value, arm, path)]
    if arm in _SCALARS:
        return _in_scalar(value, arm, path)
    if is_typed_dict(arm):
        return _in_typed_dict(value, arm, path)
    container = origin or arm
    if isinstance(container, type) and container not in (str, bytes):
        if issubclass(container, Mapping):
            return _in_mapping(value, arm, path)
        if container in _LIST_TYPES:
            return _in_list(value, arm, path)
    return _in_other(value, arm, path)


def _in_scalar(value: Any, arm: type, path: str) -> list[ParamFault]:
    if isinstance(value, _SCALARS[arm]) and (arm is bool or not isinstance(value, bool)):
        return json_faults(value, path)
    return [_wrong(value, arm, path, _as_scalar(value, arm))]


def _as_scalar(value: Any, arm: type) -> str | None:
    """How a value of another type was probably meant."""
    if isinstance(value, str) and arm in (int, float):
        try:
            number = arm(value)
        except ValueError:
            return None
        return f"write {number} without quotes"
    if isinstance(value, float) and arm is int and value.is_integer():
        return f"write {int(value)}"
    if isinstance(value, str) and arm is bool and value.lower() in ("true", "false"):
        return f"write {value.capitalize()} without quotes"
    if arm is str and isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return f"write {value[0]!r}"
    return None


def _in_literal(value: Any, allowed: tuple[Any, ...], path: str) -> list[ParamFault]:
    if any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed if _plain(value)):
        return []
    near = nearest(value, [one for one in allowed if isinstance(one, str)]) if isinstance(value, str) else None
    hint = f"did you mean {near!r}?" if near and len(allowed) > 1 else None
    return [ParamFault(path, f"{shown(value)} is not {_choice(allowed)}", hint)]


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | bool | None)


def _choice(allowed: Collection[Any]) -> str:
    if len(allowed) == 1:
        return repr(next(iter(allowed)))
    return f"one of {', '.join(repr(one) for one in allowed)}"


def _in_typed_dict(value: Any, arm: Any, path: str) -> list[ParamFault]:
    if not isinstance(value, dict):
        return [_wrong(value, arm, path)]
    keys = keys_of(arm)
    if keys is None:
        return json_faults(value, path)
    found = [fault for key, inner in value.items() for fault in _in_key(key, inner, keys, path)]
    # A key with a typo is one mistake: that the right one is missing then goes without saying.
    meant = {nearest(key, keys.hints) for key in value if isinstance(key, str) and key not in keys.hints}
    missing = sorted(key for key in keys.required if key not in value and key not in meant)
    return found + [ParamFault(f"{path}.{key}", "is missing", _needed(key, keys)) for key in missing]


def _in_key(key: Any, inner: Any, keys: Keys, path: str) -> list[ParamFault]:
    if key in keys.hints:
        return faults_in(inner, keys.hints[key], f"{path}.{key}")
    if not isinstance(key, str):
        return [ParamFault(path, f"the key {key!r} is no string")]
    if keys.open:
        return json_faults(inner, f"{path}.{key}")
    near = nearest(key, keys.hints)
    hint = f"did you mean {near!r}?" if near else f"it takes {', '.join(sorted(keys.hints))}"
    return [ParamFault(f"{path}.{key}", "unknown key", hint)]


def _needed(key: str, keys: Keys) -> str:
    return f"it takes {text_of(keys.hints[key])}"


def _in_mapping(value: Any, arm: Any, path: str) -> list[ParamFault]:
    if not isinstance(value, dict):
        return [_wrong(value, arm, path)]
    arguments = get_args(arm)
    inner = arguments[1] if len(arguments) == 2 else Any  # noqa: PLR2004  # of key and value
    wrong_keys = [ParamFault(path, f"the key {key!r} is no string") for key in value if not isinstance(key, str)]
    return wrong_keys + [f for key, one in value.items() for f in faults_in(one, inner, f"{path}.{key}")]


def _in_list(value: Any, arm: Any, path: str) -> list[ParamFault]:
    if not isinstance(value, _LISTS):
        hint = f"write [{_short.repr(value)}]" if _fits_item(value, arm) else None
        return [_wrong(value, arm, path, hint)]
    inner = next(iter(get_args(arm)), Any)
    return [fault for at, one in enumerate(value) for fault in faults_in(one, inner, f"{path}.{at}")]


def _fits_item(value: Any, arm: Any) -> bool:
    inner = get_args(arm)
    return bool(inner) and isinstance(value, str | int | float | dict) and not faults_in(value, inner[0], "")


def _in_other(value: Any, arm: Any, path: str) -> list[ParamFault]:
    """An annotation that says nothing of JSON: Any, object, a type variable, a class of the SDK's."""
    return [] if arm not in (Any, object) and _is_a(value, arm) else json_faults(value, path)


def _is_a(value: Any, kind: Any) -> bool:
    try:
        return isinstance(value, kind)
    except TypeError:
        # A type variable, a protocol, a generic alias: nothing that values are instances of.
        return False


_LIST_TYPES: tuple[Any, ...] = (list, tuple, Sequence, Collection, Iterable)


# --- unions ---


def _in_union(value: Any, arms: list[Any], annotation: Any, path: str) -> list[ParamFault]:
    shaped = [arm for arm in arms if _has_shape(value, arm)]
    if not shaped:
        hints = (fault.hint for arm in arms for fault in _in_arm(value, arm, path))
        return [_wrong(value, annotation, path, next((hint for hint in hints if hint), None))]
    if isinstance(value, dict):
        return _in_dict_union(value, shaped, path)
    tried = [_in_arm(value, arm, path) for arm in shaped]
    if any(not faults for faults in tried):
        return []
    literals = [one for arm in shaped if get_origin(arm) is Literal for one in get_args(arm)]
    if literals and all(get_origin(arm) is Literal for arm in shaped):
        return _in_literal(value, tuple(literals), path)
    return min(tried, key=len)


def _in_dict_union(value: dict[Any, Any], arms: list[Any], path: str) -> list[ParamFault]:
    for key in _DISCRIMINATORS:
        said = {id(arm): values for arm in arms if (values := _discriminates(arm, key))}
        if not said or len(said) < len(arms):
            continue
        if key not in value:
            continue
        fitting = [arm for arm in arms if value[key] in said[id(arm)]] if _plain(value[key]) else []
        if not fitting:
            return _in_literal(value[key], tuple(dict.fromkeys(v for s in said.values() for v in s)), f"{path}.{key}")
        arms = fitting
    return min((_in_arm(value, arm, path) for arm in arms), key=len)


def _discriminates(arm: Any, key: str) -> tuple[Any, ...]:
    """The values by which a typed dict is known, under a key."""
    keys = keys_of(arm) if is_typed_dict(arm) else None
    hint = unwrapped(keys.hints[key]) if keys and key in keys.hints else None
    return get_args(hint) if get_origin(hint) is Literal else ()


def _has_shape(value: Any, arm: Any) -> bool:
    """Whether a value is of the kind that an arm takes, whatever is in it."""
    arm = unwrapped(arm)
    origin = get_origin(arm)
    if origin is Literal:
        return any(isinstance(value, type(one)) for one in get_args(arm))
    if arm is None or arm is type(None):
        return value is None
    if arm in _SCALARS:
        return isinstance(value, _SCALARS[arm]) and (arm is bool or not isinstance(value, bool))
    if is_typed_dict(arm):
        return isinstance(value, dict)
    container = origin or arm
    if isinstance(container, type) and container not in (str, bytes):
        if issubclass(container, Mapping):
            return isinstance(value, dict)
        if container in _LIST_TYPES:
            return isinstance(value, _LISTS)
        return container in (Any, object) or _is_a(value, container)
    return True


def _wrong(value: Any, annotation: Any, path: str, hint: str | None = None) -> ParamFault:
    # What JSON cannot hold at all has better advice of its own.
    faults = [] if hint else json_faults(value, path)
    if faults and faults[0].path == path:
        return faults[0]
    return ParamFault(path, f"{shown(value)} is not {text_of(annotation)}", hint)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, and no bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
