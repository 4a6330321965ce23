"""Two to six calls side by side: answers first, then all else that may differ. The first is the base."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

from markupsafe import Markup

from ell2a.log.views import CallDetail
from ell2a.messages import compact_json
from ell2a.studio import formats, json_tree, prose
from ell2a.studio.conversation import ConversationReader, Part
from ell2a.studio.marks import counts
from ell2a.studio.pages.call_head import call_url, compare_url
from ell2a.studio.word_diff import WordDiff, word_diff

MIN_CALLS, MAX_CALLS = 2, 6
MAX_TEXT = 12_000
"""Characters of one text that are compared."""


@dataclass(frozen=True, slots=True)
class Number:
    """One line of the numbers: a value and how it differs from the base."""

    label: str
    value: str
    change: str | None
    way: Literal["better", "worse"] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of one answer: as they are (the base), or against those of the base."""

    html: Markup | None
    diff: WordDiff | None


@dataclass(frozen=True, slots=True)
class Column:
    """One call."""

    id: str
    url: str
    model: str
    provider: str
    role: str
    """`original` (the first), `replay` of it, or nothing."""
    status: str
    note: str
    numbers: Sequence[Number]
    answer: Answer
    parts: Sequence[Part]
    """What an answer has beside words: thinking, calls of agents, structured output."""
    error: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One call's value in a row."""

    text: str
    same: bool
    """As in the base."""
    diff: WordDiff | None = None
    tree: Markup | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the calls may differ in."""

    label: str
    cells: Sequence[Cell | None]
    """None: the call has no such thing."""
    differs: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    heading: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class CompareCallsPage:
    """Calls side by side."""

    template: ClassVar[str] = "compare_calls.html"
    section: ClassVar[str | None] = "calls"

    heading: str
    sub: str
    columns: Sequence[Column]
    groups: Sequence[Group]
    only_differences: bool
    all_url: str
    differences_url: str
    replay_url: str
    waiting: bool
    """One of the calls is still under way: the page asks again."""

    @property
    def title(self) -> str:
        return f"Side by side: {self.heading}"


def compare_calls_page(calls: Sequence[CallDetail], *, only_differences: bool = False) -> CompareCallsPage:
    """The page of some calls, in the order given."""
    base = calls[0]
    groups = [Group(h, rows) for h, told in _groups(calls) if (rows := [r for r in told if any(r.cells)])]
    differing = sum(r.differs for g in groups for r in g.rows)
    total = sum(len(g.rows) for g in groups)
    if only_differences:
        groups = [Group(g.heading, kept) for g in groups if (kept := [r for r in g.rows if r.differs])]
    url = compare_url([c.summary.id for c in calls])
    replays = sum(c.summary.replay_of == base.summary.id for c in calls[1:])
    kin = (
        f"The original and {formats.plural(replays, 'replay')}" if replays == len(calls) - 1 else f"{len(calls)} calls"
    )
    return CompareCallsPage(
        heading=formats.one_line(base.summary.question, 140) or "Calls without words",
        sub=f"{kin}, each a call of its own in the log. {differing} of {total} rows below differ from the first.",
        columns=[_column(c, base) for c in calls],
        groups=groups,
        only_differences=only_differences,
        all_url=url,
        differences_url=f"{url}&rows=differences",
        replay_url=call_url(base.summary.id, "replay"),
        waiting=any(c.summary.status == "pending" for c in calls),
    )


def _column(call: CallDetail, base: CallDetail) -> Column:
    s = call.summary
    first = call is base
    role = "replay" if s.replay_of == base.summary.id else ("original" if first else "")
    report = ", ".join(f"{n} {action}" for action, n in counts(call.translation) if action != "kept")
    reader = ConversationReader(s.id, call.agents)
    turns = reader.turns(call.response_messages, base="response.messages")
    return Column(
        id=s.id,
        url=call_url(s.id),
        model=s.model,
        provider=s.provider,
        role=role,
        status=s.status,
        note=report or "all kept",
        numbers=_numbers(call, base),
        answer=_answer(call, base),
        parts=[p for t in turns for p in t.parts if p.kind != "prose"],
        error=str(call.error.get("message") or call.error.get("class")) if call.error else None,
    )


def _answer(call: CallDetail, base: CallDetail) -> Answer:
    text = _words(call.response_messages)
    if call is base or not _words(base.response_messages):
        return Answer(prose.markdown(text[: prose.MAX_MARKDOWN]) if text else None, None)
    return (
        Answer(None, word_diff(_words(base.response_messages)[:MAX_TEXT], text[:MAX_TEXT]))
        if text
        else Answer(None, None)
    )


def _words(messages: Sequence[Mapping[str, Any]]) -> str:
    said = (b.get("text", "") for m in messages for b in m["content"] if b.get("type") in {"text", "refusal"})
    return "\n\n".join(said)


def _numbers(call: CallDetail, base: CallDetail) -> list[Number]:
    s, b = call.summary, base.summary
    both_ended = call is not base and s.status == b.status == "ok"

    def line(
        label: str, value: float | Decimal | None, of: float | Decimal | None, show: Callable[[Any], str]
    ) -> Number:
        changed = formats.change(value, of) if both_ended else None
        way: Literal["better", "worse"] | None = None
        if changed:
            way = "worse" if changed.startswith("+") else "better"
        return Number(label, show(value) if value is not None else "unknown", changed, way)

    finish = s.finish_reason or "none"
    called = formats.number(s.agents_called) if s.agents_called else "none"
    same_money = s.currency == b.currency
    return [
        line("Cost", s.cost, b.cost if same_money else None, lambda v: formats.money(v, s.currency)),
        line("Latency", s.duration_ms, b.duration_ms, formats.duration),
        line("First token", s.first_token_ms, b.first_token_ms, formats.duration)
        if s.stream
        else Number("First token", "not streamed", None, None),
        line("Input tokens", s.input_tokens, b.input_tokens, formats.number),
        line("Output tokens", s.output_tokens, b.output_tokens, formats.number),
        Number("Finish, agent calls", f"{finish}, {called}", None, None),
    ]


# --- the rows below ---

_Told = Callable[[CallDetail], "str | None"]


def _groups(calls: Sequence[CallDetail]) -> list[tuple[str, list[Row]]]:
    return [
        ("Messages", _message_rows(calls)),
        ("Agents and format", [_tree_row("agents", calls, lambda c: c.agents or None),
                               _tree_row("agent choice", calls, lambda c: c.agent_choice),
                               _tree_row("response format", calls, lambda c: c.response_format)]),
        ("Params, as each provider has them", _param_rows(calls)),
        ("Call", [_row(label, calls, told) for label, told in _CALL_ROWS]),
        ("Usage", [_row(label, calls, told) for label, told in _USAGE_ROWS]),
    ]  # fmt: skip


_CALL_ROWS: Sequence[tuple[str, _Told]] = (
    ("status", lambda c: c.summary.status),
    ("provider", lambda c: c.summary.provider),
    ("wire", lambda c: c.summary.wire),
    ("model", lambda c: c.summary.model),
    ("answered by", lambda c: c.summary.response_model),
    ("streamed", lambda c: "yes" if c.summary.stream else "no"),
    ("finish reason", lambda c: (c.metadata.get("finish_reason") or {}).get("raw") or c.summary.finish_reason),
    ("LMP", lambda c: f"{c.summary.lmp} v{c.summary.lmp_version}" if c.summary.lmp else None),
)


def _usage(name: str) -> _Told:
    def told(call: CallDetail) -> str | None:
        value = (call.metadata.get("usage") or {}).get(name)
        return None if value is None else formats.number(value)

    return told


_USAGE_ROWS: Sequence[tuple[str, _Told]] = tuple(
    (name.replace("_", " "), _usage(name))
    for name in ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
)


def _row(label: str, calls: Sequence[CallDetail], told: _Told) -> Row:
    values = [told(c) for c in calls]
    cells = [None if v is None else Cell(v, same=i > 0 and v == values[0]) for i, v in enumerate(values)]
    return Row(label, cells, any(v != values[0] for v in values))


def _tree_row(label: str, calls: Sequence[CallDetail], told: Callable[[CallDetail], Any]) -> Row:
    values = [told(c) for c in calls]
    texts = [None if v is None else compact_json(v) for v in values]
    cells = [
        None if v is None else Cell("", same=i > 0 and t == texts[0], tree=json_tree.tree(v, open_depth=1))
        for i, (v, t) in enumerate(zip(values, texts, strict=True))
    ]
    return Row(label, cells, any(t != texts[0] for t in texts))


def _message_rows(calls: Sequence[CallDetail]) -> list[Row]:
    longest = max(len(c.messages) for c in calls)
    rows = []
    for index in range(min(longest, 40)):
        messages = [c.messages[index] if index < len(c.messages) else None for c in calls]
        texts = [None if m is None else _message_text(m)[:MAX_TEXT] for m in messages]
        role = next(str(m["role"]) for m in messages if m is not None)
        rows.append(_text_row(f"{index + 1}, {role}", texts))
    return rows


def _text_row(label: str, texts: Sequence[str | None]) -> Row:
    base = texts[0]
    cells: list[Cell | None] = []
    for index, text in enumerate(texts):
        if text is None:
            cells.append(None)
        elif index == 0 or base is None or text == base:
            cells.append(Cell(formats.one_line(text, 2_000), same=index > 0 and text == base))
        else:
            cells.append(Cell("", same=False, diff=word_diff(base, text)))
    return Row(label, cells, any(t != base for t in texts))


def _message_text(message: Mapping[str, Any]) -> str:
    said = []
    for block in message["content"]:
        kind = block.get("type")
        if kind in {"text", "refusal"}:
            said.append(block["text"])
        elif kind == "thinking":
            said.append(f"[thinking] {block.get('text', '')}".strip())
        elif kind == "agent_call":
            said.append(f"[calls {block['name']}] {compact_json(block.get('arguments'))}")
        elif kind == "agent_result":
            said.append(f"[result] {_message_text(block)}")
        elif kind == "parsed":
            said.append(compact_json(block.get("value")))
        else:
            said.append(f"[{kind} {block.get('media_type') or block.get('kind') or ''}]")
    return "\n\n".join(said)


def _param_rows(calls: Sequence[CallDetail]) -> list[Row]:
    names = dict.fromkeys(name for c in calls for name in c.api_params)

    def told(name: str) -> _Told:
        return lambda c: compact_json(c.api_params[name]) if name in c.api_params else None

    return [_row(name, calls, told(name)) for name in names]
