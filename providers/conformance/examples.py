"""A value for each declared param: out of its type, its range, or the author's examples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
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


def _examples(param: Param) -> Iterator[Any]:
    """Values of a type: of each of its arms, with each literal, and with each key of an object alone."""
    for arm in arms_of(param.annotation):
        yield from _of_arm(unwrapped(arm), param.range or limits_of(param.annotation))


def _of_type(annotation: Any) -> Iterator[Any]:
    for arm in arms_of(annotation):
        yield from _of_arm(unwrapped(arm), limits_of(annotation))


def _of_arm(arm: Any, limits: Range | None) -> Iterator[Any]:
    container = get_origin(arm) or arm
    if container is Literal:
        # The last first: what stands in front is often the default, which some services leave out.
        yield from reversed(get_args(arm))
    elif arm in _SCALARS:
        yield _SCALARS[arm] if limits is None or arm in (str, bool) else _within(arm, limits)
    elif is_typed_dict(arm):
        yield from _typed_dicts(arm)
    elif isinstance(container, type) and issubclass(container, dict):
        yield {"x": next(_of_type(get_args(arm)[-1]), "x") if get_args(arm) else "x"}
    elif get_args(arm) and getattr(container, "__name__", "") in ("list", "tuple", "Sequence", "Iterable", "List"):
        yield from ([inner] for inner in _of_type(get_args(arm)[0]))
    elif getattr(container, "__name__", "") == "Mapping":
        yield {"x": 1}
    elif arm in (Any, object):
        yield "x"


_SCALARS: dict[Any, Any] = {str: "x", int: 3, float: 0.25, bool: True}


def _within(kind: Any, limits: Range) -> Any:
    low = limits.low if limits.low is not None else (limits.high or 1) - 1
    high = limits.high if limits.high is not None else low + 4
    return kind((low + high) / 2)


def _typed_dicts(arm: Any) -> Iterator[dict[str, Any]]:
    """Objects with what the type requires, then with each further key beside it, and each value of that."""
    keys = keys_of(arm)
    if keys is None:
        return
    least = {key: next(_of_type(keys.hints[key]), NO_EXAMPLE) for key in keys.required if key in keys.hints}
    if NO_EXAMPLE in least.values():
        return
    if least:
        yield least
    for key, hint in keys.hints.items():
        # One level is varied: what is nested deeper is taken as it comes.
        yield from ({**least, key: value} for value in islice(_of_type(hint), _MOST_VALUES))


_MOST_VALUES = 12
