"""Rules across params: what is wrong with values that are right each for itself. One table a wire, each row with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ell2a.calls import AgentChoice, AnyAgent, ResponseFormat
from ell2a.errors import ParamFault
from ell2a.providers.rows import Quirks


@dataclass(frozen=True, slots=True)
class Asked:
    """What a definition asks for, as a rule sees it."""

    provider: str
    """Its name."""
    model: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    """All that goes into the body, what stands in `extra_body` included; and the options of the request."""
    agents: Sequence[AnyAgent] | None = None
    """None: not known, as where params are checked alone; rules about agents then say nothing."""
    agent_choice: AgentChoice | None = None
    response_format: ResponseFormat | None = None
    stream: bool | None = None
    """None: not known, as where params are checked alone."""
    quirks: Quirks = field(default_factory=Quirks)

    def __getitem__(self, name: str) -> Any:
        return self.params.get(name)

    @property
    def forced(self) -> bool:
        """Whether an agent must be called."""
        return self.agent_choice is not None and self.agent_choice.kind in ("required", "agent")


@dataclass(frozen=True, slots=True)
class ParamRule:
    """One row: where `broken` says so, the call would be refused, or would not do what it seems to."""

    name: str
    path: str
    """The place of the fault: a param, a key inside of one, `agent_choice` or `response_format`."""
    problem: str
    """What is wrong. `{temperature!r}` stands for a param's value, `{model}` for the model."""
    hint: str
    source: str
    """Where this is known from."""
    broken: Callable[[Asked], bool] | None = None
    """Asked only where all of `given` are given and none of them has a fault of its own; None: that is enough."""
    given: tuple[str, ...] = ()
    """The params that it is about; a null is not given."""
    about_agents: bool = False
    """Whether it can be said only where the agents of the call are known."""
    providers: frozenset[str] | None = None
    """The providers that it is known of; None: whoever speaks the wire."""

    def fault(self, asked: Asked) -> ParamFault | None:
        """The fault of a definition that breaks the rule."""
        if self.providers is not None and asked.provider not in self.providers:
            return None
        if self.about_agents and asked.agents is None:
            return None
        if any(asked[name] is None for name in self.given):
            return None
        if self.broken is not None and not self.broken(asked):
            return None
        return ParamFault(self.path, self.problem.format_map({**asked.params, "model": asked.model}), self.hint)


def faults_against(
    rules: Iterable[ParamRule], asked: Asked, *, unchecked: Mapping[str, Any], faulty: Iterable[str]
) -> Iterator[ParamFault]:
    """The faults against the rules: one a place.

    `unchecked` is what stands in `extra_body`: no rule speaks against that. `faulty` are the params that have a
    fault of their own.
    """
    told = set(faulty)
    for rule in rules:
        root = rule.path.partition(".")[0]
        if root in unchecked or rule.path in told or not told.isdisjoint(rule.given):
            continue
        fault = rule.fault(asked)
        if fault is not None:
            told.add(rule.path)
            yield fault


def with_extra_body(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Params with those that stand in their `extra_body`; of two of one name the one outside counts."""
    body = given.get("extra_body")
    return {**body, **given} if isinstance(body, dict) else given


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)
