"""The universal params of a wire: by which native name, in which form and range it takes each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ell2a.providers.params import Range

from ell2a.calls import Action


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
    form: str = "as it is"
    """The native form in words, for the inspector: `list of up to 4`, `{"type": "enabled", "budget_tokens": N}`."""
    read: Callable[[Any], Any] | None = None
    """Native value -> universal value; None where it says nothing universal. Without it, the value itself."""
    write: Callable[[Any], tuple[Any, str | None]] | None = None
    """Universal value -> (native value, why it differs). Without it, the value itself."""
    source: str = ""


def read_universal(
    rules: Mapping[str, UniversalRule], params: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Universal values out of native params, and which native param gave which of them.

    Returns ({universal field: value}, {native name: universal field}).
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for rule in rules.values():
        for name in rule.names:
            if name not in params or rule.universal in values:
                continue
            value = rule.read(params[name]) if rule.read else params[name]
            if value is not None:
                values[rule.universal] = value
                origins[name] = rule.universal
    return values, origins


def write_universal(rules: Mapping[str, UniversalRule], universal: str, value: Any) -> NativeParam:
    """One universal value in the wire's own form: kept, converted, clamped into the range, or dropped."""
    rule = rules.get(universal)
    if rule is None or not rule.names:
        return NativeParam(universal, None, None, "dropped", f"this wire has no param for {universal}")
    name = rule.names[0]
    native, reason = rule.write(value) if rule.write else (value, None)
    if rule.range and isinstance(native, (int, float)) and not rule.range.holds(native):
        low, high = rule.range.low, rule.range.high
        cut = low if low is not None and native < low else high
        return NativeParam(
            universal, name, type(native)(cut) if cut is not None else native, "clamped", f"{name} takes {rule.range}"
        )
    if reason or native != value:
        return NativeParam(universal, name, native, "converted", reason or f"the form of {name}: {rule.form}")
    return NativeParam(universal, name, native, "kept" if name == universal else "renamed")
