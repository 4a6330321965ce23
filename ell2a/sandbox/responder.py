"""From a conversation to an answer: one set of rules behind all wires.

The same request gives the same answer, another seed another one; nothing is drawn by chance but the ids.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from random import Random

from ell2a.sandbox import composing, tokens
from ell2a.sandbox.agent_plan import next_calls
from ell2a.sandbox.answers import Answer, Choice, Finish, Reasoning, Usage
from ell2a.sandbox.conversation import AgentCall, AgentResult, Conversation
from ell2a.sandbox.faults import Fault
from ell2a.sandbox.language import key_words, language_of
from ell2a.sandbox.models import Model
from ell2a.sandbox.prefix_cache import PrefixCache
from ell2a.sandbox.schema_values import Material, instance
from ell2a.sandbox.signing import sign

_REFUSE = re.compile(r"\b(?:please refuse|refuse this)\b|请拒绝|ارفض|bitte ablehnen", re.IGNORECASE)
"""What a request says that is to be refused."""


@dataclass
class _Budget:
    """How many tokens of the answer are left. None: as many as it takes."""

    left: int | None

    def take(self, text: str) -> str:
        """As much of a text as there is room for."""
        if self.left is None:
            return text
        kept = tokens.cut(text, self.left)
        self.left -= tokens.count(kept)
        return kept


class Responder:
    """Answers conversations. Its only memory is the prompt cache."""

    def __init__(self) -> None:
        self._cache = PrefixCache()

    def answer(self, conversation: Conversation, model: Model) -> Answer:
        """The answer. Raises Fault where the request is too long for the model."""
        asked, read, written = self._cache.look_up(conversation)
        if asked > model.context:
            raise Fault(
                "too_large",
                f"the request has {asked} tokens, and {model.name} has room for {model.context}: shorten the messages",
                param="messages",
                code="context_length_exceeded",
            )
        made = [_choice(conversation, model, _rng(conversation, i)) for i in range(conversation.n)]
        usage = Usage(
            input=asked,
            output=sum(_cost(c) for c in made),
            cache_read=read,
            cache_written=written,
            reasoning=sum(c.reasoning.tokens for c in made if c.reasoning),
        )
        return Answer(tuple(made), usage)


def _choice(conversation: Conversation, model: Model, rng: Random) -> Choice:
    budget = _Budget(_most(conversation, model))
    if model.trouble == "refusing" or _REFUSE.search(conversation.question.text):
        return Choice("", "refusal", refusal=budget.take(composing.refusal(conversation)))
    calls = next_calls(conversation, rng, conversation.wire_options.get("call_prefix", "call_"))
    thought = _reasoned(conversation, calls, budget)
    if calls:
        said = budget.take(_opening(conversation, calls))
        if budget.left is not None and sum(tokens.of_call(c) for c in calls) > budget.left:
            return Choice(said, "length", reasoning=thought)
        return Choice(said, "agent_calls", calls=calls, reasoning=thought)
    text = (
        _structured(conversation, rng)
        if conversation.schema is not None
        else composing.compose(conversation, model, rng)
    )
    return _ended(text, conversation.stop, budget, thought)


def _ended(text: str, stop: tuple[str, ...], budget: _Budget, thought: Reasoning | None) -> Choice:
    finish: Finish = "stop"
    met = [(text.index(s), s) for s in stop if s in text]
    at, sequence = min(met, default=(len(text), None))
    kept = budget.take(text[:at])
    if sequence is not None:
        finish = "stop_sequence"
    if len(kept) < at:
        finish, sequence = "length", None
    return Choice(kept, finish, reasoning=thought, stop_sequence=sequence)


def _reasoned(conversation: Conversation, calls: tuple[AgentCall, ...], budget: _Budget) -> Reasoning | None:
    thinking = conversation.thinking
    if not thinking.on:
        return None
    text = composing.reasoning(conversation, calls)
    if thinking.budget is not None:
        text = tokens.cut(text, thinking.budget)
    text = budget.take(text)
    return Reasoning(text, tokens.count(text), sign(text), shown=thinking.shown)


def _structured(conversation: Conversation, rng: Random) -> str:
    results = [p.text for t in conversation.since_question() for p in t.parts if isinstance(p, AgentResult)]
    text = "\n".join([conversation.question.text, *results])
    words = key_words(text, language_of(text))
    schema = conversation.schema or {"type": "object", "properties": {w.lower(): {"type": "string"} for w in words[:4]}}
    return json.dumps(instance(schema, Material(text, words, rng)), ensure_ascii=False)


def _opening(conversation: Conversation, calls: tuple[AgentCall, ...]) -> str:
    if not conversation.wire_options.get("speaks_before_calls"):
        return ""
    return composing.call_opening(calls, language_of(conversation.question.text))


def _most(conversation: Conversation, model: Model) -> int:
    asked = conversation.max_tokens
    return model.max_output if asked is None else min(asked, model.max_output)


def _cost(choice: Choice) -> int:
    return (
        (choice.reasoning.tokens if choice.reasoning else 0)
        + tokens.count(choice.text)
        + tokens.count(choice.refusal or "")
        + sum(tokens.of_call(c) for c in choice.calls)
    )


def _rng(conversation: Conversation, index: int) -> Random:
    told = [(t.role, t.text) for t in conversation.turns]
    seed = hashlib.sha256(repr((conversation.seed, conversation.model, told, index)).encode()).digest()
    return Random(seed)
