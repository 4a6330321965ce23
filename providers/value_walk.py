"""A value held against an annotation: one fault a mistake, each with its path.

What an annotation means that is not understood here is accepted: better a mistake that the provider
refuses than a false alarm.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from ell2a.errors import ParamFault, nearest
from ell2a.providers.annotations import Keys, arms_of, is_typed_dict, keys_of, limits_of, text_of, unwrapped
from ell2a.providers.json_values import json_faults
from ell2a.providers.params import Range

_DISCRIMINATORS = ("type", "role")
"""The keys by which the SDKs tell the arms of a union of typed dicts apart."""

_SCALARS: dict[type, tuple[type, ...]] = {str: (str,), int: (int,), float: (float, int), bool: (bool,)}
"""What the SDKs' scalar types take. A bool is never a number."""

_LISTS = (list, tuple)
_LIST_TYPES: tuple[Any, ...] = (list, tuple, Sequence, Collection, Iterable)

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


def faults_in(value: Any, annotation: Any, path: str) -> list[ParamFault]:
    """Every mistake in a value; one of the right type is also held against the range that stands beside the type."""
    arms = arms_of(annotation)
    faults = _in_arm(value, arms[0], path) if len(arms) == 1 else _in_union(value, arms, annotation, path)
    limits = None if faults else limits_of(annotation)
    return faults if limits is None else list(beyond(limits, path, value))


def beyond(limits: Range, path: str, value: Any) -> Iterator[ParamFault]:
    """The fault of a number, or of a list by its length, that is out of its range."""
    if is_number(value) and not limits.holds(value):
        yield ParamFault(path, f"{value!r} is out of range", f"it takes {limits}")
    if isinstance(value, list | tuple) and not limits.holds(len(value)):
        yield ParamFault(path, f"{len(value)} entries are out of range", f"it takes {limits}")


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, and no bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def shown(value: Any) -> str:
    """A value as it stands in a message: its text, cut short, and its type where that does not show."""
    text = _short.repr(value)
    return text if isinstance(value, str | int | float | list | dict | None) else f"{text} ({type(value).__name__})"


