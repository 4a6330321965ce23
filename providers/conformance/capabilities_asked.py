"""The capabilities that are asked for through the payload: each declared `yes` is found in it, each `no` is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ell2a.calls import AgentChoice, AgentSpec, Ell2aCall, ResponseFormat
from ell2a.errors import DefinitionError, UnsupportedCapability
from ell2a.messages import MediaBlock, system, user
from ell2a.providers.capabilities import Fact, ProviderCapabilities
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.kinds import KINDS, exchange, message_of
from ell2a.providers.conformance.subject import Subject

_FORMAT = ResponseFormat(
    kind="json_schema",
    name="answer",
    json_schema={
        "type": "object",
        "properties": {"zq_field": {"type": "string"}},
        "required": ["zq_field"],
        "additionalProperties": False,
    },
)

BY_PARAM = {
    "seed": ("seed",),
    "stop": ("stop",),
    "temperature": ("temperature",),
    "multiple_choices": ("n",),
    "parallel_agent_calls": ("parallel_agent_calls",),
    "thinking": ("reasoning_effort", "reasoning_budget"),
}
"""Capability -> the universal params by which it is asked for."""

NOT_ASKED = {
    "image_output": "an answer has it or not",
    "audio_output": "an answer has it or not",
    "caching": "most services cache by themselves",
    "citations": "asked for inside of documents, or not at all",
    "logprobs": "no universal param asks for them",
    "server_agents": "each is the wire's own dict",
    "context_window": "a number",
    "max_output_tokens": "a number",
    "knowledge_date": "a date",
    "end_of_life": "a date",
}
"""Capabilities that no universal part of a payload asks for -> why; laws 1, 3 and 5 see them where samples have them."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A call that asks for a capability."""

    capability: str
    call: Ell2aCall
    marks: tuple[str, ...]
    """What is found in a payload that carries it."""


def hold(subject: Subject, agent: AgentSpec) -> int:
    """Raises LawBroken; gives the number of cases."""
    facts = subject.instance.capabilities(None, subject.model)
    wire = subject.instance.capabilities()
    by_capability: dict[str, list[Asking]] = {}
    for asking in _askings(subject, agent):
        by_capability.setdefault(asking.capability, []).append(asking)
    for capability, askings in by_capability.items():
        _hold_for(subject, capability, askings, getattr(facts, capability), getattr(wire, capability))
    _streaming(subject, facts.streaming)
    cases = sum(map(len, by_capability.values())) + 1 + _choices(subject, agent, facts)
    for capability, universal in BY_PARAM.items():
        _by_param(subject, capability, universal, getattr(facts, capability), getattr(wire, capability))
    return cases + len(BY_PARAM)


def _askings(subject: Subject, agent: AgentSpec) -> Iterator[Asking]:
    yield Asking("system_messages", subject.call([system("zq_system"), user("Hello")]), ("zq_system",))
    for kind in KINDS:
        if kind.capability is not None and isinstance(kind.sample, MediaBlock):
            block = kind.sample
            mark = block.url or block.file_id or base64.b64encode(block.data or b"").decode()
            yield Asking(kind.capability, subject.call([message_of(kind)]), (mark,))
    yield Asking("function_calling", subject.call(agents=[agent]), (agent.name, "Looks it up."))
    calls = [user("Look!"), *exchange(["zq_call_1", "zq_call_2"])]
    yield Asking("agent_calling", subject.call(calls, agents=[agent]), ("result 0", "result 1"))
    yield Asking("structured_outputs", subject.call(response_format=_FORMAT), ("zq_field",))


