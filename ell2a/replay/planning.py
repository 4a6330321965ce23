"""Making a plan: a logged call, a target, and changes become an account of every part and the exact request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ell2a.calls import Ell2aCall, TranslationItem
from ell2a.errors import InvalidParams, ParamFault, ReplayError, nearest
from ell2a.handles import ModelHandle, resolve
from ell2a.providers import models, registry
from ell2a.providers.defining import REQUEST_OPTIONS
from ell2a.providers.definition import Definition
from ell2a.providers.universal import read_universal
from ell2a.replay.accounting import account
from ell2a.replay.carrying import (
    leave_idle_choice,
    lose_against_rules,
    lose_inside_results,
    lose_unsupported,
    translated,
)
from ell2a.replay.changes import CHANGES, Changes, changes_of
from ell2a.replay.draft import Draft
from ell2a.replay.editing import edited
from ell2a.replay.estimate import estimated_cost
from ell2a.replay.fitting import fit_conversation
from ell2a.replay.foreign import leave_foreign
from ell2a.replay.in_words import ask_for_json, tell_agents
from ell2a.replay.params import CarriedParams, Target, carry_params
from ell2a.replay.plans import Plan
from ell2a.replay.recorded import RecordedResults
from ell2a.settings import current_log

if TYPE_CHECKING:
    from ell2a.log import CallLog

_BY_CHOICE = "left out by your choice"


def plan(
    call_id: str,
    *,
    model: str | ModelHandle,
    wire: str | None = None,
    log: CallLog | None = None,
    client: Any = None,
    changes: Mapping[str, Any] | None = None,
    **more_changes: Any,
) -> Plan:
    """Plan the replay of a logged call on a model. Nothing is sent.

    `model` is `"provider/model"` or a handle; `wire` is one that the provider speaks, else the original's where the
    provider is the same, else its default. Changes are written as keywords or as one mapping: those that CHANGES
    names, and params of the target. `client` is one of the target's SDK; without it the target's own is made
    from its row, with its own key and address. `log` is the log that ell2a was set up with unless given.

    Raises CallNotFound, UnknownModel, UnknownProvider, and InvalidParams with every fault in the changes.
    """
    used = log if log is not None else current_log()
    if used is None:
        raise ReplayError("the log is off, so no call can be replayed by its id: ell2a.init(store=...) opens one.")
    call, detail = used.load_call(call_id), used.call(call_id)
    return _planned(
        call,
        model,
        wire,
        client,
        {**(changes or {}), **more_changes},
        call_id=call_id,
        log=used,
        usage=detail.metadata.get("usage"),
        recorded=lambda: RecordedResults.of_call(used, call_id),
    )


def plan_of(
    call: Ell2aCall,
    *,
    model: str | ModelHandle,
    wire: str | None = None,
    client: Any = None,
    changes: Mapping[str, Any] | None = None,
    usage: Mapping[str, Any] | None = None,
    **more_changes: Any,
) -> Plan:
    """Plan the replay of a call that is in no log. Its run is logged as a call of its own, where a log is open.

    `usage` is what the original used, in its public JSON form, for the estimate of the cost.
    """
    return _planned(
        call,
        model,
        wire,
        client,
        {**(changes or {}), **more_changes},
        call_id=None,
        log=current_log,
        usage=usage,
        recorded=lambda: RecordedResults(call.messages),
    )


def _planned(
    call: Ell2aCall,
    model: str | ModelHandle,
    wire: str | None,
    client: Any,
    given: Mapping[str, Any],
    *,
    call_id: str | None,
    log: Any,
    usage: Mapping[str, Any] | None,
    recorded: Callable[[], RecordedResults],
) -> Plan:
    target, defaults = _target(call, model, wire, client)
    changes = changes_of(given, wire=target.provider.wire, agents=list(call.agents))
    asked = edited(call, changes)
    draft = Draft(asked)
    _leave_out_by_choice(draft, changes, asked)
    if changes.agents_in_words:
        tell_agents(draft)
    leave_foreign(draft, target.provider)
    wanted = ask_for_json(draft) if changes.format_in_words else None
    lose_unsupported(draft, target)
    fit_conversation(draft, target.provider)
    dropped = [name for name in asked.api_params if _dropped(f"api_params.{name}", changes)]
    offered = [agent for _, agent in draft.agents]
    params = carry_params(asked, target, given=changes.api_params, dropped=dropped, agents=offered)
    params = _with_defaults(params, target, defaults)
    lose_against_rules(draft, target, params)
    lose_inside_results(draft, target, params)
    request, items = translated(draft, target, params)
    return Plan(
        call=asked,
        provider=target.provider,
        model=target.model,
        items=account(asked, draft, target, params=params, translated=items, request=request),
        request=request,
        estimated_cost=None if changes.gives("messages") else estimated_cost(target, usage),
        definition=_definition(draft, target, params, changes),
        messages=draft.messages(),
        changes=dict(given),
        checked_here=wanted,
        recorded=recorded() if changes.answer_agents_from_record else None,
        call_id=call_id,
        log=log,
        again=lambda other: _planned(
            call, model, wire, client, other, call_id=call_id, log=log, usage=usage, recorded=recorded
        ),
    )


def _target(
    call: Ell2aCall, model: str | ModelHandle, wire: str | None, client: Any
) -> tuple[Target, Mapping[str, Any]]:
    provider, name, defaults = resolve(model, wire)
    handled = model.wire if isinstance(model, ModelHandle) else None
    if wire is None and handled is None and provider.name == call.provider and call.wire in provider.row.wires:
        provider = registry.get(provider.name, call.wire)
    registered = models.registered(provider.name, name)
    return Target(provider, name, client), {**(registered.default_params if registered else {}), **defaults}


def _leave_out_by_choice(draft: Draft, changes: Changes, call: Ell2aCall) -> None:
    faults = []
    for path in changes.drop:
        if path.startswith("api_params"):
            known = path == "api_params" or path.partition(".")[2] in call.api_params
        else:
            # What two changes leave out is left out once: a message, and a block of it.
            known = draft.leave_out(path, "dropped", _BY_CHOICE) or path in draft.settled or path == "stream"
        if not known:
            near = nearest(path, [*_parts(call)])
            hint = f"did you mean `{near}`?" if near else CHANGES["drop"]
            faults.append(ParamFault("drop", f"the call has no part {path!r}", hint))
    if changes.format_in_words and call.response_format is None:
        faults.append(ParamFault("response_format", "the call asks for no format that could be told in words"))
    if faults:
        raise InvalidParams("the changes of a replay", faults)
    leave_idle_choice(draft)


def _parts(call: Ell2aCall) -> list[str]:
    blocks = [f"messages.{i}.content.{j}" for i, m in enumerate(call.messages) for j in range(len(m.content))]
    whole = [
        "agents",
        "agent_choice",
        "response_format",
        "stream",
        *(f"messages.{i}" for i in range(len(call.messages))),
    ]
    agents = [f"agents.{i}" for i in range(len(call.agents))]
    return [*whole, *blocks, *agents, *(f"api_params.{name}" for name in call.api_params)]


def _dropped(path: str, changes: Changes) -> bool:
    return path in changes.drop or "api_params" in changes.drop


def _with_defaults(params: CarriedParams, target: Target, defaults: Mapping[str, Any]) -> CarriedParams:
    """With what the handle or `register_model` sets where neither the original nor a change says anything."""
    items = list(params.items)
    native = dict(params.native)
    rules = target.provider.universal
    said = read_universal(rules, native).values
    for name, value in defaults.items():
        if name not in native and not read_universal(rules, {name: value}).values.keys() & said.keys():
            native[name] = value
            why = f"set for {target.name} by its handle or `register_model`"
            items.append(TranslationItem(path=f"api_params.{name}", action="defaulted", reason=why, to={name: value}))
    return CarriedParams(native, items)


def _definition(draft: Draft, target: Target, params: CarriedParams, changes: Changes) -> Definition:
    return Definition(
        provider=target.provider,
        model=target.model,
        client=target.client,
        agents=tuple(agent for _, agent in draft.agents),
        agent_choice=draft.agent_choice,
        response_format=draft.response_format,
        stream=draft.stream,
        api_params=dict(params.native),
        options={name: value for name, value in changes.api_params.items() if name in REQUEST_OPTIONS},
        replay=True,
    )
