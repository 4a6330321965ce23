"""The words of the sandbox's answers, put together from what the request says, shows and has found out."""

from __future__ import annotations

import ast
import json
import operator
import re
from collections.abc import Callable
from itertools import cycle, islice
from random import Random
from typing import NamedTuple

from ell2a.sandbox import media
from ell2a.sandbox.conversation import AgentCall, AgentResult, Conversation, Media, Turn
from ell2a.sandbox.language import Language, key_words, language_of
from ell2a.sandbox.models import Model

_SUM = re.compile(r"(?<![\w.])[\d.]+(?:\s*[-+*/×÷x]\s*\(?[\d.]+\)?)+(?![\w])")
_BRIEF = re.compile(
    r"\b(?:one sentence|briefly|brief|in short|kurz|bref|concise\w*)\b|一句话|简短|باختصار|جملة", re.IGNORECASE
)
_AT_LENGTH = re.compile(r"\b(?:in detail|essay|story|paragraphs|at length|ausführlich|long)\b|详细", re.IGNORECASE)
_LIST = re.compile(r"\b(?:list|steps|ideas|names?|bullets?|liste|nenne)\b|列出", re.IGNORECASE)
_CODE = re.compile(r"\b(?:code|function|script|program|python|regex)\b", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:table|tabelle|tableau)\b", re.IGNORECASE)
_HAIKU = re.compile(r"\bhaiku\b", re.IGNORECASE)
_PARAGRAPH = 3
_LONGEST_TOPIC = 3
_SHOWN = 300
"""Characters of an agent's result that the answer repeats."""

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class Sum(NamedTuple):
    """A sum in a request."""

    said: str
    """As it stands there."""
    written: str
    """With the signs of Python."""
    value: float


def compose(conversation: Conversation, model: Model, rng: Random) -> str:
    """The text of an answer."""
    question = conversation.question
    language = language_of(question.text)
    parts = [
        _of_results(conversation, language),
        _of_media(question, language),
        _of_sum(question.text),
    ]
    said = [p for p in parts if p]
    if not said or _AT_LENGTH.search(question.text):
        said.append(_of_words(conversation, model, language, rng))
    return "\n\n".join(said)


def reasoning(conversation: Conversation, calls: tuple[AgentCall, ...]) -> str:
    """What the sandbox thinks before it answers: what it found in the request, and what it is going to do."""
    question = conversation.question
    language = language_of(question.text)
    shown = [p.kind for p in question.parts if isinstance(p, Media)]
    results = [p for t in conversation.since_question() for p in t.parts if isinstance(p, AgentResult)]
    lines = [
        f"The request is in {language.name} and is about {_topic(key_words(question.text, language), language)}.",
        f"There are {len(conversation.turns)} turns, {len(conversation.system.split())} words of them instructions.",
        f"I am shown: {', '.join(shown)}." if shown else "",
        f"Agents on offer: {', '.join(a.name for a in conversation.agents)}." if conversation.agents else "",
        f"I have {len(results)} result{'s' if len(results) != 1 else ''}, {sum(r.is_error for r in results)} of them errors."
        if results
        else "",
        "The answer must be JSON that fits the schema." if conversation.schema is not None else "",
        f"I call {', '.join(f'{c.name}({_arguments(c)})' for c in calls)}."
        if calls
        else "I have what I need and answer now.",
    ]
    return " ".join(line for line in lines if line)


def call_opening(calls: tuple[AgentCall, ...], language: Language) -> str:
    """What is said before agents are called, on the wires where models do say something."""
    names = language.comma.join(dict.fromkeys(c.name for c in calls))
    return f"{language.opening.format(topic=names)}{language.full_stop}".strip()


def _of_results(conversation: Conversation, language: Language) -> str:
    turns = conversation.since_question()
    calls = {p.id: p for t in turns for p in t.parts if isinstance(p, AgentCall)}
    lines = []
    for result in (p for t in turns for p in t.parts if isinstance(p, AgentResult)):
        call = calls.get(result.call_id)
        asked = f"{call.name}({_arguments(call)})" if call else result.call_id
        seen = [describe(p) for p in result.parts if isinstance(p, Media)]
        told = language.comma.join([*([result.text[:_SHOWN]] if result.text else []), *seen]) or "—"
        lines.append(f"- {asked}: {'⚠ ' if result.is_error else ''}{told}")
    return f"{language.results}:\n" + "\n".join(lines) if lines else ""


def _of_media(question: Turn, language: Language) -> str:
    shown = [describe(p) for p in question.parts if isinstance(p, Media)]
    return f"{language.pictures}: {language.comma.join(shown)}{language.full_stop}".strip() if shown else ""


