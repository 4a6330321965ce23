"""Params of one target made into those of another: by the universal tables, the model's own limits, and the target's own check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ell2a.calls import AnyAgent, Ell2aCall, ReplayChoice, TranslationItem
from ell2a.errors import InvalidParams, UnknownProvider
from ell2a.messages import Message, TextBlock
from ell2a.providers import registry
from ell2a.providers.defining import REQUEST_OPTIONS
from ell2a.providers.params import Param
from ell2a.providers.provider import Provider
from ell2a.providers.report import Report
from ell2a.providers.sdk import installed_version
from ell2a.providers.universal import (
    NativeParam,
    merged,
    read_universal,
    unread,
    write_universal,
)
from ell2a.providers.warn import unwarned
from ell2a.replay.param_entries import ParamEntry, item_of
from ell2a.replay.reasoning import budget_of, effort_of

_FACTS = {"seed": "seed", "stop": "stop", "temperature": "temperature", "parallel_agent_calls": "parallel_agent_calls"}
"""Universal param -> the capability that it needs."""

_REASONING = {"reasoning_effort": "effort", "reasoning_budget": "budget"}
"""Universal param -> the kind of thinking, as the capability `thinking` lists them."""

_UNASKED = "the model does not think unless it is asked to"


@dataclass(frozen=True)
class Target:
    """Where a replay goes."""

    provider: Provider
    model: str
    client: Any = None

    @property
    def name(self) -> str:
        """`provider/model`."""
        return f"{self.provider.name}/{self.model}"


@dataclass(frozen=True)
class CarriedParams:
    """The target's own params, and an item for every param of the original and every given one."""

    native: dict[str, Any]
    items: list[TranslationItem]


def carry_params(
    call: Ell2aCall,
    target: Target,
    *,
    given: Mapping[str, Any],
    dropped: Sequence[str] = (),
    agents: Sequence[AnyAgent] = (),
) -> CarriedParams:
    """The params of a call for another target.

    `given` are params of the target that a change sets: they stand over what is carried. `dropped` are params of the
    original that a change leaves out. `agents` are those that are offered. Raises InvalidParams for faults in `given`.
    """
    return _Carrier(call, target, given, dropped, agents).carried()


def source_of(wire: str) -> type[Provider] | None:
    """The class that speaks the original's wire; None where nothing here does."""
    try:
        return registry.wire_class(wire)
    except UnknownProvider:
        return None


