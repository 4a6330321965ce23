"""One call's wire view: each part of the universal call beside what stands for it in the native request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from ell2a.log.views import CallDetail
from ell2a.messages import compact_json
from ell2a.studio import formats, json_tree
from ell2a.studio.marks import Mark, counts, marks
from ell2a.studio.pages.call_head import CallHead, call_head

MAX_ROWS = 150


@dataclass(frozen=True, slots=True)
class WirePage:
    """The request and the response, exactly, and how the request came about."""

    template: ClassVar[str] = "wire.html"
    section: ClassVar[str | None] = "calls"

    head: CallHead
    wire: str
    endpoint: str
    rows: Sequence[Mark]
    more_rows: int
    counts: Sequence[tuple[str, int]]
    request: Markup
    request_size: str
    request_leaves: int
    response: Markup | None
    response_note: str
    messages: Markup | None
    """The universal messages of the answer."""

    @property
    def title(self) -> str:
        return f"Wire of {self.head.question}"


def wire_page(call: CallDetail) -> WirePage:
    """The wire view of a call."""
    found = marks(call.translation[:MAX_ROWS], call.as_json(), call.request)
    body = call.response_raw
    pieces = f", put together from {len(call.chunks)} chunks" if call.chunks else ""
    return WirePage(
        head=call_head(call, "wire"),
        wire=call.summary.wire,
        endpoint=call.summary.endpoint or "address unknown",
        rows=found,
        more_rows=max(0, len(call.translation) - MAX_ROWS),
        counts=counts(call.translation),
        request=json_tree.tree(call.request),
        request_size=formats.size(len(compact_json(call.request))),
        request_leaves=json_tree.leaves(call.request),
        response=None if body is None else json_tree.tree(body),
        response_note="none came" if body is None else f"{formats.size(len(compact_json(body)))}{pieces}",
        messages=json_tree.tree(call.response_messages, open_depth=3) if call.response_messages else None,
    )
