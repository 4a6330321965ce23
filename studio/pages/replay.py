"""A replay before it is sent: for each target what becomes of every part, what is to choose, what would go out, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from markupsafe import Markup

from ell2a.log.views import CallDetail
from ell2a.messages import compact_json
from ell2a.replay import CHANGES
from ell2a.studio import formats, json_tree
from ell2a.studio.marks import Mark, counts, marks
from ell2a.studio.pages.call_head import call_url
from ell2a.studio.pages.providers import KeyState
from ell2a.studio.replay_request import MAX_TARGETS, TargetAsked, replay_url

GROUPS = ("Needs a choice", "Params", "Call", "Agents", "Messages")
MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A model that may be a target."""

    name: str
    """`provider/model`."""
    url: str
    ready: bool
    note: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One target and the plan for it, or why there is none."""

    asked: TargetAsked
    plan: Mapping[str, Any] | None
    """`Plan.as_json()`."""
    fault: str | None
    key: KeyState | None
    wires: Sequence[str]


@dataclass(frozen=True, slots=True)
class WayOut:
    """A choice that makes a refused item go."""

    label: str
    field: str
    value: str
    """The changes, as JSON."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What becomes of one part on one target."""

    mark: Mark | None
    """None: the plan for this target says nothing of it."""
    target: str
    ways_out: Sequence[WayOut]


@dataclass(frozen=True, slots=True)
class Row:
    """One part of the call, over all targets."""

    label: str
    value: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    heading: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class TargetView:
    """The head of one column, and its part of the form."""

    index: int
    model: str
    wire: str
    wires: Sequence[tuple[str, str, bool]]
    """(wire, address with it, current)."""
    wire_field: str
    counts: Sequence[tuple[str, int]]
    runnable: bool
    cost: str
    cost_note: str
    key: KeyState | None
    faults: Sequence[str]
    changes: str
    """As JSON, for the form; empty where there are none."""
    remove_url: str
    request: Markup | None
    request_size: str


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """The plans for a call on some targets."""

    template: ClassVar[str] = "replay.html"
    section: ClassVar[str | None] = "replays"

    call_id: str
    call_url: str
    question: str
    original: str
    original_note: str
    url: str
    """This page with what is asked for now."""
    targets: Sequence[TargetView]
    groups: Sequence[Group]
    more_rows: int
    has_choices: bool
    runnable: int
    total_cost: str
    suggestions: Sequence[Suggestion]
    can_add: bool
    changes_help: Sequence[tuple[str, str]]
    calls_agents: bool

    @property
    def title(self) -> str:
        return f"Replay {self.question}"


def replay_page(call: CallDetail, planned: Sequence[Planned], suggestions: Sequence[Suggestion]) -> ReplayPage:
    """The page of some plans."""
    s = call.summary
    asked = [p.asked for p in planned]
    views = [_target(i, p, asked, s.id) for i, p in enumerate(planned)]
    groups, more = _groups(call, planned)
    return ReplayPage(
        call_id=s.id,
        call_url=call_url(s.id),
        question=formats.one_line(s.question, 140) or "Call without words",
        original=f"{s.provider}/{s.model}",
        original_note=f"{formats.money(s.cost, s.currency)}, {formats.duration(s.duration_ms)}, on {s.wire}",
        url=replay_url(s.id, asked),
        targets=views,
        groups=groups,
        more_rows=more,
        has_choices=any(c.ways_out for g in groups for r in g.rows for c in r.cells),
        runnable=sum(v.runnable for v in views),
        total_cost=_total(planned),
        suggestions=[replace(x, url=replay_url(s.id, [*asked, TargetAsked(x.name)])) for x in suggestions],
        can_add=len(planned) < MAX_TARGETS,
        changes_help=list(CHANGES.items()),
        calls_agents=s.agents_declared > 0,
    )


