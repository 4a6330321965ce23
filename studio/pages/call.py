"""One call as a conversation, with its facts beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from ell2a.log.views import CallDetail
from ell2a.messages import compact_json
from ell2a.studio import formats, json_tree
from ell2a.studio.charts import Segment, segments
from ell2a.studio.conversation import MAX_TURNS, ConversationReader, Turn
from ell2a.studio.marks import Mark, marks
from ell2a.studio.pages.call_head import CallHead, call_head, call_url


@dataclass(frozen=True, slots=True)
class Wire:
    """The line between what was sent and what came back."""

    sent_at: Any
    sent_size: str
    first: str | None
    whole: str | None
    chunks: int


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """A failed call: the error, what to do, the tries, the body."""

    error_class: str
    message: str
    status: int | None
    request_id: str | None
    advice: Sequence[str]
    body: Markup | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the rail."""

    label: str
    value: str
    series: int | None = None


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """One call as a conversation."""

    template: ClassVar[str] = "call.html"
    section: ClassVar[str | None] = "calls"

    head: CallHead
    turns: Sequence[Turn]
    earlier: int
    """Turns before these that are not shown."""
    earlier_url: str | None
    wire: Wire
    answers: Sequence[Turn]
    error: ErrorNote | None
    params: Sequence[Mark]
    usage: Sequence[Line]
    usage_bar: Sequence[Segment]
    usage_raw: Markup | None
    cost: Sequence[Line]
    cost_note: str

    @property
    def title(self) -> str:
        return self.head.question


ADVICE: Mapping[str, str] = {
    "MissingKey": "Set the variable that the message names, in the program that makes the call; then replay it.",
    "MissingSdk": "Install the package that the message names; then replay it.",
    "AuthenticationFailed": "The key was sent and not accepted: check which account it belongs to.",
    "PermissionDenied": "The key is accepted and may not do this: check the project's models and limits.",
    "NotFound": "The provider has no such model or address: compare the name with its list of models.",
    "RateLimited": "Wait as long as the provider asked for, run fewer calls at once, or replay it elsewhere.",
    "QuotaExhausted": "No credit or quota is left: add some, or replay it elsewhere. Waiting does not help.",
    "Overloaded": "The provider has no capacity: try again later, or replay it elsewhere.",
    "ServerError": "The provider failed: try again, or replay it elsewhere.",
    "CallTimeout": "Give a longer `timeout`, ask for a stream, or for fewer tokens.",
    "ConnectionFailed": "Check the address under Wire, the network and the proxy.",
    "StreamBroken": "What came before the break is kept above; replay it for the whole.",
    "ContextLengthExceeded": "Shorten the messages, ask for fewer tokens, or replay it on a model that holds more.",
    "ContentFiltered": "A filter of the provider stopped it: change the words, or replay it elsewhere.",
    "BadRequest": "Compare the request under Wire with what the body below asks for.",
    "UnreadableResponse": "The answer was no JSON object: is the address that of a model server?",
}
"""Error class -> what to do about it."""


def conversation_page(call: CallDetail, before: int | None = None) -> ConversationPage:
    """The conversation of a call. `before`: show the turns that end before this message."""
    whole = call.as_json()
    reader = ConversationReader(call.summary.id, call.agents)
    end = len(call.messages) if before is None else max(0, min(before, len(call.messages)))
    start = max(0, end - MAX_TURNS)
    turns = reader.turns(call.messages[start:end], start=start)
    raw = (call.metadata.get("usage") or {}).get("raw")
    return ConversationPage(
        head=call_head(call, ""),
        turns=turns,
        earlier=start,
        earlier_url=f"{call_url(call.summary.id)}?before={start}" if start else None,
        wire=_wire(call),
        answers=reader.turns(call.response_messages, base="response.messages", choices=True),
        error=_error(call),
        params=[
            m
            for m in marks(call.translation, whole, call.request)
            if m.group == "Params" or (m.group == "Call" and m.action != "kept")
        ],
        usage=_usage(call),
        usage_bar=_usage_bar(call),
        usage_raw=json_tree.tree(raw) if raw else None,
        cost=_cost(call),
        cost_note=_cost_note(call),
    )


def _wire(call: CallDetail) -> Wire:
    s = call.summary
    return Wire(
        sent_at=s.started_at,
        sent_size=formats.size(len(compact_json(call.request))),
        first=formats.duration(s.first_token_ms) if s.first_token_ms is not None else None,
        whole=formats.duration(s.duration_ms) if s.duration_ms is not None else None,
        chunks=len(call.chunks),
    )


def _error(call: CallDetail) -> ErrorNote | None:
    if call.error is None:
        return None
    name = str(call.error.get("class") or "CallError").rpartition(".")[2]
    advice = [ADVICE[name]] if name in ADVICE else []
    if call.error.get("retry_after"):
        advice.insert(0, f"The provider asked to wait {call.error['retry_after']:g} seconds.")
    body = call.error.get("body")
    return ErrorNote(
        error_class=name,
        message=str(call.error.get("message") or ""),
        status=call.error.get("status"),
        request_id=call.error.get("request_id"),
        advice=advice,
        body=json_tree.tree(body) if body is not None else None,
    )


def _counts(call: CallDetail) -> list[tuple[str, int | None, int]]:
    """The parts of the usage, each counted once: (what, tokens, series)."""
    usage: dict[str, Any] = call.metadata.get("usage") or {}
    cached, reasoning = usage.get("cache_read_tokens"), usage.get("reasoning_tokens")
    given, written = usage.get("input_tokens"), usage.get("output_tokens")
    return [
        ("Input, from cache", cached or None, 1),
        ("Input, fresh" if cached else "Input", None if given is None else given - (cached or 0), 2),
        ("Output, thinking", reasoning or None, 3),
        ("Output, text" if reasoning else "Output", None if written is None else written - (reasoning or 0), 4),
    ]


def _usage(call: CallDetail) -> list[Line]:
    usage: dict[str, Any] = call.metadata.get("usage") or {}
    lines = [Line(what, formats.number(count), series) for what, count, series in _counts(call) if count is not None]
    extra = (("cache_write_tokens", "of input, written to cache"), ("audio_input_tokens", "of input, audio"),
             ("audio_output_tokens", "of output, audio"))  # fmt: skip
    lines += [Line(label, formats.number(usage[name])) for name, label in extra if usage.get(name)]
    agents = usage.get("server_agent_calls") or {}
    return lines + [Line(f"calls of {name}", formats.number(count)) for name, count in agents.items() if count]


def _usage_bar(call: CallDetail) -> list[Segment]:
    return segments([(count or 0, series) for _, count, series in _counts(call)])


def _cost(call: CallDetail) -> list[Line]:
    cost: dict[str, Any] = call.metadata.get("cost") or {}
    return [Line("Cost", formats.money(cost.get("amount"), cost.get("currency")))] if cost else []


def _cost_note(call: CallDetail) -> str:
    cost: dict[str, Any] = call.metadata.get("cost") or {}
    if not cost:
        return "Unknown: no price is known for this model, or the provider told no tokens."
    checked = f", checked {cost['as_of']}" if cost.get("as_of") else ""
    return f"{cost.get('source')}{checked}."