# --- the forms of annotations ---


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of annotation: which values have its shape, and the faults in one that has."""

    takes: Callable[[Any, Any], bool]
    """(value, annotation): whether the value is of the kind, whatever is in it."""
    walk: Callable[[Any, Any, str], list[ParamFault]]
    """(value of the kind, annotation, path)."""
    meant: Callable[[Any, Any], str | None] = lambda _value, _annotation: None
    """(value of another kind, annotation): what to write instead."""


def _form_of(arm: Any) -> _Form:
    origin = get_origin(arm)
    if origin is Literal:
        return _LITERAL
    if arm is None or arm is type(None):
        return _NONE
    if arm in _SCALARS:
        return _SCALAR
    if is_typed_dict(arm):
        return _TYPED_DICT
    container = origin or arm
    if container in _LIST_TYPES:
        return _LIST
    if isinstance(container, type) and issubclass(container, Mapping):
        return _MAPPING
    return _OTHER


def _in_arm(value: Any, arm: Any, path: str) -> list[ParamFault]:
    arm = unwrapped(arm)
    form = _form_of(arm)
    # A value that no literal is like is told the literals all the same.
    if form is _LITERAL or form.takes(value, arm):
        return form.walk(value, arm, path)
    return [_wrong(value, arm, path, form.meant(value, arm))]


def _wrong(value: Any, annotation: Any, path: str, hint: str | None = None) -> ParamFault:
    # What JSON cannot hold at all has better advice of its own.
    faults = [] if hint else json_faults(value, path)
    if faults and faults[0].path == path:
        return faults[0]
    return ParamFault(path, f"{shown(value)} is not {text_of(annotation)}", hint)


# --- scalars and literals ---


def _is_scalar(value: Any, arm: Any) -> bool:
    return isinstance(value, _SCALARS[arm]) and (arm is bool or not isinstance(value, bool))


def _in_scalar(value: Any, arm: Any, path: str) -> list[ParamFault]:
    del arm
    return json_faults(value, path)


def _scalar_meant(value: Any, arm: Any) -> str | None:
    """How a value of another type was probably meant."""
    if isinstance(value, str) and arm in (int, float):
        try:
            return f"write {arm(value)} without quotes"
        except ValueError:
            return None
    if isinstance(value, float) and arm is int and value.is_integer():
        return f"write {int(value)}"
    if isinstance(value, str) and arm is bool and value.lower() in {"true", "false"}:
        return f"write {value.capitalize()} without quotes"
    if arm is str and isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return f"write {value[0]!r}"
    return None


def _is_like_a_literal(value: Any, arm: Any) -> bool:
    return any(isinstance(value, type(one)) for one in get_args(arm))


def _in_literal(value: Any, arm: Any, path: str) -> list[ParamFault]:
    return _in_choice(value, get_args(arm), path)


def _in_choice(value: Any, allowed: tuple[Any, ...], path: str) -> list[ParamFault]:
    if _is_plain(value) and any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed):
        return []
    near = nearest(value, [one for one in allowed if isinstance(one, str)]) if isinstance(value, str) else None
    hint = f"did you mean {near!r}?" if near and len(allowed) > 1 else None
    one_of = "one of " if len(allowed) > 1 else ""
    return [ParamFault(path, f"{shown(value)} is not {one_of}{', '.join(repr(one) for one in allowed)}", hint)]


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | bool | None)


# --- containers ---


def _is_dict(value: Any, arm: Any) -> bool:
    del arm
    return isinstance(value, dict)


def _in_typed_dict(value: Any, arm: Any, path: str) -> list[ParamFault]:
    keys = keys_of(arm)
    if keys is None:
        return json_faults(value, path)
    found = [fault for key, inner in value.items() for fault in _in_key(key, inner, keys, path)]
    # A key with a typo is one mistake: that the right one is missing then goes without saying.
    meant = {nearest(key, keys.hints) for key in value if isinstance(key, str) and key not in keys.hints}
    missing = sorted(key for key in keys.required if key not in value and key not in meant)
    return found + [
        ParamFault(f"{path}.{key}", "is missing", f"it takes {text_of(keys.hints[key])}") for key in missing
    ]


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


def _in_mapping(value: Any, arm: Any, path: str) -> list[ParamFault]:
    of_key_and_value = get_args(arm)
    inner = of_key_and_value[-1] if of_key_and_value else Any
    wrong_keys = [ParamFault(path, f"the key {key!r} is no string") for key in value if not isinstance(key, str)]
    return wrong_keys + [f for key, one in value.items() for f in faults_in(one, inner, f"{path}.{key}")]


def _is_list(value: Any, arm: Any) -> bool:
    del arm
    return isinstance(value, _LISTS)


def _in_list(value: Any, arm: Any, path: str) -> list[ParamFault]:
    inner = next(iter(get_args(arm)), Any)
    return [fault for at, one in enumerate(value) for fault in faults_in(one, inner, f"{path}.{at}")]


def _list_meant(value: Any, arm: Any) -> str | None:
    inner = get_args(arm)
    one_entry = inner and isinstance(value, str | int | float | dict) and not faults_in(value, inner[0], "")
    return f"write [{_short.repr(value)}]" if one_entry else None


# --- what says nothing of JSON: Any, object, a type variable, a class of the SDK's ---


def _may_be(value: Any, arm: Any) -> bool:
    container = get_origin(arm) or arm
    return not isinstance(container, type) or container in (Any, object) or _is_a(value, container)


def _in_other(value: Any, arm: Any, path: str) -> list[ParamFault]:
    return [] if arm not in (Any, object) and _is_a(value, arm) else json_faults(value, path)


def _is_a(value: Any, kind: Any) -> bool:
    try:
        return isinstance(value, kind)
    except TypeError:
        # A protocol or a generic alias: nothing that values are instances of.
        return False


_LITERAL = _Form(_is_like_a_literal, _in_literal)
_NONE = _Form(lambda value, _: value is None, lambda *_: [])
_SCALAR = _Form(_is_scalar, _in_scalar, _scalar_meant)
_TYPED_DICT = _Form(_is_dict, _in_typed_dict)
_MAPPING = _Form(_is_dict, _in_mapping)
_LIST = _Form(_is_list, _in_list, _list_meant)
_OTHER = _Form(_may_be, _in_other)


# --- unions ---


def _in_union(value: Any, arms: list[Any], annotation: Any, path: str) -> list[ParamFault]:
    fitting = [arm for arm in arms if _form_of(arm).takes(value, arm)]
    if not fitting:
        hints = (fault.hint for arm in arms for fault in _in_arm(value, arm, path))
        return [_wrong(value, annotation, path, next((hint for hint in hints if hint), None))]
    if isinstance(value, dict):
        return _in_dict_union(value, fitting, path)
    if all(_form_of(arm) is _LITERAL for arm in fitting):
        return _in_choice(value, tuple(one for arm in fitting for one in get_args(arm)), path)
    return min((_in_arm(value, arm, path) for arm in fitting), key=len)


def _in_dict_union(value: dict[Any, Any], arms: list[Any], path: str) -> list[ParamFault]:
    for key in _DISCRIMINATORS:
        said = [(arm, _discriminator(arm, key)) for arm in arms]
        if key not in value or not all(values for _, values in said):
            continue
        fitting = [arm for arm, values in said if _is_plain(value[key]) and value[key] in values]
        if not fitting:
            every = dict.fromkeys(one for _, values in said for one in values)
            return _in_choice(value[key], tuple(every), f"{path}.{key}")
        arms = fitting
    return min((_in_arm(value, arm, path) for arm in arms), key=len)


def _discriminator(arm: Any, key: str) -> tuple[Any, ...]:
    """The values that a key may have in a typed dict, where it lists them."""
    keys = keys_of(arm) if is_typed_dict(arm) else None
    hint = unwrapped(keys.hints[key]) if keys and key in keys.hints else None
    return get_args(hint) if get_origin(hint) is Literal else ()