def _target(index: int, planned: Planned, asked: Sequence[TargetAsked], call_id: str) -> TargetView:
    plan, own = planned.plan, planned.asked
    wire = str(plan["wire"]) if plan else own.wire or ""
    rest = [a for i, a in enumerate(asked) if i != index]

    def with_wire(name: str) -> str:
        return replay_url(call_id, [replace(a, wire=name) if i == index else a for i, a in enumerate(asked)])

    cost = (plan or {}).get("estimated_cost")
    faults = [f for f in (own.fault, planned.fault) if f]
    return TargetView(
        index=index,
        model=own.model,
        wire=wire,
        wires=[(w, with_wire(w), w == wire) for w in planned.wires] if len(planned.wires) > 1 else [],
        wire_field=own.wire or "",
        counts=counts(plan["items"]) if plan else [],
        runnable=bool(plan and plan["runnable"]) and (planned.key is None or planned.key.status == "ok"),
        cost=f"About {formats.money(cost['amount'], cost.get('currency'))}" if cost else "Cost unknown",
        cost_note=_cost_note(cost),
        key=planned.key if planned.key and planned.key.status != "ok" else None,
        faults=[line for f in faults for line in f.splitlines()],
        changes=own.changes_text or (compact_json(own.changes) if own.changes else ""),
        remove_url=replay_url(call_id, rest),
        request=json_tree.tree(plan["request"]) if plan and plan["request"] else None,
        request_size=formats.size(len(compact_json(plan["request"]))) if plan and plan["request"] else "",
    )


def _cost_note(cost: Mapping[str, Any] | None) -> str:
    if not cost:
        return "no price is known for it, or the original told no tokens"
    tokens = [cost.get("input_tokens"), cost.get("output_tokens")]
    told = f"{formats.number(tokens[0])} in, some {formats.number(tokens[1])} out" if None not in tokens else ""
    return ", ".join(p for p in (told, str(cost.get("source") or "")) if p)


def _total(planned: Sequence[Planned]) -> str:
    costs = [p.plan["estimated_cost"] for p in planned if p.plan]
    known = [float(c["amount"]) for c in costs if c]
    if not known:
        return "Cost unknown"
    more = "" if len(known) == len(costs) else f", and {len(costs) - len(known)} of unknown cost"
    return f"About {formats.money(sum(known), next(c['currency'] for c in costs if c))}{more}"


def _groups(call: CallDetail, planned: Sequence[Planned]) -> tuple[list[Group], int]:
    whole = call.as_json()
    told = [_by_path(p, whole) for p in planned]
    paths = dict.fromkeys(path for found in told for path in found)
    rows: dict[str, list[Row]] = {g: [] for g in GROUPS}
    for path in list(paths)[:MAX_ROWS]:
        cells = [_cell(i, path, found, p) for i, (found, p) in enumerate(zip(told, planned, strict=True))]
        first = next(c.mark for c in cells if c.mark)
        heading = GROUPS[0] if any(c.ways_out for c in cells) else first.group
        rows[heading].append(Row(first.label, first.value, cells))
    return [Group(h, found) for h, found in rows.items() if found], max(0, len(paths) - MAX_ROWS)


def _by_path(planned: Planned, whole: Mapping[str, Any]) -> dict[str, tuple[Mark, Mapping[str, Any]]]:
    if planned.plan is None:
        return {}
    items = planned.plan["items"]
    return {m.path: (m, item) for m, item in zip(marks(items, whole, planned.plan["request"]), items, strict=True)}


def _cell(index: int, path: str, found: Mapping[str, tuple[Mark, Mapping[str, Any]]], planned: Planned) -> Cell:
    if path not in found:
        return Cell(None, planned.asked.model, ())
    mark, item = found[path]
    number = list(found).index(path)
    ways = [
        WayOut(choice["label"], f"choice.{index}.{number}", compact_json(choice["changes"]))
        for choice in item.get("choices") or ()
    ]
    return Cell(mark, planned.asked.model, ways)
