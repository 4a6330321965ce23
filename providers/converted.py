"""The last check before a request leaves: the arguments that a translation amounts to, held against what the SDK takes.

Names only: values were checked where the call was defined, and what a translator writes is for its own tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ell2a.errors import BadConversion
from ell2a.providers.annotations import Keys, arms_of, is_typed_dict, keys_of, unwrapped
from ell2a.providers.declared_params import declared_in
from ell2a.providers.definition import Definition
from ell2a.providers.params import ParamSource
from ell2a.providers.sdk import installed_version
from ell2a.providers.signature_params import CallNames, call_names


def check(definition: Definition, native: dict[str, Any]) -> None:
    """Raises BadConversion, with every name at once, where the SDK would not take the request.

    Of a signature, each argument is known and each required one is there; in `extra_body` may stand what the wire's
    table or the provider's row knows, and what the user wrote there. Of params that are declared elsewhere (a pydantic
    model, a nested dict, a botocore shape), the same holds for the part of the arguments that they tell of, and in it
    for the keys of nested objects. Nothing is checked where the SDK is not installed, which the call itself tells, or
    where its function cannot be read.
    """
    provider = definition.provider
    if installed_version(provider.sdk.package) is None:
        return
    source = provider.param_source(definition.client, definition.model)
    if source.kind == "unreadable":
        return
    arguments = provider.provider_call_arguments(native)
    hold = _against_signature if source.kind == "signature" else _against_declaration
    found = hold(definition, source, arguments)
    if found.missing or found.unknown:
        raise BadConversion(
            f"{provider.name}/{definition.model}", source.described_as, missing=found.missing, unknown=found.unknown
        )


class _Found(NamedTuple):
    """What a request lacks, and what nobody knows of it, each by its path."""

    missing: list[str]
    unknown: list[str]


def _against_signature(definition: Definition, source: ParamSource, arguments: dict[str, Any]) -> _Found:
    found = _among_arguments(call_names(source.function), arguments)
    body = arguments.get("extra_body")
    if body:
        found.unknown.extend(f"extra_body.{name}" for name in _strays(definition, body))
    return found


def _against_declaration(definition: Definition, source: ParamSource, arguments: dict[str, Any]) -> _Found:
    provider, declared = definition.provider, declared_in(source)
    names = _names_of(provider.provider_call_function(definition.client, definition.model))
    found = _among_arguments(names, arguments) if names else _Found([], [])
    part = provider.declared_part(arguments)
    found.missing.extend(name for name, param in declared.items() if param.required and name not in part)
    found.unknown.extend(_strays(definition, part))
    for name, param in declared.items():
        # What the user wrote was checked, values and all, when the call was defined.
        if name in part and name not in definition.api_params:
            _hold(part[name], param.annotation, name, found)
    return found


def _among_arguments(names: CallNames, arguments: dict[str, Any]) -> _Found:
    missing = [name for name in names.required if name not in arguments]
    return _Found(missing, [name for name in arguments if name not in names.taken])


def _strays(definition: Definition, body: Mapping[str, Any]) -> list[str]:
    """The names in a body that nobody vouches for."""
    known = definition.provider.available_params(definition.client, definition.model)
    return [name for name in body if name not in known and name not in definition.api_params]


def _names_of(function: Any) -> CallNames | None:
    """The arguments of a function; None where it takes anything, as botocore's do, or cannot be read."""
    try:
        return call_names(function)
    except (ValueError, TypeError):
        return None


def _hold(value: Any, annotation: Any, path: str, found: _Found) -> None:
    """Add the keys that a nested object lacks, and those that its type has not."""
    if isinstance(value, list | tuple):
        # Entries of several types are told apart by their values, which is not for here.
        for at, entry in enumerate(value):
            for inner in _entries_of(annotation):
                _hold(entry, inner, f"{path}.{at}", found)
        return
    keys = _keys_of(annotation) if isinstance(value, dict) else None
    if keys is None:
        return
    found.missing.extend(f"{path}.{key}" for key in keys.required if key not in value)
    for key, inner in value.items():
        if key in keys.hints:
            _hold(inner, keys.hints[key], f"{path}.{key}", found)
        elif not keys.open:
            found.unknown.append(f"{path}.{key}")


def _entries_of(annotation: Any) -> Iterator[Any]:
    lists = [arm for arm in map(unwrapped, arms_of(annotation)) if getattr(arm, "__origin__", None) is list]
    if len(lists) == 1:
        yield lists[0].__args__[0]


@lru_cache(maxsize=512)
def _keys_of(annotation: Any) -> Keys | None:
    """The keys of a type that is one typed dict; None for any other."""
    arms = [unwrapped(arm) for arm in arms_of(annotation)]
    objects = [arm for arm in arms if is_typed_dict(arm)]
    others = [arm for arm in arms if getattr(arm, "__origin__", arm) in (dict, Any, object)]
    return keys_of(objects[0]) if len(objects) == 1 and not others else None
