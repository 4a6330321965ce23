"""Write the table of `docs/replay.md`: what a replay does with each kind of part, from each wire to each. `--check` writes nothing.

The plans themselves are asked, one for each part and pair of wires; nothing of the table is written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ell2a.calls import AgentChoice, AgentSpec, Ell2aCall, ResponseFormat, ServerAgent, TranslationItem
from ell2a.messages import (
    AgentCallBlock,
    AgentResultBlock,
    AudioBlock,
    Block,
    Citation,
    DocumentBlock,
    ImageBlock,
    Message,
    OpaqueBlock,
    ParsedBlock,
    RefusalBlock,
    TextBlock,
    ThinkingBlock,
    VideoBlock,
)
from ell2a.providers import registry
from ell2a.providers.universal import write_universal
from ell2a.replay import plan_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "replay.md"
BEGIN, END = "<!-- pairs: made by scripts/make_replay_docs.py -->", "<!-- end of pairs -->"

SERVICES = {
    "openai-chat": ("openai", "gpt-5.1"),
    "openai-responses": ("openai", "gpt-5.1"),
    "anthropic-messages": ("anthropic", "claude-sonnet-4-5"),
}
"""Wire -> the provider and model that stand for it."""
PAIRS = [(source, target) for source in SERVICES for target in SERVICES if source != target]
WORDS = {
    "kept": "whole",
    "renamed": "whole",
    "moved": "whole",
    "converted": "converted",
    "clamped": "converted",
    "dropped": "left out",
    "refused": "asked",
}
_PNG = b"\x89PNG\r\n\x1a\n"
_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
_AGENT = AgentSpec(name="weather", description="The weather of a city.", input_schema=_SCHEMA)
_VALUES: dict[str, Any] = {
    "max_tokens": 500,
    "temperature": 0.5,
    "top_p": 0.9,
    "stop": ["END"],
    "seed": 7,
    "n": 2,
    "parallel_agent_calls": False,
    "reasoning_effort": "high",
    "reasoning_budget": 4096,
    "user_id": "somebody",
}
"""Universal param -> a value of it."""
_SERVER_AGENTS = {
    "openai-responses": {"type": "web_search"},
    "anthropic-messages": {"type": "web_search_20250305", "name": "web_search"},
}
_OPAQUE = {"openai-responses": "compaction", "anthropic-messages": "compaction"}


@dataclass(frozen=True)
class Sample:
    """A call with one part to look at."""

    title: str
    call: Ell2aCall
    path: str


def samples(wire: str) -> Iterator[Sample]:
    """A call for each kind of part that a wire has."""
    yield from _said(wire)
    yield from _by_agents(wire)
    yield from _asked(wire)
    yield from _params(wire)


def table() -> str:
    """One line a kind of part, one column a pair, and the reasons of whatever is not sent whole."""
    rows: dict[str, dict[tuple[str, str], TranslationItem]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for source, target in PAIRS:
            for sample in samples(source):
                provider, model = SERVICES[target]
                plan = plan_of(sample.call, model=f"{provider}/{model}", wire=target)
                rows.setdefault(sample.title, {})[source, target] = next(i for i in plan.items if i.path == sample.path)
    heads = " | ".join(f"{_short(source)} → {_short(target)}" for source, target in PAIRS)
    lines = [f"| part | {heads} |", f"|---|{'---|' * len(PAIRS)}"]
    notes: dict[str, int] = {}
    for title, items in rows.items():
        cells = [_cell(items.get(pair), notes) for pair in PAIRS]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    told = [f"{number}. {reason}" for reason, number in notes.items()]
    return "\n".join(lines) + "\n\n" + "\n".join(told) + "\n"


def _cell(item: TranslationItem | None, notes: dict[str, int]) -> str:
    if item is None:
        return "·"
    word = WORDS[item.action]
    if word == "whole" or not item.reason:
        return word
    reason = re.sub(r"\s+", " ", item.reason)
    return f"{word} [{notes.setdefault(reason, len(notes) + 1)}]"


def _short(wire: str) -> str:
    return wire.partition("-")[2]


def _call(wire: str, messages: list[Message], **more: Any) -> Ell2aCall:
    provider, model = SERVICES[wire]
    return Ell2aCall(provider=provider, wire=wire, model=model, messages=messages, **more)


def _user(*blocks: Block) -> Message:
    return Message(role="user", content=list(blocks))


def _model(*blocks: Block) -> Message:
    return Message(role="assistant", content=list(blocks))


_QUESTION = _user(TextBlock(text="What is this?"))


def _said(wire: str) -> Iterator[Sample]:
    given: dict[str, Block] = {
        "text": TextBlock(text="Hello"),
        "image, bytes": ImageBlock(data=_PNG, media_type="image/png"),
        "image, URL": ImageBlock(url="https://example.org/a.png"),
        "image, the provider's file": ImageBlock(file_id="file-1"),
        "audio, bytes": AudioBlock(data=b"RIFF", media_type="audio/wav"),
        "video, bytes": VideoBlock(data=b"....", media_type="video/mp4"),
        "document, PDF": DocumentBlock(data=b"%PDF-1.4", media_type="application/pdf", title="a.pdf"),
        "document, plain text": DocumentBlock(data=b"words", media_type="text/plain", title="a.txt"),
    }
    yield Sample(
        "system message",
        _call(wire, [Message(role="system", content=[TextBlock(text="Be brief.")]), _QUESTION]),
        "messages.0.content.0",
    )
    for title, block in given.items():
        yield Sample(title, _call(wire, [_user(TextBlock(text="Look:"), block)]), "messages.0.content.1")
    answered: dict[str, Block] = {
        "answer: text": TextBlock(text="Hello"),
        "answer: text with citations": TextBlock(
            text="Hello", citations=[Citation(url="https://example.org", title="Example", start=0, end=5)]
        ),
        "answer: thinking, signed": ThinkingBlock(text="Hm.", signature="c2lnbmVk"),
        "answer: refusal": RefusalBlock(text="I cannot."),
        "answer: structured output": ParsedBlock(value={"city": "Rome"}, schema_name="place"),
    }
    if wire in _OPAQUE:
        kind = _OPAQUE[wire]
        answered["answer: a summary of the provider's own"] = OpaqueBlock(
            wire=wire, kind=kind, raw={"type": kind, "id": "cmp_1", "encrypted_content": "x", "content": "x"}
        )
    for title, block in answered.items():
        said = [_QUESTION, _model(block, TextBlock(text="So.")), _user(TextBlock(text="Go on."))]
        yield Sample(title, _call(wire, said), "messages.1.content.0")


def _by_agents(wire: str) -> Iterator[Sample]:
    called = AgentCallBlock(id="call_1", name="weather", arguments={"city": "Rome"})
    bad = AgentCallBlock(id="call_1", name="weather", arguments=None, raw_arguments='{"city": ')
    ran = AgentCallBlock(
        id="call_1", name="web_search", arguments={"query": "Rome"}, executed_by_provider=True, native=None
    )
    found = AgentResultBlock(call_id="call_1", content=[TextBlock(text="Sun")])
    cases: dict[str, tuple[list[Message], str]] = {
        "agent's call": ([_QUESTION, _model(called), _user(found)], "messages.1.content.0"),
        "agent's call, arguments that are no JSON": ([_QUESTION, _model(bad), _user(found)], "messages.1.content.0"),
        "agent's result": ([_QUESTION, _model(called), _user(found)], "messages.2.content.0"),
        "agent's result, an error": (
            [_QUESTION, _model(called), _user(found.model_copy(update={"is_error": True}))],
            "messages.2.content.0",
        ),
        "agent's result with an image": (
            [
                _QUESTION,
                _model(called),
                _user(
                    found.model_copy(
                        update={"content": [TextBlock(text="See"), ImageBlock(data=_PNG, media_type="image/png")]}
                    )
                ),
            ],
            "messages.2.content.0",
        ),
        "a result whose call is not there": ([_user(found)], "messages.0.content.0"),
        "a call that the provider ran itself": (
            [_QUESTION, _model(ran, TextBlock(text="Sun.")), _user(TextBlock(text="Go on."))],
            "messages.1.content.0",
        ),
    }
    for title, (messages, path) in cases.items():
        yield Sample(title, _call(wire, messages, agents=[_AGENT]), path)


def _asked(wire: str) -> Iterator[Sample]:
    yield Sample("agent", _call(wire, [_QUESTION], agents=[_AGENT]), "agents.0")
    strict = _AGENT.model_copy(update={"strict": True})
    yield Sample("agent, strict", _call(wire, [_QUESTION], agents=[strict]), "agents.0")
    if wire in _SERVER_AGENTS:
        own = ServerAgent(wire=wire, raw=_SERVER_AGENTS[wire])
        yield Sample("agent of the provider's own", _call(wire, [_QUESTION], agents=[own]), "agents.0")
    for kind in ("auto", "none", "required", "agent"):
        choice = AgentChoice(kind=kind, name="weather" if kind == "agent" else None)
        call = _call(wire, [_QUESTION], agents=[_AGENT], agent_choice=choice)
        yield Sample(f"agent choice: {kind}", call, "agent_choice")
    schema = ResponseFormat(kind="json_schema", name="place", json_schema=_SCHEMA)
    yield Sample("response format: schema", _call(wire, [_QUESTION], response_format=schema), "response_format")
    if wire != "anthropic-messages":
        loose = ResponseFormat(kind="json_object")
        yield Sample("response format: any JSON", _call(wire, [_QUESTION], response_format=loose), "response_format")
    yield Sample("stream", _call(wire, [_QUESTION], stream=True), "stream")


def _params(wire: str) -> Iterator[Sample]:
    rules = registry.wire_class(wire).universal
    for universal, value in _VALUES.items():
        written = write_universal(rules, universal, value)
        if written.name is not None:
            params = {
                written.name: written.value,
                **(rules[universal].beside if universal == "reasoning_budget" else {}),
            }
            call = _call(wire, [_QUESTION], agents=[_AGENT], api_params=params)
            yield Sample(f"param: {universal.replace('_', ' ')}", call, f"api_params.{written.name}")


def with_table(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


def main() -> int:
    """The exit code: 1 where `--check` finds the page out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    page = PAGE.read_text("utf-8")
    new = with_table(page)
    if not parser.parse_args().check:
        PAGE.write_text(new, "utf-8")
        return 0
    if new != page:
        print("docs/replay.md is out of date: run scripts/make_replay_docs.py", file=sys.stderr)
    return int(new != page)


if __name__ == "__main__":
    sys.exit(main())
