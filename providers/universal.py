"""The universal params of a wire: by which native name, in which form and range it takes each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from ell2a.calls import Action, UniversalParams
from ell2a.providers.params import Range

if TYPE_CHECKING:
    from ell2a.providers.provider import Provider


@dataclass(frozen=True, slots=True)
class NativeParam:
    """A universal param in a wire's own form."""

    universal: str
    name: str | None
    """The native top-level param, such as `max_completion_tokens`; None where the wire has none."""
    value: Any
    action: Action
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class UniversalRule:
    """How a wire takes one universal param. One row of the wire's table."""

    universal: str
    """The field of UniversalParams."""
    names: tuple[str, ...]
    """Native names that mean it, the one to write first. Empty: the wire has no such param."""
    range: Range | None = None
    """The universal values that fit: of a number its size, of a list its entries."""
    form: str = "as it is"
    """The native form in words, for the inspector: `list of up to 4`, `{"type": "enabled", "budget_tokens": N}`."""
    read: Callable[[Any], Any] | None = None
    """Native value -> universal value; None where it says nothing universal. Without it, the value itself."""
    write: Callable[[Any], tuple[Any, str | None]] | None = None
    """Universal value -> (native value, why it differs). Without it, the value itself."""
    beside: Mapping[str, Any] = field(default_factory=dict)
    """Native params that go out beside it, so that it has its effect on models that think as they see fit (`adaptive`)."""
    source: str = ""


class UniversalReading(NamedTuple):
    """What native params say in universal words."""

    values: dict[str, Any]
    """By field of UniversalParams."""
    origins: dict[str, str]
    """Universal field -> the native name that it was read from."""

    def read_from(self, name: str) -> list[str]:
        """The universal fields that one native param gave: none, one, or several."""
        return [universal for universal, origin in self.origins.items() if origin == name]


def read_universal(rules: Mapping[str, UniversalRule], params: Mapping[str, Any]) -> UniversalReading:
    """Universal values out of native params. Where two native names say the same, the first of the rule's counts.

    A value that is not of the universal param's type, such as an effort that one service alone knows, is not read.
    """
    reading = UniversalReading({}, {})
    for rule in rules.values():
        for name in rule.names:
            if params.get(name) is None or rule.universal in reading.values:
                continue
            value = rule.read(params[name]) if rule.read else params[name]
            if value is not None and _is_universal(rule.universal, value):
                reading.values[rule.universal] = value
                reading.origins[rule.universal] = name
    return reading


def unread(rules: Mapping[str, UniversalRule], params: Mapping[str, Any], reading: UniversalReading) -> dict[str, Any]:
    """By native name, the keys that a native value holds beyond what was read from it.

    Found by writing the universal values again: what does not come back has no universal meaning.
    """
    beyond: dict[str, Any] = {}
    for name, value in params.items():
        fields = reading.read_from(name)
        if not fields or not isinstance(value, dict):
            continue
        written: Any = {}
        for universal in fields:
            rule = replace(rules[universal], names=(name,), range=None)
            written = merged(written, write_universal({universal: rule}, universal, reading.values[universal]).value)
        rest = _minus(value, written)
        if rest:
            beyond[name] = rest
    return beyond


def write_universal(
    rules: Mapping[str, UniversalRule], universal: str, value: Any, *, refused: Mapping[str, str] | None = None
) -> NativeParam:
    """One universal value in the wire's own form: kept, renamed, converted, clamped into the range, or dropped.

    `refused` says of native names why the model does not take them: another name of the rule is then
    written, and where there is none the value is dropped with the reason.
    """
    rule = rules.get(universal)
    if rule is None or not rule.names:
        return NativeParam(universal, None, None, "dropped", f"this wire has no param for {universal}")
    name = next((n for n in rule.names if n not in (refused or {})), None)
    if name is None:
        return NativeParam(universal, None, None, "dropped", (refused or {})[rule.names[0]])
    fitting = _fit(value, rule.range)
    native, reason = rule.write(fitting) if rule.write else (fitting, None)
    if fitting != value:
        limit = f"{rule.range} entries" if isinstance(value, list) else str(rule.range)
        return NativeParam(universal, name, native, "clamped", f"{name} takes {limit}")
    if reason or native != value:
        return NativeParam(universal, name, native, "converted", reason or f"the form of {name}: {rule.form}")
    return NativeParam(universal, name, native, "kept" if name == universal else "renamed")


def universal_table(provider: Provider) -> list[dict[str, Any]]:
    """How a provider takes each universal param, as plain JSON values, in the order of UniversalParams.

    `native`: the names of its wire that mean it and that this provider takes, the one written first in front; empty
    where it has none. `range`: the values that fit, as text; `form`: the native form in words. The choice among agents
    and the response format are words of ell2a's own, which each wire's translator writes.
    """
    refused = _refused_names(provider)
    return [_shown(universal, provider.universal.get(universal), refused) for universal in UniversalParams.model_fields]


def _shown(universal: str, rule: UniversalRule | None, refused: Mapping[str, str]) -> dict[str, Any]:
    if rule is None:
        form = "ell2a's own word, the same on every wire"
        return {"universal": universal, "native": [], "own_word": True, "range": None, "form": form, "source": "ell2a"}
    names = [name for name in rule.names if name not in refused]
    why_not = "; ".join(dict.fromkeys(refused[name] for name in rule.names)) if rule.names and not names else None
    return {
        "universal": universal,
        "native": names,
        "own_word": False,
        "range": None if rule.range is None else str(rule.range),
        "form": why_not or (rule.form if names else "none"),
        "source": rule.source,
    }


def _refused_names(provider: Provider) -> Mapping[str, str]:
    """The names that a provider's row takes off its wire, with the reason."""
    quirks, rule = provider.row.quirks_on(provider.wire), provider.universal.get("max_tokens")
    limit = quirks.get("max_tokens_param")
    others = {name: f"it takes `{limit}`" for name in (rule.names if rule and limit else ()) if name != limit}
    return {**others, **quirks.get("refused_params", {})}


def merged(one: Any, other: Any) -> Any:
    """Two native values in one param: objects are joined key by key, else the second stands."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = dict(one)
        for key, value in other.items():
            both[key] = merged(both[key], value) if key in both else value
        return both
    return other


def _is_universal(universal: str, value: Any) -> bool:
    try:
        _type_of(universal).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _type_of(universal: str) -> TypeAdapter[Any]:
    return TypeAdapter(UniversalParams.model_fields[universal].rebuild_annotation())


def _fit(value: Any, limits: Range | None) -> Any:
    """The value, cut to the range."""
    if limits is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return value if limits.high is None else value[: int(limits.high)]
    if not isinstance(value, (int, float)) or limits.holds(value):
        return value
    cut = limits.low if limits.low is not None and value < limits.low else limits.high
    # A whole number stays one: token counts are integers on every wire.
    return value if cut is None else type(value)(cut)


def _minus(value: dict[str, Any], written: Any) -> dict[str, Any]:
    """The keys of a JSON object that another lacks, nested ones too."""
    if not isinstance(written, dict):
        return {}
    rest: dict[str, Any] = {}
    for key, inner in value.items():
        if key not in written:
            rest[key] = inner
        elif isinstance(inner, dict):
            deeper = _minus(inner, written[key])
            if deeper:
                rest[key] = deeper
    return rest
