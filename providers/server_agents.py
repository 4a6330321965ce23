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

    runs: Literal["provider", "program", "either", "nobody"] = "provider"
    """Who runs it. `program` is yours, where the service knows the schema only (a text editor, a patch); `either`: the
    dict itself says who (a shell's `environment`). `nobody`: it is of the wire, and this service has it not."""
    models: list[str] = Field(default_factory=list)
    """The models that take it, `*` for any part of a name; none: the source does not say."""
    not_models: list[str] = Field(default_factory=list)
    """The models that do not take it, in the same form."""
    source: str
    """Where it is known from."""


Kinds = Mapping[str, ServerAgentKind]
"""By the `type` of the dict."""


def run_by_provider(kinds: Kinds, model: str | None = None) -> list[str]:
    """The types that the provider runs itself for a model, or for any: what the fact `server_agents` lists."""
    return sorted(name for name, kind in kinds.items() if kind.runs in ("provider", "either") and _takes(kind, model))


def fact_of(own: Kinds, of_wire: Fact, model: str | None, *, all_of_wire: bool) -> Fact:
    """The fact `server_agents` of a service: the wire's own, and what stands beside it, where it runs all that the wire has; else
    its own table's.

    A service that speaks another's wire need not run the agents that the wire has names for: without a table nothing is
    known of it.
    """
    if all_of_wire:
        beside = run_by_provider(own, model)
        of_wires = of_wire.value if isinstance(of_wire.value, list) else []
        return of_wire.model_copy(update={"value": sorted({*map(str, of_wires), *beside})}) if beside else of_wire
    if not own:
        if of_wire.state != "yes":
            return of_wire
        return Fact(
            state="unknown",
            source="wire",
            detail=f"the wire has names for some ({of_wire.detail}); nothing says which of them this service runs",
        )
    listed = run_by_provider(own, model)
    if listed:
        ran = [own[name].source for name in listed]
        return yes("row", value=listed, detail=", ".join(dict.fromkeys(ran)))
    sources = ", ".join(dict.fromkeys(kind.source for kind in own.values()))
    if any(kind.runs in ("provider", "either") for kind in own.values()):
        return no("row", detail=f"not for this model: {sources}")
    return Fact(state="unknown", source="row", detail=f"some it has not, of others nothing is said: {sources}")


def _takes(kind: ServerAgentKind, model: str | None) -> bool:
    if model is None:
        return True
    if any(fnmatchcase(model, pattern) for pattern in kind.not_models):
        return False
    return not kind.models or any(fnmatchcase(model, pattern) for pattern in kind.models)


def faults_of(
    target: str,
    source: ParamSource,
    kinds: Kinds,
    agents: Sequence[AnyAgent],
    *,
    wire: str,
    model: str | None,
    silent_on: frozenset[str] = frozenset(),
) -> Iterator[ParamFault]:
    """What is wrong with the dicts among the agents: held against the SDK's own annotation, and the models of the table.

    `silent_on` are types of the wire of which nothing says that this service has them. Warns with ServerAgentUnknown,
    once, of those, and of a type that nothing knows: the service may be newer than the SDK.
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
            near = nearest(kind, [name for name in {*arms, *kinds} if name])
            meant = f" Did you mean {near!r}?" if near else ""
            why = f"is known neither to the installed SDK nor to ell2a; it is sent as it is.{meant}"
            _warn_unknown(target, path, kind, why)
        if isinstance(kind, str) and kind in silent_on:
            has = ", ".join(run_by_provider({k: v for k, v in kinds.items() if k not in silent_on}, model))
            why = f"is of the wire, and nothing says that this service has it; it is sent as it is. It has {has}."
            _warn_unknown(target, path, kind, why)
        yield from _refused(kinds.get(str(kind)), f"{path}.type", kind, model)


def _refused(kind: ServerAgentKind | None, path: str, name: Any, model: str | None) -> Iterator[ParamFault]:
    if kind is None:
        return
    if kind.runs == "nobody":
        yield ParamFault(path, f"{name!r} is of the wire, and this service has it not", kind.source)
    elif not _takes(kind, model):
        models = ", ".join(kind.models) or f"all but {', '.join(kind.not_models)}"
        yield ParamFault(path, f"{name!r} is not for {model}", f"it is taken by {models} ({kind.source})")


def _warn_unknown(target: str, path: str, kind: str, why: str) -> None:
    if (target, kind) in _warned:
        return
    if warn_caller(f"{target}: `{path}.type` {kind!r} {why}", ServerAgentUnknown):
        _warned.add((target, kind))


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
