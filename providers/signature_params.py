"""Params read from their source, the signature of an SDK's function as a rule, with what a wire's table and a provider's row add."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, NamedTuple

from ell2a.providers import models
from ell2a.providers.annotations import UNRESOLVABLE, hint_of, is_sentinel, text_of, with_literals
from ell2a.providers.declared_params import DeclaredParam, declared_in
from ell2a.providers.param_docs import text_in_docs
from ell2a.providers.params import Param, ParamKind, ParamSource, ParamText, Range, Route
from ell2a.providers.rows import ProviderRow
from ell2a.providers.sdk import SdkNeed, installed_version
from ell2a.providers.universal import UniversalRule
from ell2a.providers.wire_params import ParamNote

OPTIONS = frozenset({"timeout", "extra_headers", "extra_query", "extra_body"})
"""Arguments of the SDKs' functions that are of the request, not of the model."""


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a function's own signature says, or a declaration that stands in for one."""

    arguments: Mapping[str, inspect.Parameter]
    function: Any = None
    """None for a declaration."""
    declared: Mapping[str, DeclaredParam] = field(default_factory=dict)
    """What a declaration says beyond names and defaults; empty for a function."""

    def annotation(self, name: str) -> Any:
        """The type of an argument. Raises one of UNRESOLVABLE."""
        return self.declared[name].annotation if name in self.declared else hint_of(self.function, name)


@lru_cache(maxsize=64)
def source_of(sdk: SdkNeed, function: Any) -> ParamSource:
    """The source that a function's signature is; of kind `unreadable` where it tells no names."""
    described_as = f"{sdk.package} {installed_version(sdk.package)}, {getattr(function, '__qualname__', function)!s}"
    try:
        _signature(function)
    except (ValueError, TypeError) as error:
        return ParamSource("unreadable", None, described_as, fault=str(error))
    return ParamSource("signature", function, described_as)


def argument_names(function: Any) -> frozenset[str]:
    """The names of a function's arguments, `self` and `extra_body` aside; empty where they cannot be read."""
    try:
        return frozenset(_signature(function).arguments) - {"extra_body"}
    except (ValueError, TypeError):
        return frozenset()


class CallNames(NamedTuple):
    """The arguments of an SDK's function by name."""

    required: tuple[str, ...]
    taken: frozenset[str]
    """All of them, `extra_body` and the other options too."""


@lru_cache(maxsize=64)
def call_names(function: Any) -> CallNames:
    """Which arguments a function takes and which it requires. Raises ValueError or TypeError where it cannot be read."""
    arguments = _signature(function).arguments
    required = [name for name, argument in arguments.items() if argument.default is inspect.Parameter.empty]
    return CallNames(tuple(required), frozenset(arguments))


def names_in_source(source: ParamSource) -> tuple[str, ...]:
    """The names of the params that a source tells of by itself."""
    return tuple(_signature_in(source).arguments)


def params_of(
    source: ParamSource,
    *,
    owned: Mapping[str, str],
    notes: Mapping[str, ParamNote],
    universal: Mapping[str, UniversalRule],
    row: ProviderRow,
    wire: str,
    model: str | None,
) -> Mapping[str, Param]:
    """Every param of a function and of the wire's table. Each is made when it is asked for."""
    return _SignatureParams(source, owned=owned, notes=notes, universal=universal, row=row, wire=wire, model=model)


