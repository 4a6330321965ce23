"""Annotations of an SDK's functions and typed dicts: resolved, freed of the SDK's marks, and as text."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import typing_extensions

from ell2a.providers.params import Range

_SENTINELS = frozenset({"Omit", "NotGiven", "Unset", "UnsetType"})
"""Names of the classes by which SDKs say "not given"; each SDK has its own, so they are known by name."""

_WRAPPERS = (typing.Required, typing.NotRequired, typing_extensions.ReadOnly)
_LITERALS_SHOWN = 12

UNRESOLVABLE = (NameError, TypeError, AttributeError, SyntaxError, ImportError)
"""What resolving an annotation raises where it names what is not there."""


@lru_cache(maxsize=512)
def hint_of(function: Callable[..., Any], name: str) -> Any:
    """The annotation of one argument, resolved and without sentinels. Raises one of UNRESOLVABLE.

    One at a time: an SDK's function has dozens, and a definition gives a few.
    """
    bare = inspect.unwrap(function)
    annotated = types.SimpleNamespace(__annotations__={name: bare.__annotations__.get(name, Any)})
    hints = typing.get_type_hints(annotated, globalns=bare.__globals__, include_extras=True)
    return without_sentinels(hints[name])


def without_sentinels(annotation: Any) -> Any:
    """An annotation without the SDK's marks for "not given"."""
    arms = arms_of(annotation)
    kept = [arm for arm in arms if getattr(arm, "__name__", None) not in _SENTINELS]
    if len(kept) == len(arms) or not kept:
        return annotation
    return Union[tuple(kept)]  # noqa: UP007  # of a number of arms that is known only here


def with_literals(annotation: Any, values: list[str]) -> Any:
    """An annotation that also takes these values."""
    return Union[annotation, Literal[tuple(values)]]  # noqa: UP007  # of values that are known only here


def is_sentinel(value: Any) -> bool:
    """Whether a value says "not given" in some SDK's way."""
    return type(value).__name__ in _SENTINELS


def arms_of(annotation: Any) -> list[Any]:
    """The arms of a union, nested ones and Annotated ones opened; an annotation that is none is its own arm."""
    bare = unwrapped(annotation)
    if get_origin(bare) in (Union, types.UnionType):
        return [arm for inner in get_args(bare) for arm in arms_of(inner)]
    return [bare]


def unwrapped(annotation: Any) -> Any:
    """An annotation without Annotated, Required, NotRequired, ReadOnly, new types and type aliases around it."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated or origin in _WRAPPERS:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif isinstance(annotation, typing_extensions.TypeAliasType):
            annotation = annotation.__value__
        else:
            return annotation


def limits_of(annotation: Any) -> Range | None:
    """The range that stands beside a type: `Annotated[int, Range(1, 8)]`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            found = next((mark for mark in annotation.__metadata__ if isinstance(mark, Range)), None)
            if found is not None:
                return found
            annotation = get_args(annotation)[0]
        elif origin in _WRAPPERS:
            annotation = get_args(annotation)[0]
        else:
            return None


# --- typed dicts ---


class Keys(NamedTuple):
    """What a typed dict says of its keys."""

    hints: Mapping[str, Any]
    """Every key by name, and by the name it has in JSON where that differs."""
    required: frozenset[str]
    """Those that are known to be needed."""
    open: bool
    """Whether other keys may stand there."""


@lru_cache(maxsize=2048)
def keys_of(typed_dict: Any) -> Keys | None:
    """The keys of a typed dict; None where its annotations cannot be resolved."""
    try:
        hints = typing.get_type_hints(typed_dict, include_extras=True)
    except UNRESOLVABLE:
        return None
    aliases = {name: alias for name, hint in hints.items() if (alias := _alias_of(hint))}
    required = frozenset(n for n, hint in hints.items() if n not in aliases and _is_required(typed_dict, n, hint))
    named = {**hints, **{alias: hints[name] for name, alias in aliases.items()}}
    return Keys(named, required, _takes_more(typed_dict))


def is_typed_dict(annotation: Any) -> bool:
    """Whether an annotation is a TypedDict of either typing module."""
    return isinstance(annotation, type) and typing_extensions.is_typeddict(annotation)


def _is_required(typed_dict: Any, name: str, hint: Any) -> bool:
    # The class's own `__required_keys__` is filled before string annotations are resolved: a mark in them wins.
    while get_origin(hint) in (Annotated, typing_extensions.ReadOnly):
        hint = get_args(hint)[0]
    origin = get_origin(hint)
    if origin in (typing.Required, typing.NotRequired):
        return origin is typing.Required
    return name in getattr(typed_dict, "__required_keys__", ())


def _alias_of(hint: Any) -> str | None:
    while get_origin(hint) in _WRAPPERS:
        hint = get_args(hint)[0]
    if get_origin(hint) is not Annotated:
        return None
    return next((alias for mark in hint.__metadata__ if isinstance(alias := getattr(mark, "alias", None), str)), None)


def _takes_more(typed_dict: Any) -> bool:
    extra = getattr(typed_dict, "__extra_items__", None)
    return extra is not None and extra is not getattr(typing_extensions, "NoExtraItems", None)


# --- as text ---


def text_of(annotation: Any) -> str:
    """A type as people write it: `float | None`, `"low" | "high"`, `list[str]`."""
    bare = unwrapped(annotation)
    if get_origin(bare) in (Union, types.UnionType):
        texts = dict.fromkeys(text_of(arm) for arm in arms_of(bare))
        # The SDKs' versions differ in where they write None; people look for it at the end.
        return " | ".join(sorted(texts, key="None".__eq__))
    if get_origin(bare) is Literal:
        return _literals(get_args(bare))
    return _generic(bare)


def _generic(bare: Any) -> str:
    origin, inner = get_origin(bare), get_args(bare)
    if origin is None:
        if bare is None or bare is type(None):
            return "None"
        return getattr(bare, "__name__", None) or str(bare).removeprefix("typing.")
    name = getattr(origin, "__name__", str(origin)).lower()
    # A request's body is JSON: an Iterable, a Sequence and a list are all a list in it.
    name = {"iterable": "list", "sequence": "list", "collection": "list", "mapping": "dict"}.get(name, name)
    return f"{name}[{', '.join(text_of(arg) for arg in inner)}]" if inner else name


def _literals(values: tuple[Any, ...]) -> str:
    shown = [f'"{v}"' if isinstance(v, str) else repr(v) for v in values[:_LITERALS_SHOWN]]
    more = len(values) - len(shown)
    return " | ".join([*shown, f"{more} more"] if more else shown)
