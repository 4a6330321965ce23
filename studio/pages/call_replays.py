"""One call's replays, under the call they are replays of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ell2a.log.views import CallDetail, CallSummary
from ell2a.studio import formats
from ell2a.studio.pages.call_head import CallHead, call_head, call_url, tokens


@dataclass(frozen=True, slots=True)
class Node:
    """A call in the tree."""

    url: str
    id: str
    target: str
    status: str
    latency: str
    tokens: str
    cost: str
    answer: str
    current: bool
    replays: Sequence[Node]


@dataclass(frozen=True, slots=True)
class CallReplaysPage:
    """The original, this call, and its replays."""

    template: ClassVar[str] = "call_replays.html"
    section: ClassVar[str | None] = "calls"

    head: CallHead
    root: Node
    replay_url: str
    any: bool

    @property
    def title(self) -> str:
        return f"Replays of {self.head.question}"


def call_replays_page(call: CallDetail, original: CallDetail | None) -> CallReplaysPage:
    """The replays of a call; `original` is the call that it is a replay of."""
    own = _node(call.summary, current=True, replays=[_node(r) for r in call.replays])
    root = own
    if original is not None:
        siblings = [own if r.id == call.summary.id else _node(r) for r in original.replays]
        root = _node(original.summary, replays=siblings)
    return CallReplaysPage(
        head=call_head(call, "replays"),
        root=root,
        replay_url=call_url(call.summary.id, "replay"),
        any=bool(root.replays),
    )


def _node(call: CallSummary, *, current: bool = False, replays: Sequence[Node] = ()) -> Node:
    return Node(
        url=call_url(call.id),
        id=call.id,
        target=f"{call.provider}/{call.model}",
        status=call.status,
        latency=formats.duration(call.duration_ms) if call.duration_ms is not None else "open",
        tokens=tokens(call),
        cost=formats.money(call.cost, call.currency),
        answer=call.answer or "no answer",
        current=current,
        replays=replays,
    )