class _SignatureParams(Mapping[str, Param]):
    """A definition asks for a few of the params, an inspector for all: none is made before it is asked for."""

    def __init__(
        self,
        source: ParamSource,
        *,
        owned: Mapping[str, str],
        notes: Mapping[str, ParamNote],
        universal: Mapping[str, UniversalRule],
        row: ProviderRow,
        wire: str,
        model: str | None,
    ) -> None:
        self._source, self._owned, self._notes = source, owned, notes
        self._universal, self._row, self._model = universal, row, model
        self._signature = _signature_in(source)
        self._quirks = row.quirks_on(wire)
        self._own: Mapping[str, str] = self._quirks.get("own_params", {})
        self._made: dict[str, Param] = {}
        self._names = dict.fromkeys([*self._signature.arguments, *notes, *owned, *self._own])

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> Param:
        made = self._made.get(name)
        if made is None:
            if name not in self._names:
                raise KeyError(name)
            made = self._made[name] = self._param(name)
        return made

    def _param(self, name: str) -> Param:
        note, argument = self._notes.get(name), self._signature.arguments.get(name)
        rule = next((r for r in self._universal.values() if name in r.names), None)
        sources = {"type": self._source.described_as, "route": self._source.described_as}
        annotation, type_fault = self._annotation(name)
        route: Route = "argument"
        if argument is None:
            annotation = note.type if note is not None and note.type is not None else Any
            route = "argument" if name in self._owned else "extra_body"
            sources["type"] = sources["route"] = note.source if note else self._stated_by(name)
        more = self._quirks.get("more_values", {}).get(name)
        if more:
            annotation = with_literals(annotation, more)
            sources["type"] += f", {self._row_source()}"
        found = self._range(name, note, rule, sources)
        kind, why_not, neutral = self._standing(name, note, sources)
        if rule is not None:
            sources["universal"] = rule.source or "the wire's universal table"
        return Param(
            name=name,
            type=text_of(annotation) if type_fault is None else str(argument and argument.annotation),
            default=_default_text(argument),
            required=argument is not None and argument.default is inspect.Parameter.empty,
            range=found,
            route=route,
            kind=kind,
            why_not=why_not,
            neutral=neutral,
            universal=rule.universal if rule else None,
            annotation=annotation,
            read_text=self._reader(name, note),
            type_fault=type_fault,
            sources=sources,
        )

    def _annotation(self, name: str) -> tuple[Any, str | None]:
        """The type of an argument, and why it cannot be read."""
        try:
            return (self._signature.annotation(name) if name in self._signature.arguments else Any), None
        except UNRESOLVABLE as error:
            return Any, f"its annotation cannot be resolved ({error})"

    def _reader(self, name: str, note: ParamNote | None) -> Callable[[], ParamText]:
        declared, own = self._signature.declared.get(name), self._own.get(name)
        if declared is not None:
            doc = declared.text.doc or (note.doc if note else None) or own
            return partial(ParamText, doc, declared.text.deprecated)
        has_argument = name in self._signature.arguments
        return partial(_text, self._source.function if has_argument else None, name, note, own)

    def _stated_by(self, name: str) -> str:
        return self._row_source() if name in self._own else "ell2a"

    def _row_source(self) -> str:
        return f"the row of {self._row.name}" + (f" ({self._row.docs})" if self._row.docs else "")

    def _range(
        self, name: str, note: ParamNote | None, rule: UniversalRule | None, sources: dict[str, str]
    ) -> Range | None:
        if note is not None and note.range is not None:
            sources["range"] = note.source
            return note.range
        declared = self._signature.declared.get(name)
        if declared is not None and declared.range is not None:
            sources["range"] = self._source.described_as
            return declared.range
        if rule is not None and rule.range is not None and name == rule.names[0]:
            sources["range"] = rule.source
            return rule.range
        return None

    def _standing(
        self, name: str, note: ParamNote | None, sources: dict[str, str]
    ) -> tuple[ParamKind, str | None, Any]:
        """What kind of param it is, why it may not be written, and the value that may be written even so."""
        if name in self._owned:
            sources["why_not"] = "ell2a"
            return "owned", self._owned[name], None
        if name in OPTIONS:
            return "option", None, None
        known = models.registered(self._row.name, self._model) if self._model else None
        if known and name in known.disallowed_params:
            sources["why_not"] = "yours"
            return "param", known.disallowed_params[name], None
        refused = self._refused_by_row(name)
        if refused:
            sources["why_not"] = self._row_source()
            return "param", refused, None
        refusal = note.refused_for(self._model) if note and note.refused_for and self._model else None
        if note and refusal:
            sources["why_not"] = note.source
            return "param", refusal, note.neutral
        return "param", None, None

    def _refused_by_row(self, name: str) -> str | None:
        limit, rule = self._quirks.get("max_tokens_param"), self._universal.get("max_tokens")
        if limit and rule and name in rule.names and name != limit:
            return f"{self._row.title} takes `{limit}`"
        return self._quirks.get("refused_params", {}).get(name)


_UNREADABLE = _Signature({})


def _signature_in(source: ParamSource) -> _Signature:
    if source.function is None:
        return _UNREADABLE
    return _signature(source.function) if source.kind == "signature" else _declaration(source)


@lru_cache(maxsize=64)
def _declaration(source: ParamSource) -> _Signature:
    declared = declared_in(source)
    arguments = {name: _argument(param) for name, param in declared.items()}
    return _Signature(arguments, declared=declared)


def _argument(param: DeclaredParam) -> inspect.Parameter:
    # The names of a wire need not be names of Python, which a Parameter insists on; nobody reads it back.
    default = inspect.Parameter.empty if param.required else _Default(param.default)
    return inspect.Parameter("declared", inspect.Parameter.KEYWORD_ONLY, default=default)


class _Default:
    """A default that is known as text."""

    def __init__(self, text: str | None) -> None:
        self.text = text


@lru_cache(maxsize=64)
def _signature(function: Any) -> _Signature:
    bare = inspect.unwrap(function)
    arguments = dict(inspect.signature(bare).parameters)
    if any(argument.kind is inspect.Parameter.VAR_KEYWORD for argument in arguments.values()):
        raise TypeError("it takes **keywords and names no params")
    arguments.pop("self", None)
    return _Signature(arguments, bare)


def _default_text(argument: inspect.Parameter | None) -> str | None:
    if argument is not None and isinstance(argument.default, _Default):
        return argument.default.text
    if argument is None or argument.default is inspect.Parameter.empty or is_sentinel(argument.default):
        return None
    return repr(argument.default)


def _text(function: Any, name: str, note: ParamNote | None, own: str | None) -> ParamText:
    found = ParamText() if function is None else text_in_docs(inspect.unwrap(function), name)
    return ParamText(found.doc or (note.doc if note else None) or own, found.deprecated)
