"""Generated calls: everything that a provider says it can do, as hypothesis strategies."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

from ell2a.calls import AgentChoice, AgentSpec, Ell2aCall, ResponseFormat
from ell2a.messages import AgentResultBlock, Message, TextBlock, agent_call, compact_json, user
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.conformance.examples import companions, sendable
from ell2a.providers.conformance.kinds import NAMES, WORDS, Kind, carried, exchange, is_carried, message_of
from ell2a.providers.conformance.subject import Subject

_JSON = st.recursive(
    st.one_of(st.integers(-(10**9), 10**9), st.booleans(), st.none(), WORDS, st.sampled_from([0.5, -2.25, 1e-7])),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(NAMES, inner, max_size=2)),
    max_leaves=4,
)


@st.composite
def _schemas(draw: st.DrawFn) -> dict[str, Any]:
    kinds = st.sampled_from(["string", "integer", "number", "boolean"])
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    properties = {name: {"type": draw(kinds), "description": draw(WORDS)} for name in names}
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def for_all(subject: Subject, law: Callable[[Ell2aCall], None], *, max_examples: int | None = None) -> int:
    """Hold a law for a call with each thing that can be asked for, then for generated ones; gives how many there were.

    Raises for the smallest that breaks it.
    """
    asked = 0

    def count(call: Ell2aCall) -> None:
        nonlocal asked
        asked += 1
        law(call)

    profile = settings(
        max_examples=max_examples or subject.examples,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    for call in each_thing(subject):
        count(call)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        profile(given(calls(subject))(count))()
    return asked


def each_thing(subject: Subject) -> Iterator[Ell2aCall]:
    """The barest call, and one for each thing that the provider declares and carries."""
    facts, hello = subject.instance.capabilities(None, subject.model), user("Hello")
    yield subject.call()
    for kind in carried(subject):
        before = [hello] if kind.role == "assistant" else []
        yield subject.call([*before, message_of(kind), user("And?")] if before else [message_of(kind)])
    if facts.system_messages.state != "no":
        words = [TextBlock(text="Be brief."), TextBlock(text="Be kind.")]
        yield subject.call([Message(role="system", content=words), hello])
    if is_carried(subject, exchange(["a"])):
        yield from (subject.call([hello, *exchange(["call_1", "call_2", "call_3"], is_error=e)]) for e in (False, True))
        spaced = agent_call("call_1", "look_up", '{"at":  [1, 2.50]}')
        result = AgentResultBlock(call_id="call_1", content=[TextBlock(text="so")])
        yield subject.call([hello, Message(role="assistant", content=[spaced]), Message(role="user", content=[result])])
    if facts.function_calling.state != "no":
        yield from _each_choice(subject, facts.agent_choice.value)
    if _takes_formats(subject, facts):
        yield subject.call(response_format=_FORMAT)
    if facts.streaming.state != "no":
        yield subject.call(stream=True)
    for name, value in sendable(subject, subject.model).items():
        yield subject.call(api_params={**companions(subject, name), name: value})


def _each_choice(subject: Subject, kinds: Any) -> Iterator[Ell2aCall]:
    schema = {
        "type": "object",
        "properties": {"at": {"type": "integer", "description": "Where to look."}},
        "required": ["at"],
        "additionalProperties": False,
    }
    agents = [
        AgentSpec(name="look_up", description="Looks it up.", input_schema=schema),
        AgentSpec(name="put_down", description="Puts it down.", input_schema=schema, strict=True),
    ]
    yield subject.call(agents=agents)
    for kind in kinds if isinstance(kinds, list) else ():
        choice = AgentChoice(kind=kind, name="put_down" if kind == "agent" else None)
        yield subject.call(agents=agents, agent_choice=choice)


def _takes_formats(subject: Subject, facts: ProviderCapabilities) -> bool:
    return facts.structured_outputs.state != "no" and is_carried(subject, [user("Hello")], response_format=_FORMAT)


def calls(subject: Subject) -> st.SearchStrategy[Ell2aCall]:
    """Calls over all that the provider declares and its translator carries."""
    facts = subject.instance.capabilities(None, subject.model)
    kinds = carried(subject)
    results = is_carried(subject, exchange(["a"]))
    params = sendable(subject, subject.model)
    choices = facts.agent_choice.value if isinstance(facts.agent_choice.value, list) else []
    return _calls(
        subject,
        kinds=kinds,
        results=results,
        params=params,
        choices=choices,
        formats=_takes_formats(subject, facts),
        system=facts.system_messages.state != "no",
        agents=facts.function_calling.state != "no",
        streams=facts.streaming.state != "no",
    )


_FORMAT = ResponseFormat(
    kind="json_schema",
    name="answer",
    json_schema={
        "type": "object",
        "properties": {"a": {"type": "integer"}},
        "required": ["a"],
        "additionalProperties": False,
    },
)


@st.composite
def _calls(
    draw: st.DrawFn,
    subject: Subject,
    *,
    kinds: list[Kind],
    results: bool,
    params: dict[str, Any],
    choices: list[str],
    formats: bool,
    system: bool,
    agents: bool,
    streams: bool,
) -> Ell2aCall:
    declared = draw(st.lists(_agents(), max_size=2, unique_by=lambda agent: agent.name)) if agents else []
    messages = (
        [Message(role="system", content=[TextBlock(text=t) for t in draw(_some_words(1, 2))])]
        if system and draw(st.booleans())
        else []
    )
    ids: set[str] = set()
    for _ in range(draw(st.integers(0, 2))):
        messages += _turn(draw, kinds, results, ids)
    messages.append(_said(draw, [kind for kind in kinds if kind.role == "user"]))
    chosen = draw(st.lists(st.sampled_from(sorted(params)), max_size=3, unique=True)) if params else []
    return subject.call(
        messages,
        agents=declared,
        agent_choice=_choice(draw, choices, declared) if declared and choices else None,
        response_format=draw(st.none() | _formats()) if formats else None,
        stream=draw(st.booleans()) if streams else False,
        api_params={k: v for name in chosen for k, v in {**companions(subject, name), name: params[name]}.items()},
    )


def _some_words(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(WORDS, min_size=least, max_size=most)


def _agents() -> st.SearchStrategy[AgentSpec]:
    return st.builds(
        lambda name, description, schema, strict: AgentSpec(
            name=name, description=description, input_schema=schema, strict=strict
        ),
        NAMES,
        st.none() | WORDS,
        _schemas(),
        st.sampled_from([None, True, False]),
    )


def _formats() -> st.SearchStrategy[ResponseFormat]:
    return st.builds(
        lambda name, schema, strict, description: ResponseFormat(
            kind="json_schema", name=name, json_schema=schema, strict=strict, description=description
        ),
        NAMES,
        _schemas(),
        st.sampled_from([None, True]),
        st.none() | WORDS,
    )


def _choice(draw: st.DrawFn, kinds: list[str], agents: list[AgentSpec]) -> AgentChoice | None:
    kind = draw(st.sampled_from([None, *kinds]))
    if kind is None:
        return None
    return AgentChoice(kind=kind, name=draw(st.sampled_from([a.name for a in agents])) if kind == "agent" else None)


def _turn(draw: st.DrawFn, kinds: list[Kind], results: bool, ids: set[str]) -> list[Message]:
    """What the user says, and what the model answered: words, thinking and media, or agent calls with their results."""
    asked = _said(draw, [kind for kind in kinds if kind.role == "user"])
    if not results or draw(st.booleans()):
        return [asked, _said(draw, [kind for kind in kinds if kind.role == "assistant"], role="assistant")]
    new = [f"call_{id}" for id in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)) if f"call_{id}" not in ids]
    ids.update(new)
    if not new:
        return [asked, Message(role="assistant", content=[TextBlock(text=draw(WORDS))])]
    made = [_called(draw, id) for id in new]
    words = [TextBlock(text=text) for text in draw(_some_words(0, 1))]
    answers = [
        AgentResultBlock(
            call_id=id, content=[TextBlock(text=t) for t in draw(_some_words(1, 2))], is_error=draw(st.booleans())
        )
        for id in new
    ]
    return [
        asked,
        Message(role="assistant", content=[*words, *made]),
        Message(role="user", content=list(answers)),
        Message(role="assistant", content=[TextBlock(text=draw(WORDS))]),
    ]


def _called(draw: st.DrawFn, id: str) -> Any:
    arguments = draw(st.dictionaries(NAMES, _JSON, max_size=2))
    raw = compact_json(arguments)
    return agent_call(id, draw(NAMES), draw(st.sampled_from([raw, raw.replace(":", ": ", 1)])))


def _said(draw: st.DrawFn, kinds: list[Kind], role: Any = "user") -> Message:
    words = [TextBlock(text=text) for text in draw(_some_words(1, 2))]
    kind = draw(st.sampled_from([None, *kinds])) if kinds else None
    if kind is None:
        return Message(role=role, content=list(words))
    block = draw(kind.block)
    if kind.alone:
        return Message(role=role, content=[block])
    # A service has thinking before the words that follow from it, pictures where they are spoken of.
    return Message(role=role, content=[block, *words] if role == "assistant" else [words[0], block, *words[1:]])