def describe(part: Media) -> str:
    """A file in words: what its bytes say it is, never what it is called."""
    if not part.data:
        return f"{part.kind} {part.url or part.title or ''} (not opened)".strip()
    size = f"{len(part.data):,} bytes"
    kind = media.media_type(part.data) or part.media_type or "unknown"
    pixels = media.picture_size(part.data)
    if pixels:
        return f"{kind}, {pixels[0]} × {pixels[1]} pixels, {size}"
    titled = f"“{part.title}”, " if part.title else ""
    pages = media.pdf_pages(part.data)
    if pages is not None:
        return f"{titled}{kind}, {pages} page{'s' if pages > 1 else ''}, {size}"
    if part.kind == "document":
        text = part.data.decode("utf-8", "replace")
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        return f"{titled}{kind}, {len(text.split())} words, beginning “{first[:80]}”"
    return f"{titled}{kind}, {size}"


def sum_in(text: str) -> Sum | None:
    """The first sum that stands in a text and can be worked out; None where there is none."""
    found = _SUM.search(text)
    if not found:
        return None
    plain = found.group().replace("×", "*").replace("÷", "/").replace("x", "*")
    value = _calculated(plain)
    return None if value is None else Sum(found.group().strip(), plain.strip(), value)


def _of_sum(text: str) -> str:
    found = sum_in(text)
    return f"{found.said} = {found.value:g}" if found else ""


def _calculated(sum_: str) -> float | None:
    def value(node: ast.expr) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        raise ValueError(ast.dump(node))

    try:
        return value(ast.parse(sum_, mode="eval").body)
    except (ValueError, SyntaxError, ZeroDivisionError, OverflowError):
        return None


def _of_words(conversation: Conversation, model: Model, language: Language, rng: Random) -> str:
    text = conversation.question.text
    words = key_words(text, language) or text.split()[:_LONGEST_TOPIC] or key_words(conversation.system, language)
    for pattern, form in ((_CODE, _code), (_TABLE, _table), (_HAIKU, _haiku), (_LIST, _listed)):
        if pattern.search(text):
            return form(words, language, rng)
    count = model.sentences
    if _BRIEF.search(f"{text} {conversation.system}"):
        count = 1
    elif _AT_LENGTH.search(text):
        count *= 3
    return _prose(conversation, words, count, language, rng)


def _prose(conversation: Conversation, words: list[str], count: int, language: Language, rng: Random) -> str:
    topics = cycle([_topic(words, language), *words[:6]] if words else [_topic(words, language)])
    sentences = [language.opening.format(topic=next(topics))]
    before = [t for t in conversation.turns[: max(conversation.question_at, 0)] if t.role == "user" and t.text]
    if before and count > 1:
        earlier = key_words(before[-1].text, language_of(before[-1].text))
        sentences.append(language.earlier.format(topic=_topic(earlier, language)))
    stock = rng.sample(language.sentences, len(language.sentences))
    sentences += [s.format(topic=t) for s, t in zip(islice(cycle(stock), count), topics, strict=False)]
    kept = [s[0].upper() + s[1:] for s in sentences[: max(count, 1)]]
    paragraphs = [kept[i : i + _PARAGRAPH] for i in range(0, len(kept), _PARAGRAPH)]
    return "\n\n".join((language.full_stop.join(p) + language.full_stop).strip() for p in paragraphs)


def _topic(words: list[str], language: Language) -> str:
    return language.comma.join(words[:_LONGEST_TOPIC]) or {"Chinese": "此事", "Arabic": "هذا"}.get(language.name, "—")


def _listed(words: list[str], language: Language, rng: Random) -> str:
    stock = rng.sample(language.sentences, min(4, len(language.sentences)))
    topics = cycle(words or ["—"])
    return "\n".join(
        f"{i}. **{t}**: {s.format(topic=t)}" for i, (s, t) in enumerate(zip(stock, topics, strict=False), 1)
    )


def _table(words: list[str], language: Language, rng: Random) -> str:
    del language
    rows = [f"| {w} | {len(w)} | {rng.randint(1, 99)} |" for w in words[:6] or ["—"]]
    return "\n".join(["| word | letters | drawn |", "|---|---:|---:|", *rows])


def _haiku(words: list[str], language: Language, rng: Random) -> str:
    del language
    first, last = (words[0], words[-1]) if words else ("silence", "echo")
    middle = rng.choice(
        ["waits for no one in the sand", "leaves its shadow on the wall", "counts the hours by the tide"]
    )
    return f"{first} at low tide\n{middle}\n{last}, and then rain"


def _code(words: list[str], language: Language, rng: Random) -> str:
    del language, rng
    plain = [w.lower() for w in words if w.isascii() and w.isalpha() and not _CODE.fullmatch(w)]
    name = "_".join(plain[:3]) or "answer"
    about = " ".join(words[:8])
    body = f'def {name}(values: list[float]) -> float:\n    """{about}."""\n    return sum(values) / len(values) if values else 0.0'
    note = f"The sandbox wrote this by rule: `{name}` has the shape of code, and the name of what was asked for."
    return f"```python\n{body}\n```\n\n{note}"


def _arguments(call: AgentCall) -> str:
    return ", ".join(f"{k}={json.dumps(v, ensure_ascii=False)}" for k, v in call.arguments.items())


def refusal(conversation: Conversation) -> str:
    """The words of a refusal."""
    language = language_of(conversation.question.text)
    return f"{language.refusal}{language.full_stop}".strip()
