"""Law 6: a param or capability is declared if and only if it moves the payload, and the payload is valid by the SDK's types."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from ell2a.calls import AgentSpec, Ell2aCall
from ell2a.errors import InvalidParams, UnsupportedCapability
from ell2a.providers import requirements
from ell2a.providers.conformance import capabilities_asked
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.examples import NO_EXAMPLE, companions, example_for
from ell2a.providers.conformance.generated import for_all
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import listed
from ell2a.providers.params import Param
from ell2a.providers.report import Report
from ell2a.providers.signature_params import names_in_source
from ell2a.providers.universal import write_universal
from ell2a.providers.value_walk import faults_in

UNKNOWN_PARAM = "zq_not_declared"

AGENT = AgentSpec(
    name="zq_agent",
    description="Looks it up.",
    input_schema={
        "type": "object",
        "properties": {"at": {"type": "integer"}},
        "required": ["at"],
        "additionalProperties": False,
    },
)

UNIVERSAL_EXAMPLES: dict[str, Any] = {
    "max_tokens": 4077,
    "temperature": 0.5,
    "top_p": 0.5,
    "stop": ["zq_stop"],
    "seed": 77,
    "n": 2,
    "parallel_agent_calls": False,
    "reasoning_effort": "low",
    "reasoning_budget": 2048,
    "user_id": "zq_user",
}
"""A value of each universal param that is no default anywhere."""


def hold(subject: Subject) -> int:
    """Raises LawBroken; gives the number of cases."""
    with warnings.catch_warnings():
        # That nothing says whether a model can do it is no news here.
        warnings.simplefilter("ignore")
        cases = _nothing_of_its_own(subject) + _all_named(subject)
        for model in subject.models:
            cases += sum(_moves(subject, model, param) for param in _params(subject, model).values())
        cases += _universal(subject) + capabilities_asked.hold(subject, AGENT)
        return cases + _valid(subject)


def _params(subject: Subject, model: str) -> dict[str, Param]:
    return dict(subject.instance.available_params(None, model))


def _call(subject: Subject, model: str | None = None, **params: Any) -> Ell2aCall:
    """A call with an agent, where the wire takes agents: some params are about them."""
    can = subject.instance.capabilities(None, subject.model).function_calling.state != "no"
    return subject.call(model=model or subject.model, agents=[AGENT] if can else [], api_params=params)


def _moves(subject: Subject, model: str, param: Param) -> int:
    """A declared param reaches the payload; one that may not be written is refused."""
    if "." in param.name or param.kind == "option" or param.name in subject.api_params:
        return 0
    if param.kind == "owned" or not param.allowed:
        if _is_refused(subject, model, param.name, subject.param_examples.get(param.name, "zq")):
            return 1
        raise LawBroken(
            6,
            f"{model}: {param.name}",
            expected=Words(f"refused: {param.why_not}"),
            came=Words("taken"),
            mend="`validate_call_params` refuses what `available_params` says is not allowed",
        )
    value = example_for(subject, param, model)
    if value is NO_EXAMPLE:
        raise LawBroken(
            6,
            f"{model}: {param.name}",
            expected=Words(f"a value of {param.type} that the definition accepts"),
            came=Words("none comes to mind"),
            mend=f"give one: `param_examples = {{{param.name!r}: ...}}`",
        )
    beside = companions(subject, param.name)
    before = subject.sent(_call(subject, model, **beside))
    after = subject.sent(_call(subject, model, **{**beside, param.name: value}))
    if before == after:
        raise LawBroken(
            6,
            f"{model}: {param.name}",
            expected=Words(f"a payload with {param.name}={value!r} in it"),
            came=Words("the payload as it is without the param"),
            mend="`translate_ell2a_to_provider` or `provider_call_arguments` loses it; what the wire does not take is not declared",
            case=after,
        )
    return 1


def _is_refused(subject: Subject, model: str, name: str, value: Any) -> bool:
    try:
        subject.instance.validate_call_params(None, model, {**subject.api_params, name: value})
    except InvalidParams as error:
        return any(fault.path.partition(".")[0] == name for fault in error.faults)
    return False


def _all_named(subject: Subject) -> int:
    """What the SDK's own source names is declared, and what nobody names is refused."""
    provider = subject.instance
    source = provider.param_source(None, subject.model)
    declared = _params(subject, subject.model)
    named = names_in_source(source)
    missing = [name for name in named if name not in declared]
    if missing:
        raise LawBroken(
            6,
            f"available_params.{missing[0]}",
            expected=Words(f"declared: {source.described_as} takes it"),
            came=Words("not declared"),
            mend="`available_params` has every param of its source; one that ell2a owns stands there as `owned`",
        )
    if source.kind != "unreadable" and not _is_refused(subject, subject.model, UNKNOWN_PARAM, 1):
        raise LawBroken(
            6,
            UNKNOWN_PARAM,
            expected=Words("refused: there is no such param"),
            came=Words("taken"),
            mend="`validate_call_params` refuses every name that `available_params` has not",
        )
    return len(named) + 1


