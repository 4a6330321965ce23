"""One call's params: what was written, what happened to each, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ell2a.log.views import CallDetail
from ell2a.studio.marks import Mark, counts, marks
from ell2a.studio.pages.call_head import CallHead, call_head


@dataclass(frozen=True, slots=True)
class ParamsPage:
    """The translation report of a call, params first."""

    template: ClassVar[str] = "params.html"
    section: ClassVar[str | None] = "calls"

    head: CallHead
    params: Sequence[Mark]
    """The provider's own, as the user wrote them, and those that ell2a or a model handle set."""
    parts: Sequence[Mark]
    """Model, agents, response format, stream."""
    counts: Sequence[tuple[str, int]]
    messages: Sequence[tuple[str, int]]
    """What became of the blocks of the messages, counted."""

    @property
    def title(self) -> str:
        return f"Params of {self.head.question}"


def params_page(call: CallDetail) -> ParamsPage:
    """The params view of a call."""
    found = marks([i for i in call.translation if not i["path"].startswith("messages.")], call.as_json(), call.request)
    return ParamsPage(
        head=call_head(call, "params"),
        params=[m for m in found if m.group == "Params"],
        parts=[m for m in found if m.group != "Params"],
        counts=counts(found),
        messages=counts([i for i in call.translation if i["path"].startswith("messages.")]),
    )
