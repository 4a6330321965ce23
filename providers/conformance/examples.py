"""A value for each declared param: out of its type, its range, or the author's examples."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from ell2a.errors import InvalidParams
from ell2a.providers.annotations import arms_of, is_typed_dict, keys_of, limits_of, unwrapped
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.params import Param, Range

NO_EXAMPLE = object()
"""Nothing can be made of the type."""


def sendable(subject: Subject, model: str) -> dict[str, Any]:
    """A value that the provider accepts for each param that a user may write; those that every call needs are left out."""
    params = subject.instance.available_params(None, model)
    found = {}
    for name, param in params.items():
        if param.kind == "param" and param.allowed and name not in subject.api_params:
            value = example_for(subject, param, model)
            if value is not NO_EXAMPLE:
                found[name] = value
    return found


def example_for(subject: Subject, param: Param, model: str) -> Any:
    """A value that the definition of a call accepts; NO_EXAMPLE where none of those that come to mind is."""
    given = [subject.param_examples[param.name]] if param.name in subject.param_examples else []
    for value in [*given, *_examples(param)]:
        if is_accepted(subject, model, {**companions(subject, param.name), param.name: value}):
            return value
    return NO_EXAMPLE


def companions(subject: Subject, name: str) -> dict[str, Any]:
    """What is to stand beside a param."""
    return dict(subject.param_companions.get(name, {}))


def is_accepted(subject: Subject, model: str, params: dict[str, Any]) -> bool:
    """Whether a definition with these params, beside those that every call needs, is in order."""
    try:
        subject.instance.validate_call_params(None, model, {**subject.api_params, **params})
    except InvalidParams:
        return False
    return True


def _examples(param: Param) -> list[Any]:
    made = [_example(arm, param.range, at) for at in (-1, 0) for arm in arms_of(param.annotation)]
    return [value for value in made if value is not NO_EXAMPLE and value is not None]


def _example(annotation: Any, limits: Range | None = None, at: int = -1) -> Any:
    """A value of a type; of several literals the one at a place."""
    for arm in arms_of(annotation):
        value = _of_arm(unwrapped(arm), limits or limits_of(annotation), at)
        if value is not NO_EXAMPLE:
            return value
    return NO_EXAMPLE


def _of_arm(arm: Any, limits: Range | None, at: int) -> Any:
    if get_origin(arm) is Literal:
        return get_args(arm)[at]
    if arm in _SCALARS:
        return _SCALARS[arm] if limits is None or arm in (str, bool) else _within(arm, limits)
    if is_typed_dict(arm):
        return _typed_dict(arm, at)
    container = get_origin(arm) or arm
    if isinstance(container, type) and issubclass(container, dict):
        inner = _example(get_args(arm)[-1], at=at) if get_args(arm) else "x"
        return {"x": "x" if inner is NO_EXAMPLE else inner}
    if get_args(arm) and getattr(container, "__name__", "") in ("list", "tuple", "Sequence", "Iterable", "List"):
        inner = _example(get_args(arm)[0], at=at)
        return NO_EXAMPLE if inner is NO_EXAMPLE else [inner]
    return {"x": 1} if getattr(container, "__name__", "") == "Mapping" else "x" if arm in (Any, object) else NO_EXAMPLE


_SCALARS: dict[Any, Any] = {str: "x", int: 3, float: 0.25, bool: True}


def _within(kind: Any, limits: Range) -> Any:
    low = limits.low if limits.low is not None else (limits.high or 1) - 1
    high = limits.high if limits.high is not None else low + 4
    return kind((low + high) / 2)


def _typed_dict(arm: Any, at: int) -> Any:
    keys = keys_of(arm)
    if keys is None:
        return NO_EXAMPLE
    wanted = keys.required or list(keys.hints)[:1]
    made = {key: _example(keys.hints[key], at=at) for key in wanted if key in keys.hints}
    return NO_EXAMPLE if NO_EXAMPLE in made.values() else made
