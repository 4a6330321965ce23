"""What of a draft the target can carry: its model's capabilities, its wire's own losses, and the request in the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ell2a.calls import AgentSpec, Ell2aCall, ReplayChoice, TranslationItem
from ell2a.errors import InvalidParams, UnsupportedCapability
from ell2a.messages import AgentResultBlock
from ell2a.providers import requirements
from ell2a.providers.report import Report
from ell2a.providers.sdk import installed_version
from ell2a.providers.warn import unwarned
from ell2a.replay.draft import INSIDE_RESULT, Draft
from ell2a.replay.fitting import fit_conversation
from ell2a.replay.losses import lose
from ell2a.replay.params import CarriedParams, Target


def leave_idle_choice(draft: Draft) -> None:
    """A choice among agents says nothing once the agent, or all of them, are gone."""
    choice = draft.agent_choice
    if choice is None or not draft.original.agents:
        return
    names = [agent.name for _, agent in draft.agents]
    if not draft.agents:
        draft.leave_out("agent_choice", "dropped", "no agents are offered")
    elif choice.name is not None and choice.name not in names:
        draft.leave_out("agent_choice", "dropped", f"{choice.name} is not among the agents that are offered")


def lose_unsupported(draft: Draft, target: Target) -> None:
    """Take away what the target's model is known not to take."""
    facts = target.provider.capabilities(target.client, target.model)
    call = _call(draft, target, CarriedParams({}, []))
    needs = [
        *requirements.of_definition(agents=call.agents, response_format=call.response_format, stream=call.stream),
        *requirements.of_messages(call),
    ]
    kinds = facts.agent_choice.value
    if call.agent_choice is not None and isinstance(kinds, list) and call.agent_choice.kind not in kinds:
        lose(draft, "agent_choice", f"{target.name} has no choice of the kind `{call.agent_choice.kind}`")
    lost = [(path, need) for need in needs if _fact_state(facts, need) == "no" for path in _paths_of(draft, need)]
    for path, need in lost:
        fact = getattr(facts, need.capability)
        known = f"{fact.source}, {fact.as_of}" if fact.as_of else fact.source
        lose(draft, path, f"{target.name} does not support {need.capability.replace('_', ' ')} (known from {known})")
    leave_idle_choice(draft)


def _fact_state(facts: Any, need: requirements.Requirement) -> str:
    state: str = getattr(facts, need.capability).state
    return state


def _paths_of(draft: Draft, need: requirements.Requirement) -> list[str]:
    """The paths in the original of what needs a capability; none for what was added here."""
    if need.path == "agents":
        declared = need.capability == "function_calling"
        return [place for place, agent in draft.agents if isinstance(agent, AgentSpec) == declared]
    path = draft.original_path(need.path)
    return [] if path is None else [path]


def lose_against_rules(draft: Draft, target: Target, params: CarriedParams) -> None:
    """Take away the choice among agents and the format where they do not go together with the params or the agents.

    What is wrong with the params themselves was settled when they were carried.
    """
    provider = target.provider
    if installed_version(provider.sdk.package) is None:
        return
    call = _call(draft, target, params)
    try:
        with unwarned():
            provider.validate_call_params(
                target.client,
                target.model,
                call.api_params,
                agents=call.agents,
                agent_choice=call.agent_choice,
                response_format=call.response_format,
            )
    except InvalidParams as error:
        for fault in error.faults:
            if fault.path in ("agent_choice", "response_format"):
                lose(draft, fault.path, f"{target.name}: {fault.problem}")


def translated(draft: Draft, target: Target, params: CarriedParams) -> tuple[dict[str, Any], list[TranslationItem]]:
    """The native request of what can be carried, and the translator's items. What it cannot carry is lost on the way."""
    provider = target.provider
    while True:
        call = _call(draft, target, params)
        report = Report(f"{target.name} on {provider.wire}", replay=True)
        request = provider.translate_ell2a_to_provider(call, report)
        lost = [item for item in report.items if item.action in ("dropped", "refused") and ".native." not in item.path]
        # The paths are those of the draft as it stands: all are looked up before any part is taken away.
        paths = [(draft.original_path(item.path), item.reason) for item in lost]
        before = _size(draft)
        for path, reason in paths:
            if path is not None and not path.startswith("api_params."):
                lose(draft, path, reason or f"{provider.wire} cannot carry it")
        if _size(draft) == before:
            return request, report.items
        leave_idle_choice(draft)
        fit_conversation(draft, provider)


def lose_inside_results(draft: Draft, target: Target, params: CarriedParams) -> None:
    """Take away what the target cannot carry inside of an agent's result.

    In a replay the translators tell of it in the reason of the whole result; in an ordinary call they refuse it
    by its own path, and so it is asked for here as in an ordinary call.
    """
    while any(isinstance(part.block, AgentResultBlock) for _, part in draft.blocks()):
        lost = _Refusals(f"{target.name} on {target.provider.wire}")
        call = _call(draft, target, params)
        try:
            target.provider.translate_ell2a_to_provider(call, lost)
        except UnsupportedCapability as error:
            lost.lost(error.asked_by.strip("`"), error.instead or "", capability=error.capability)
        inner = [item for item in lost.refused if INSIDE_RESULT.fullmatch(item.path)]
        # The paths are those of the draft as it stands: all are looked up before any part is taken away.
        paths = [(draft.original_path(item.path), item.reason or "") for item in inner]
        taken = [lose(draft, path, reason) for path, reason in paths if path is not None]
        if not any(taken):
            return


class _Refusals(Report):
    """A report of an ordinary call that notes what would be refused instead of raising."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.refused: list[TranslationItem] = []

    def lost(
        self, path: str, reason: str, *, capability: str, source: str = "the wire", choices: Sequence[ReplayChoice] = ()
    ) -> None:
        del source, choices
        said = f"{self.target} does not carry {capability}: {reason}"
        self.refused.append(TranslationItem(path=path, action="refused", reason=said))


def _call(draft: Draft, target: Target, params: CarriedParams) -> Ell2aCall:
    provider = target.provider
    return draft.call(provider=provider.name, wire=provider.wire, model=target.model, api_params=dict(params.native))


def _size(draft: Draft) -> tuple[int, ...]:
    rest = (draft.agent_choice is None, draft.response_format is None, draft.stream)
    return sum(1 for _ in draft.blocks()), len(draft.turns), len(draft.agents), *rest
