"""Params that a refused call showed a model not to take: marked where params are listed, and warned of at definition.

An observation never refuses a param: it is one answer, and often about one value beside others. The provider's row,
the wire's table and `register_model` refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ell2a.providers import learned, models
from ell2a.providers.learned import Observation
from ell2a.providers.observations import PARAM_MEANS
from ell2a.providers.params import Param
from ell2a.providers.warn import warn_caller


class ParamRefusedBefore(UserWarning):
    """The provider refused a call on this model for a param that the definition has; the call is made."""


_warned: set[tuple[str, str, str, str]] = set()


def marked(params: Mapping[str, Param], provider: str, model: str | None, wire: str) -> Mapping[str, Param]:
    """The params, those that were seen to be refused with the observation."""
    seen = learned.observed_params(provider, model, wire) if model else {}
    return _Marked(params, seen) if seen else params


def warn_if_refused_before(provider: str, model: str, wire: str, given: Mapping[str, Any]) -> None:
    """Warn once of each given param that a call of late was refused for. What a user registered of it stands over that."""
    for name, seen in learned.observed_params(provider, model, wire).items():
        if not _asks(given, name, seen) or _registered_otherwise(provider, model, name):
            continue
        key = (provider, model, wire, name)
        if key in _warned:
            continue
        _warned.add(key)
        value = "" if seen.observed.value is None else f" of {seen.observed.value!r}"
        warn_caller(
            f"{provider}/{model}: `{name}`{value} was refused on {seen.as_of} (call {seen.call_id}):"
            f" {seen.observed.words!r}. It is sent all the same;"
            f" `ell2a.register_model({model!r}, provider={provider!r}, disallowed_params=[{name.partition('.')[0]!r}])`"
            " would refuse it here.",
            ParamRefusedBefore,
        )


class _Marked(Mapping[str, Param]):
    def __init__(self, params: Mapping[str, Param], seen: Mapping[str, Observation]) -> None:
        self._params, self._seen = params, seen

    def __getitem__(self, name: str) -> Param:
        param = self._params[name]
        found = next((seen for path, seen in self._seen.items() if path.partition(".")[0] == name), None)
        return param if found is None else replace(param, observed=found)

    def __contains__(self, name: object) -> bool:
        return name in self._params

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)


def _asks(given: Mapping[str, Any], path: str, seen: Observation) -> bool:
    """Whether params have what was refused: the param, or where one value of it was refused, that value."""
    found: Any = given
    for key in path.split("."):
        if not isinstance(found, Mapping) or found.get(key) is None:
            return False
        found = found[key]
    return seen.observed.value is None or found == seen.observed.value


def _registered_otherwise(provider: str, model: str, path: str) -> bool:
    known = models.registered(provider, model)
    if known is None:
        return False
    name = path.partition(".")[0]
    return name in known.default_params or any(c in known.capabilities for c in PARAM_MEANS.get(name, ()))