def _hold_for(subject: Subject, capability: str, askings: list[Asking], fact: Fact, of_wire: Fact) -> None:
    carried = [asking for asking in askings if _is_carried(subject, asking)]
    if fact.state == "yes" and not carried:
        raise LawBroken(
            6,
            capability,
            expected=Words(f"{askings[0].marks[0]!r} in the payload, since it is declared `yes` ({fact.source})"),
            came=Words("a payload without it, or a refusal"),
            mend="carry it in `translate_ell2a_to_provider`, or declare it `no`",
        )
    if of_wire.state == "no" and of_wire.source == "wire" and carried:
        raise LawBroken(
            6,
            capability,
            expected=Words("refused, since the wire declares it `no`"),
            came=Words(f"a payload with {carried[0].marks[0]!r} in it"),
            mend="declare it `yes`, or raise UnsupportedCapability by `report.lost(...)`",
        )
    if fact.state == "no" and not _is_refused(subject, askings[0].call):
        raise LawBroken(
            6,
            capability,
            expected=Words("UnsupportedCapability before anything is sent"),
            came=Words("a call that was made"),
            mend="let `capabilities` say the same to everyone who asks",
        )


def _is_carried(subject: Subject, asking: Asking) -> bool:
    try:
        text = json.dumps(subject.sent(asking.call), ensure_ascii=False)
    except UnsupportedCapability:
        return False
    return all(mark in text for mark in asking.marks)


def _is_refused(subject: Subject, call: Ell2aCall) -> bool:
    provider = subject.instance
    try:
        definition = provider.define(
            call.model,
            client=subject.client,
            agents=call.agents,
            response_format=call.response_format,
            stream=call.stream,
            **call.api_params,
        )
        provider.call_model(client=subject.client, messages=call.messages, definition=definition)
    except (UnsupportedCapability, DefinitionError):
        return True
    return False


def _streaming(subject: Subject, fact: Fact) -> None:
    if fact.state == "no":
        if not _is_refused(subject, subject.call(stream=True)):
            raise LawBroken(
                6,
                "streaming",
                expected=Words("refused"),
                came=Words("taken"),
                mend="let `capabilities` say the same to everyone who asks",
            )
        return
    if fact.state == "yes" and subject.sent(subject.call(stream=True)) == subject.sent(subject.call()):
        raise LawBroken(
            6,
            "streaming",
            expected=Words("a payload that asks for a stream"),
            came=Words("the payload as it is without"),
            mend="write the wire's own param for it where `call.stream` is true",
        )


def _choices(subject: Subject, agent: AgentSpec, facts: ProviderCapabilities) -> int:
    """Each kind of agent choice that is declared gives a payload of its own."""
    kinds = facts.agent_choice.value if facts.agent_choice.state == "yes" else []
    seen: dict[str, str] = {json.dumps(subject.sent(subject.call(agents=[agent]))): "no choice"} if kinds else {}
    for kind in kinds if isinstance(kinds, list) else []:
        choice = AgentChoice(kind=kind, name=agent.name if kind == "agent" else None)
        payload = json.dumps(subject.sent(subject.call(agents=[agent], agent_choice=choice)))
        if payload in seen:
            raise LawBroken(
                6,
                f"agent_choice.{kind}",
                expected=Words("a payload of its own"),
                came=Words(f"the payload of {seen[payload]}"),
                mend="write each kind that `capabilities().agent_choice` lists in the wire's own form",
            )
        seen[payload] = kind
    return len(kinds) if isinstance(kinds, list) else 0


def _by_param(subject: Subject, capability: str, universal: tuple[str, ...], fact: Fact, of_wire: Fact) -> None:
    provider = subject.instance
    params: Any = provider.available_params(None, subject.model)
    names = [name for field in universal if field in provider.universal for name in provider.universal[field].names]
    allowed = [name for name in names if name in params and params[name].allowed]
    if fact.state == "yes" and not allowed:
        raise LawBroken(
            6,
            capability,
            expected=Words(f"a param that asks for it: {' or '.join(universal)} in the universal table"),
            came=Words("none that may be written"),
            mend="fill in the table of universal params, or declare the capability `no`",
        )
    if of_wire.state == "no" and of_wire.source == "wire" and allowed:
        raise LawBroken(
            6,
            capability,
            expected=Words("no param that asks for it, since the wire declares it `no`"),
            came=allowed[0],
            mend="declare the capability `yes`, or take the param out of the table",
        )
