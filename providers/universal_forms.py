"""Rows of the table of universal params, for the forms that many wires have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ell2a.providers.universal import UniversalRule


def renamed(source: str, /, **names: str) -> dict[str, UniversalRule]:
    """Universal params that are params of the wire: `renamed(DOCS, max_tokens="max_output", seed="random_seed")`."""
    return {universal: UniversalRule(universal, (name,), source=source) for universal, name in names.items()}


def inside(param: str, source: str, /, **names: str) -> dict[str, UniversalRule]:
    """Universal params that are keys of one param, an object: `inside("options", DOCS, max_tokens="num_predict")`."""
    return {universal: _key_of(param, universal, key, source) for universal, key in names.items()}


def _key_of(param: str, universal: str, key: str, source: str) -> UniversalRule:
    def read(given: Any) -> Any:
        return given.get(key) if isinstance(given, Mapping) else None

    def write(value: Any) -> tuple[Any, str | None]:
        return {key: value}, None

    return UniversalRule(universal, (param,), form=f'{{"{key}": ...}}', read=read, write=write, source=source)


def worded(universal: str, param: str, source: str, /, words: Mapping[str, Any]) -> dict[str, UniversalRule]:
    """A universal param of a few words, each with its native value; a word that is not there is written as the nearest before it.

    `worded("reasoning_effort", "think", DOCS, words={"none": False, "low": "low", "high": "high"})`
    """
    read: Callable[[Any], Any] = {_hashable(value): word for word, value in words.items()}.get
    order = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

    def write(word: Any) -> tuple[Any, str | None]:
        if word in words:
            return words[word], None
        before = [known for known in order[: order.index(word)] if known in words] if word in order else []
        near = before[-1] if before else next(iter(words))
        return words[near], f"{param} has no {word!r}: {near!r} comes nearest"

    def read_value(value: Any) -> Any:
        return read(_hashable(value))

    return {universal: UniversalRule(universal, (param,), read=read_value, write=write, source=source)}


def _hashable(value: Any) -> Any:
    # False and 0 are one key to a dict, and two values to JSON.
    return (type(value).__name__, str(value))