class _Carrier:
    def __init__(
        self,
        call: Ell2aCall,
        target: Target,
        given: Mapping[str, Any],
        dropped: Sequence[str],
        agents: Sequence[AnyAgent],
    ) -> None:
        self.call, self.target, self.given, self.dropped, self.agents = call, target, given, dropped, agents
        self.provider = target.provider
        self.facts = self.provider.capabilities(target.client, target.model)
        self.known = _table(target)
        self.refused = {name: param.why_not for name, param in self.known.items() if param.why_not}
        self.same_wire = call.wire == self.provider.wire
        self.source = source_of(call.wire)
        self.source_rules = self.source.universal if self.source else {}
        asked = {n: v for n, v in call.api_params.items() if n not in dropped}
        self.reading = read_universal(self.source_rules, asked)
        self.beyond = unread(self.source_rules, asked, self.reading)
        self.entries: list[ParamEntry] = []

    def carried(self) -> CarriedParams:
        if self.given and self.known:
            self._check(self.given)
        for name, value in self.call.api_params.items():
            self.entries.extend(self._entries_of(name, value))
        self._give_way()
        self._hold_against_target()
        native: dict[str, Any] = {}
        for name, value in self._parts():
            native[name] = merged(native[name], value) if name in native else value
        body = {name: value for name, value in self.given.items() if name not in (*REQUEST_OPTIONS, "extra_body")}
        native.update({**body, **(self.given.get("extra_body") or {})})
        return CarriedParams(native, self._items())

    # --- one param of the original ---

    def _entries_of(self, name: str, value: Any) -> list[ParamEntry]:
        if name in self.dropped:
            return [ParamEntry(name, "dropped", reason="left out by your choice")]
        kept = self.source.kept_elsewhere.get(name) if self.source and value is not None else None
        if kept and not (self.same_wire and self.call.provider == self.provider.name):
            choice = ReplayChoice(label="Send what stands here alone", changes={"drop": [f"api_params.{name}"]})
            why = f"it names {kept}, which {self.target.name} cannot reach"
            return [ParamEntry(name, "refused", reason=why, choices=[choice])]
        if self.same_wire:
            return [self._same_wire(name, value)]
        if value is None:
            return [ParamEntry(name, "dropped", reason="null asks for nothing")]
        fields = self.reading.read_from(name)
        entries = [self._universal(name, universal, self.reading.values[universal]) for universal in fields]
        if name in self.beyond:
            keys = ", ".join(f"`{key}`" for key in self.beyond[name])
            entries.append(ParamEntry(name, "dropped", reason=f"{keys} of it has no counterpart on other wires"))
        return entries or [ParamEntry(name, "dropped", reason=self._why_not_universal(name))]

    def _why_not_universal(self, name: str) -> str:
        twin = next(
            (r for r in self.source_rules.values() if name in r.names and r.universal in self.reading.values), None
        )
        if twin is not None:
            return f"`{self.reading.origins[twin.universal]}` says the same and goes before it"
        if any(name in rule.names for rule in self.source_rules.values()):
            return f"this value of `{name}` has no universal meaning"
        if name in self.known:
            return f"the `{name}` of {self.provider.wire} may mean something else than that of {self.call.wire}: set it as a change"
        return f"it has no universal meaning, and {self.provider.wire} has no `{name}`"

    def _same_wire(self, name: str, value: Any) -> ParamEntry:
        fields = self.reading.read_from(name)
        if name in self.refused:
            if len(fields) == 1:
                return self._universal(name, fields[0], self.reading.values[fields[0]])
            return ParamEntry(name, "dropped", reason=self.refused[name])
        if self.known and name not in self.known and self.call.provider != self.provider.name:
            return ParamEntry(
                name, "dropped", reason=f"a param of {self.call.provider}'s own, which the wire does not know"
            )
        if len(fields) == 1:
            lost = self._unfit(name, fields[0], self.reading.values[fields[0]])
            if lost is not None:
                return lost
            if fields[0] in _REASONING and not self._takes_thinking_by(fields[0]):
                return self._reasoning(name, fields[0], self.reading.values[fields[0]])
        fitting = self._within_limits(fields[0], value) if len(fields) == 1 else (value, None)
        universal = fields[0] if len(fields) == 1 else None
        action: Any = "clamped" if fitting[1] else "kept"
        return ParamEntry(name, action, name, fitting[0], fitting[1], universal)

    # --- one universal value ---

    def _universal(self, source: str, universal: str, value: Any) -> ParamEntry:
        lost = self._unfit(source, universal, value)
        if lost is not None:
            return lost
        if universal in _REASONING:
            return self._reasoning(source, universal, value)
        fitting, limit = self._within_limits(universal, value)
        written = write_universal(self.provider.universal, universal, fitting, refused=self.refused)
        entry = _entry(source, written)
        if limit and not entry.lost:
            entry.action, entry.reason = "clamped", limit
        return self._as_renamed(entry)

    def _as_renamed(self, entry: ParamEntry) -> ParamEntry:
        """A value that goes out unchanged is kept or renamed by the names of the two wires, not by the universal one."""
        if entry.action in ("kept", "renamed"):
            same = entry.value == self.call.api_params[entry.source]
            entry.action = "converted" if not same else "kept" if entry.name == entry.source else "renamed"
            if entry.action != "kept":
                entry.reason = f"{self.provider.wire} has it as `{entry.name}`"
        return entry

    def _unfit(self, source: str, universal: str, value: Any) -> ParamEntry | None:
        """Why a value is not carried at all, whatever its form; None where it may be."""
        if universal == "n":
            return self._several_answers(source, value)
        if universal == "parallel_agent_calls" and not self.agents:
            return ParamEntry(
                source, "dropped", reason="it says nothing where no agents are offered", universal=universal
            )
        if universal in _REASONING and self.facts.thinking.state == "no":
            return ParamEntry(source, "dropped", reason="this model does not think", universal=universal)
        fact = getattr(self.facts, _FACTS[universal]) if universal in _FACTS else None
        if fact is not None and fact.state == "no":
            why = f"{self.target.name} does not take it ({fact.detail or f'known from {fact.source}'})"
            return ParamEntry(source, "dropped", reason=why, universal=universal)
        return None

    def _several_answers(self, source: str, value: Any) -> ParamEntry | None:
        rule = self.provider.universal.get("n")
        can = self.facts.multiple_choices.state != "no" and rule is not None and rule.names
        if can and rule is not None and not all(name in self.refused for name in rule.names):
            return None
        if not isinstance(value, int) or value <= 1:
            return ParamEntry(source, "dropped", reason="one answer is what a call gives anyway", universal="n")
        choice = ReplayChoice(label="Ask for one answer", changes={"drop": [f"api_params.{source}"]})
        why = f"{self.target.name} gives one answer a call, not {value}"
        return ParamEntry(source, "refused", reason=why, universal="n", choices=[choice])

    def _within_limits(self, universal: str, value: Any) -> tuple[Any, str | None]:
        most = self.facts.max_output_tokens.value if universal == "max_tokens" else None
        if isinstance(most, int) and isinstance(value, int) and value > most:
            return most, f"the model writes at most {most:,} tokens"
        return value, None

    # --- thinking ---

    def _reasoning(self, source: str, universal: str, value: Any) -> ParamEntry:
        if self._takes_thinking_by(universal):
            written = write_universal(self.provider.universal, universal, value, refused=self.refused)
            if value != "none" or self._says_none(written):
                return self._thinking(self._as_renamed(_entry(source, written)), universal)
            return ParamEntry(source, "dropped", reason=_UNASKED, universal=universal)
        other = next(u for u in _REASONING if u != universal)
        if not self._takes_thinking_by(other):
            written = write_universal(self.provider.universal, universal, value, refused=self.refused)
            reason = written.reason if written.action == "dropped" else "this model does not take how much to think"
            return ParamEntry(source, "dropped", reason=reason, universal=universal)
        if value == "none":
            return ParamEntry(source, "dropped", reason=_UNASKED, universal=universal)
        return self._as_other_form(source, universal, value, other)

    def _as_other_form(self, source: str, universal: str, value: Any, other: str) -> ParamEntry:
        most = self._max_tokens()
        room = "of output without a limit" if most is None else f"of {most:,} output tokens"
        if universal == "reasoning_effort":
            turned: Any = budget_of(value, most)
            reason = f"the effort {value} {room} stands for a budget of {turned} tokens"
            if turned is None:
                why = f"a thinking budget of at least 1,024 tokens does not fit into {most:,} output tokens"
                return ParamEntry(source, "dropped", reason=why, universal=universal)
        else:
            turned = effort_of(value, most)
            reason = f"a budget of {value:,} {room} is nearest to the effort {turned}"
        written = write_universal(self.provider.universal, other, turned, refused=self.refused)
        if written.action == "dropped":
            return _entry(source, written)
        return self._thinking(ParamEntry(source, "converted", written.name, written.value, reason, universal), other)

    def _thinking(self, entry: ParamEntry, universal: str) -> ParamEntry:
        """With what makes the model think at all, on models that do so as they see fit."""
        kinds = self.facts.thinking.value
        if not entry.lost and isinstance(kinds, list) and "adaptive" in kinds:
            entry.beside = self.provider.universal[universal].beside
        return entry

    def _says_none(self, written: NativeParam) -> bool:
        rule = self.provider.universal[written.universal]
        return bool((rule.read(written.value) if rule.read else written.value) == "none")

    def _takes_thinking_by(self, universal: str) -> bool:
        rule = self.provider.universal.get(universal)
        kinds = self.facts.thinking.value
        if rule is None or (isinstance(kinds, list) and _REASONING[universal] not in kinds):
            return False
        if not self.same_wire and isinstance(kinds, list) and universal == "reasoning_effort" and "budget" in kinds:
            # On such a model an effort is of the whole answer; without a budget it thinks only where it decides itself.
            return "adaptive" in kinds
        return any(name not in self.refused for name in rule.names)

    def _max_tokens(self) -> int | None:
        """The most tokens that the target's answer may have: carried over, given, or set by the translator."""
        given = read_universal(self.provider.universal, self.given).values.get("max_tokens")
        found = given or self.reading.values.get("max_tokens")
        if isinstance(found, int):
            most, _ = self._within_limits("max_tokens", found)
            return int(most)
        return default_max_tokens(self.target)

    # --- together ---

    def _parts(self) -> Iterator[tuple[str, Any]]:
        for entry in self.entries:
            if entry.name is not None:
                yield entry.name, entry.value
                yield from entry.beside.items()

    def _give_way(self) -> None:
        """What a change sets stands over what is carried, under whatever name it came."""
        set_by_change = read_universal(self.provider.universal, self.given)
        for entry in self.entries:
            if entry.name in self.given:
                entry.drop(f"your `{entry.name}` stands instead")
            elif entry.universal in set_by_change.values:
                entry.drop(f"your `{set_by_change.origins[entry.universal]}` stands instead")

    def _hold_against_target(self) -> None:
        """Drop what the target's own check refuses: ranges and rules across params that no table of ours turns."""
        if not self.known:
            return
        while True:
            native = {name: value for name, value in self._parts() if name in self.known}
            try:
                self._check({**native, **self.given})
            except InvalidParams as error:
                faults = {fault.path.partition(".")[0]: fault for fault in error.faults}
                faulty = [e for e in self.entries if e.name in faults or e.beside.keys() & faults.keys()]
                if not faulty:
                    raise
                for entry in faulty:
                    name = next(n for n in (entry.name, *entry.beside) if n in faults)
                    entry.drop(f"{self.target.name} does not take it: {faults[str(name)].problem}")
            else:
                return

    def _check(self, params: Mapping[str, Any]) -> None:
        with unwarned():
            self.provider.validate_call_params(self.target.client, self.target.model, params, agents=self.agents)

    def _items(self) -> list[TranslationItem]:
        carried = [
            item_of(name, [e for e in self.entries if e.source == name])
            for name in self.call.api_params
            if name not in self.given
        ]
        return [*carried, *(self._given_item(name) for name in self.given)]

    def _given_item(self, name: str) -> TranslationItem:
        path, value = f"api_params.{name}", self.given[name]
        if name in REQUEST_OPTIONS:
            return TranslationItem(path=path, action="moved", reason="set by your change; an option beside the body")
        if name == "extra_body" or name in self.call.api_params:
            to = value if name == "extra_body" else {name: value}
            return TranslationItem(path=path, action="converted", reason="set by your change", to=to)
        return TranslationItem(path=path, action="kept", reason="set by your change", to=name)


def default_max_tokens(target: Target) -> int | None:
    """The limit of output that the target's translator sets where a call has none; None where it sets none."""
    bare = Ell2aCall(
        model=target.model,
        provider=target.provider.name,
        wire=target.provider.wire,
        messages=[Message(role="user", content=[TextBlock(text="?")])],
    )
    request = target.provider.translate_ell2a_to_provider(bare, Report(target.name, replay=True))
    found = read_universal(target.provider.universal, request).values.get("max_tokens")
    return found if isinstance(found, int) else None


def _table(target: Target) -> Mapping[str, Param]:
    """The target's params; none where its SDK is not installed, so that nothing can be checked."""
    if installed_version(target.provider.sdk.package) is None:
        return {}
    return target.provider.available_params(target.client, target.model)


def _entry(source: str, written: NativeParam) -> ParamEntry:
    return ParamEntry(source, written.action, written.name, written.value, written.reason, written.universal)
