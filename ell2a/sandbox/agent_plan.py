"""Which agents the sandbox calls for a request, with which arguments, and in how many rounds."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from ell2a.sandbox.conversation import Agent, AgentCall, AgentResult, Conversation
from ell2a.sandbox.ids import new_id
from ell2a.sandbox.language import ENGLISH, key_words, language_of
from ell2a.sandbox.schema_values import Material, fitting, instance, names_in

_SPLIT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_IN_STEPS = re.compile(r"\b(?:then|afterwards|after that|dann|danach|ensuite|puis)\b|然后|接着|ثم", re.IGNORECASE)
_STEM = 4
_DESCRIPTION_WORDS = 2
"""So many words of an agent's description must stand in the request, where none of its name does."""
_MOST_CALLS = 8


def next_calls(conversation: Conversation, rng: Random, id_prefix: str) -> tuple[AgentCall, ...]:
    """The agents to call now; none where the request has what it needs.

    An agent is called where a word of its name, or two of its description, stand in the question (in
    other languages than English: the first agent). An agent with one required string is called once
    for each proper name in the question. Words such as "then", or a caller who wants no parallel
    calls, put one call in each round.
    """
    if conversation.choice.kind == "none" or not conversation.agents:
        return ()
    rounds = _rounds(conversation, rng)
    made = sum(any(isinstance(p, AgentCall) for p in t.parts) for t in conversation.since_question())
    forced = conversation.choice.kind in ("required", "agent")
    if made >= len(rounds) and not forced:
        return ()
    planned = (
        rounds[min(made, len(rounds) - 1)]
        if rounds
        else [_call(conversation.agents[0], conversation.question.text, [], rng)]
    )
    chosen = planned if conversation.parallel else planned[:1]
    return tuple(AgentCall(new_id(id_prefix), name, arguments) for name, arguments in chosen)


def _rounds(conversation: Conversation, rng: Random) -> list[list[tuple[str, dict[str, Any]]]]:
    question = conversation.question.text
    steps = _IN_STEPS.split(question)
    if len(steps) > 1:
        found = _found_so_far(conversation)
        return [
            [_call(agent, step, found if not names_in(step, _words(step)) else [], rng)]
            for step in steps
            for agent in _wanted(conversation, step)
        ]
    calls = [call for agent in _wanted(conversation, question) for call in _calls(agent, question, rng)][:_MOST_CALLS]
    if not calls:
        return []
    return [calls] if conversation.parallel else [[call] for call in calls]


def _words(text: str) -> list[str]:
    return key_words(text, language_of(text))


def _wanted(conversation: Conversation, text: str) -> list[Agent]:
    choice = conversation.choice
    if choice.kind == "agent":
        return [a for a in conversation.agents if a.name == choice.name]
    words = [w.lower() for w in _words(text)]
    placed = [(at, agent) for agent in conversation.agents if (at := _place(agent, words)) is not None]
    found = [agent for _, agent in sorted(placed, key=lambda pair: pair[0])]
    if not found and (language_of(text) is not ENGLISH or choice.kind == "required"):
        found = [conversation.agents[0]]
    return found


def _place(agent: Agent, words: list[str]) -> int | None:
    """Where in the question an agent is first meant; None where it is not."""
    named, described = _name_words(agent), {w.lower() for w in key_words(agent.description, ENGLISH)}
    by_name = [i for i, w in enumerate(words) if any(_alike(w, n) for n in named)]
    by_description = [i for i, w in enumerate(words) if any(_alike(w, d) for d in described)]
    if by_name:
        return by_name[0]
    return by_description[0] if len(by_description) >= _DESCRIPTION_WORDS else None


def _name_words(agent: Agent) -> set[str]:
    return {w.lower() for w in _SPLIT.findall(agent.name)} - ENGLISH.small_words


def _alike(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= _STEM and one[: _STEM + 1] == other[: _STEM + 1])


def _calls(agent: Agent, question: str, rng: Random) -> list[tuple[str, dict[str, Any]]]:
    strings = [p for p in agent.schema.get("required", ()) if _is_name(agent.schema.get("properties", {}).get(p))]
    names = fitting(names_in(question, _words(question)), strings[0]) if len(strings) == 1 else []
    if len(names) > 1:
        return [_call(agent, question, [name.text], rng) for name in names]
    return [_call(agent, question, [], rng)]


def _is_name(schema: Any) -> bool:
    return (
        isinstance(schema, dict)
        and schema.get("type") == "string"
        and not schema.get("enum")
        and "format" not in schema
    )


def _call(agent: Agent, text: str, names: list[str], rng: Random) -> tuple[str, dict[str, Any]]:
    words, named = _words(text), _name_words(agent)
    rest = [w for w in words if not any(_alike(w.lower(), n) for n in named)]
    material = Material(text, rest or words, rng, first=names)
    made = instance(_narrowed(agent.schema, text), material, field=agent.name)
    return agent.name, made if isinstance(made, dict) else {}


def _narrowed(schema: dict[str, Any], question: str) -> dict[str, Any]:
    """The schema with its required properties, and of the others those that the question speaks of."""
    said, required = question.lower(), schema.get("required", ())
    kept = {
        name: inner
        for name, inner in schema.get("properties", {}).items()
        if name in required
        or name.lower().replace("_", " ") in said
        or any(
            isinstance(v, str) and v.lower() in said for v in (inner.get("enum", ()) if isinstance(inner, dict) else ())
        )
    }
    return {**schema, "type": "object", "properties": kept}


def _found_so_far(conversation: Conversation) -> list[str]:
    """Names in the results of the steps before."""
    results = [p for t in conversation.since_question() for p in t.parts if isinstance(p, AgentResult)]
    told = [r.text for r in reversed(results) if r.text]
    return [name for text in told for name in ([n.text for n in names_in(text, _words(text))] or [text[:80]])]