def _nothing_of_its_own(subject: Subject) -> int:
    """The barest call carries what it asks for, and what the report says was set for it."""
    provider, call = subject.instance, subject.call()
    report = Report(f"{provider.name}/{call.model}")
    # Before it is sent: an SDK that stumbles over a value says less of it.
    _values_are_valid(subject, provider.translate_ell2a_to_provider(call, report))
    told = {item.path.removeprefix("api_params.") for item in report.items if item.action == "defaulted"}
    declared = _params(subject, subject.model)
    for name in subject.sent(call):
        param = declared.get(name)
        asked = param is not None and (param.kind == "owned" or param.required or name in subject.api_params)
        if not asked and name not in told:
            raise LawBroken(
                6,
                name,
                expected=Words("a payload of what the call asks for"),
                came=Words(f"`{name}`, which nobody asked for and the report does not tell"),
                mend="leave it out, or say `report.defaulted(...)` with the reason",
            )
    return 1


def _universal(subject: Subject) -> int:
    """Each universal param that the table has a native name for reaches the payload under it."""
    provider, cases = subject.instance, 0
    declared = _params(subject, subject.model)
    for field, rule in provider.universal.items():
        for name in rule.names:
            cases += 1
            if name not in declared:
                raise LawBroken(
                    6,
                    f"universal.{field}",
                    expected=Words(f"a native name that is declared: {', '.join(sorted(declared))[:200]}"),
                    came=name,
                    mend="write the wire's own name in the table of universal params, or declare the param",
                )
        if rule.names and declared[rule.names[0]].allowed:
            written = write_universal(provider.universal, field, UNIVERSAL_EXAMPLES[field])
            cases += 1
            if written.name is None or subject.sent(_call(subject, **{written.name: written.value})) == subject.sent(
                _call(subject)
            ):
                raise LawBroken(
                    6,
                    f"universal.{field}",
                    expected=Words(f"a payload that {written.name}={written.value!r} moves"),
                    came=Words("the payload as it is without it"),
                    mend="the native form that the table writes must be one that the wire carries",
                )
    return cases


def _steps(path: str) -> Iterator[str | int]:
    yield from (int(step) if step.isdigit() else step for step in path.split("."))


def _valid(subject: Subject) -> int:
    """Every payload is valid by the SDK's own types, and has no key that nobody declares."""
    facts = subject.instance.capabilities(None, subject.model)

    def law(call: Ell2aCall) -> None:
        needs = requirements.of_messages(call)
        if any(getattr(facts, need.capability).state == "unknown" for need in needs):
            # An extension of some services, which the SDK's types need not have.
            return
        _is_valid(subject, subject.sent(call))

    try:
        return for_all(subject, law)
    except UnsupportedCapability as error:
        raise LawBroken(
            6,
            error.capability,
            expected=Words("carried, since single calls with it are"),
            came=Words(str(error)),
            mend="refuse by what a block is, not by what stands beside it",
        ) from error


def _is_valid(subject: Subject, payload: Mapping[str, Any]) -> None:
    declared = _params(subject, subject.model)
    for name, value in payload.items():
        if name not in declared:
            raise LawBroken(
                6,
                name,
                expected=Words("a key that `available_params` has"),
                came=value,
                mend="declare it, or do not send it",
                case=payload,
            )
    _values_are_valid(subject, payload)


def _values_are_valid(subject: Subject, payload: Mapping[str, Any]) -> None:
    declared = _params(subject, subject.model)
    for name, value in payload.items():
        faults = [
            fault
            for fault in (faults_in(value, declared[name].annotation, name) if name in declared else ())
            if not listed(tuple(_steps(fault.path)), subject.beyond_types)
        ]
        if faults:
            raise LawBroken(
                6,
                faults[0].path,
                expected=Words(f"valid by {declared[name].sources.get('type', 'the SDK')}"),
                came=Words(str(faults[0])),
                mend="`translate_ell2a_to_provider` writes what the SDK's own types take",
                case=payload,
            )
