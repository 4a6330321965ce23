"""Agents of a wire's own, given as dicts in `agents=`: those that the provider runs, and those that it only knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from ell2a.calls import AnyAgent, ServerAgent
from ell2a.errors import ParamFault, nearest
from ell2a.providers.annotations import UNRESOLVABLE, arms_of, hint_of, is_typed_dict, keys_of, unwrapped
from ell2a.providers.capabilities import Fact, no, yes
from ell2a.providers.params import ParamSource
from ell2a.providers.value_walk import faults_in, shown
from ell2a.providers.warn import warn_caller


class ServerAgentUnknown(UserWarning):
    """A dict in `agents=` has a type that neither the wire's tables nor the installed SDK know; it is sent as it is."""


class ServerAgentKind(BaseModel):
    """One type of agent that a service has of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs: Literal["provider", "program"] = "provider"
    """Who runs it: `program` is yours, where the service knows the schema only (a shell, a text editor)."""
    models: list[str] = Field(default_factory=list)
    """The models that take it, `*` for any part of a name; none: the source does not say."""
    source: str
    """Where it is known from."""


Kinds = Mapping[str, ServerAgentKind]
"""By the `type` of the dict."""


def run_by_provider(kinds: Kinds, model: str | None = None) -> list[str]:
    """The types that the provider runs itself for a model, or for any: what the fact `server_agents` lists."""
    return sorted(name for name, kind in kinds.items() if kind.runs == "provider" and _takes(kind, model))


def fact_of(kinds: Kinds, model: str | None) -> Fact:
    """The fact `server_agents` that a provider's own table makes."""
    listed = run_by_provider(kinds, model)
    sources = ", ".join(dict.fromkeys(kind.source for kind in kinds.values()))
    return yes("row", value=listed, detail=sources) if listed else no("row", detail=f"not for this model: {sources}")


def _takes(kind: ServerAgentKind, model: str | None) -> bool:
    return model is None or not kind.models or any(fnmatchcase(model, pattern) for pattern in kind.models)


def faults_of(
    target: str, source: ParamSource, kinds: Kinds, agents: Sequence[AnyAgent], *, wire: str, model: str | None
) -> Iterator[ParamFault]:
    """What is wrong with the dicts among the agents: held against the SDK's own annotation, and the models of the table.

    Warns with ServerAgentUnknown, once, of a type that nothing knows: the service may be newer than the SDK.
    """
    for at, agent in enumerate(agents):
        if not isinstance(agent, ServerAgent) or agent.wire != wire:
            continue
        path, kind = f"agents.{at}", agent.raw.get("type")
        arms = _arms(source.function) if source.kind == "signature" else {}
        if kind is not None and not isinstance(kind, str):
            yield ParamFault(f"{path}.type", f"{shown(kind)} is not str")
        elif kind in arms:
            yield from faults_in(agent.raw, arms[kind], path)
        elif kind is None:
            yield ParamFault(f"{path}.type", "is required and missing", _listed({*arms, *kinds}))
        elif kind not in kinds:
            _warn_unknown(target, path, kind, {*arms, *kinds})
        yield from _for_other_models(kinds.get(str(kind)), f"{path}.type", kind, model)


def _for_other_models(kind: ServerAgentKind | None, path: str, name: Any, model: str | None) -> Iterator[ParamFault]:
    if kind is not None and not _takes(kind, model):
        models = ", ".join(kind.models)
        yield ParamFault(path, f"{name!r} is not for {model}", f"it is taken by {models} ({kind.source})")


def _warn_unknown(target: str, path: str, kind: str, known: set[str | None]) -> None:
    if (target, kind) in _warned:
        return
    _warned.add((target, kind))
    near = nearest(kind, [name for name in known if name])
    meant = f" Did you mean {near!r}?" if near else ""
    warn_caller(
        f"{target}: `{path}.type` {kind!r} is known neither to the installed SDK nor to ell2a; it is sent as it is.{meant}",
        ServerAgentUnknown,
    )


def _listed(known: set[str | None]) -> str | None:
    names = sorted(name for name in known if name)
    return f"it is one of {', '.join(names)}" if names else None


@lru_cache(maxsize=64)
def _arms(function: Any) -> Mapping[str | None, Any]:
    """What the SDK's function takes as `tools`, by type; under None what needs no type."""
    try:
        tools = hint_of(function, "tools")
    except UNRESOLVABLE:
        return {}
    found: dict[str | None, Any] = {}
    for listed in arms_of(tools):
        for arm in (inner for element in get_args(listed) for inner in arms_of(element)):
            keys = keys_of(arm) if is_typed_dict(arm) else None
            if keys is None or "type" not in keys.hints:
                continue
            names = [name for literal in arms_of(keys.hints["type"]) for name in get_args(unwrapped(literal))]
            found.update(dict.fromkeys(names, arm))
            if "type" not in keys.required:
                found[None] = arm
    return found


_warned: set[tuple[str, str]] = set()
