"""The params of a definition, held against what the provider's call function takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ell2a.errors import InvalidParams, ParamFault, nearest
from ell2a.providers.json_values import json_faults
from ell2a.providers.param_names import OWN_PARAMS, OWN_WORDS, UNIVERSAL_NAMES
from ell2a.providers.param_rules import Asked, ParamRule, faults_against
from ell2a.providers.params import Param, ParamSource
from ell2a.providers.value_walk import beyond, faults_in
from ell2a.providers.warn import warn_caller


class ParamsUnchecked(UserWarning):
    """The params of a definition could not be checked, or their names only."""


def check(
    target: str,
    source: ParamSource,
    params: Mapping[str, Param],
    given: Mapping[str, Any],
    *,
    rules: Iterable[ParamRule] = (),
    asked: Asked | None = None,
    more: Iterable[ParamFault] = (),
) -> None:
    """Raises InvalidParams with every fault at once: names, types, ranges, what this model does not take, rules, and `more`.

    Warns with ParamsUnchecked where the source could not be read, wholly or in its types.
    """
    _warn_unread(target, source, params, given)
    faults = [fault for name, value in given.items() for fault in _faults_of(source, params, given, name, value)]
    body = given.get("extra_body")
    unchecked = {name: value for name, value in body.items() if name not in given} if isinstance(body, dict) else {}
    faulty = [fault.path.partition(".")[0] for fault in faults]
    if asked is not None:
        faults += faults_against(rules, asked, unchecked=unchecked, faulty=faulty)
    faults += more
    if faults:
        raise InvalidParams(target, faults, allowed=_allowed(params) if source.kind != "unreadable" else ())


def _faults_of(
    source: ParamSource, params: Mapping[str, Param], given: Mapping[str, Any], name: str, value: Any
) -> Iterator[ParamFault]:
    if name == "extra_body":
        yield from _in_extra_body(params, given, value)
    elif name in params:
        owned = list(_owned_inside(params, name, value))
        yield from owned or _in_param(params[name], value)
    elif source.kind == "unreadable":
        yield from json_faults(value, name)
    else:
        yield ParamFault(name, "there is no such param", _name_hint(name, params))


def _in_param(param: Param, value: Any) -> Iterator[ParamFault]:
    if param.kind == "owned":
        yield ParamFault(param.name, "is set by ell2a", param.why_not)
        return
    if param.why_not is not None and not _asks_for_nothing(param, value):
        yield ParamFault(param.name, "is not taken by this model", param.why_not)
        return
    faults = faults_in(value, param.annotation, param.name)
    yield from faults
    if not faults and param.range is not None:
        yield from beyond(param.range, param.name, value)


def _asks_for_nothing(param: Param, value: Any) -> bool:
    """Whether a value is the one that is taken though the param is not: an empty one is any that says nothing, such as None."""
    if param.neutral in ({}, []):
        return not (any(v is not None for v in value.values()) if isinstance(value, dict) else value)
    return param.neutral is not None and bool(value == param.neutral)


def _owned_inside(params: Mapping[str, Param], name: str, value: Any) -> Iterator[ParamFault]:
    """The keys of a param that ell2a sets itself, where the others are free: `output_config.format`."""
    if not isinstance(value, dict):
        return
    for key in value:
        inside = params.get(f"{name}.{key}")
        if inside is not None and inside.kind == "owned":
            yield ParamFault(inside.name, "is set by ell2a", inside.why_not)


def _in_extra_body(params: Mapping[str, Param], given: Mapping[str, Any], body: Any) -> Iterator[ParamFault]:
    """What stands in `extra_body` goes out unchecked, so that a param newer than the SDK can be sent at all."""
    if body is None:
        return
    if not isinstance(body, dict):
        yield ParamFault("extra_body", f"{body!r} is no dict", "it is merged into the body of the request")
        return
    yield from json_faults(body, "extra_body")
    for name in body:
        if name in given:
            yield ParamFault(f"extra_body.{name}", f"is given twice, here and as `{name}`")
        elif name in params and params[name].kind == "owned":
            yield ParamFault(f"extra_body.{name}", "is set by ell2a", params[name].why_not)
        elif name in params and params[name].kind == "option":
            yield ParamFault(f"extra_body.{name}", "is no part of the body", f"write `{name}` beside `extra_body`")
        for fault in _owned_inside(params, name, body[name]):
            yield ParamFault(f"extra_body.{fault.path}", fault.problem, fault.hint)


def _name_hint(name: str, params: Mapping[str, Param]) -> str | None:
    meant = UNIVERSAL_NAMES.get(name)
    here = [p.name for p in params.values() if p.universal == meant and p.kind == "param"] if meant else []
    if here:
        return f"here it is `{here[0]}`"
    if name in OWN_WORDS:
        return f"ell2a's word for it is {_ticked(OWN_WORDS[name])}"
    if meant:
        return f"this wire has none; to send it all the same, write `extra_body={{{name!r}: ...}}`"
    near = nearest(name, [*(n for n, p in params.items() if p.kind != "owned"), *OWN_PARAMS])
    if near:
        return f"did you mean `{near}`?"
    owned = nearest(name, [n for n, p in params.items() if p.kind == "owned"])
    if owned:
        return f"`{owned}` is set by ell2a; {params[owned].why_not}"
    return f"to send it all the same, write `extra_body={{{name!r}: ...}}`"


def _ticked(word: str) -> str:
    return f"`{word}`" if word in OWN_PARAMS else word


def _allowed(params: Mapping[str, Param]) -> list[str]:
    return sorted(p.name for p in params.values() if p.allowed and p.kind == "param")


def _warn_unread(target: str, source: ParamSource, params: Mapping[str, Param], given: Mapping[str, Any]) -> None:
    if not given:
        return
    if source.fault is not None:
        warn_caller(
            f"{target}: the params of {source.described_as} can't be read ({source.fault}):"
            " their names and types are not checked.",
            ParamsUnchecked,
        )
    unread = {name: fault for name in given if name in params and (fault := params[name].type_fault) is not None}
    if unread:
        names, why = ", ".join(f"`{name}`" for name in unread), next(iter(unread.values()))
        one = len(unread) == 1
        warn_caller(
            f"{target}: the type{'' if one else 's'} of {names} in {source.described_as} can't be read ({why}):"
            f" {'its name is checked, its value is' if one else 'their names are checked, their values are'} not.",
            ParamsUnchecked,
        )
