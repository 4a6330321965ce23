"""JSON as nested `<details>`: readable at any size, since what is deep, long or wide is cut with a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pydantic_core
from markupsafe import Markup, escape

OPEN_DEPTH = 2
"""Levels that stand open at first."""
MAX_CHILDREN = 200
"""Keys or items of one object or list that are shown."""
MAX_TEXT = 2_000
"""Characters of one string that are shown."""
MAX_LEAVES = 4_000
"""Leaves of a whole tree that are shown."""
MAX_DEPTH = 40


def tree(value: Any, *, open_depth: int = OPEN_DEPTH) -> Markup:
    """A JSON value as HTML. Everything in it is escaped."""
    budget = _Budget(MAX_LEAVES)
    pieces: list[str] = []
    _node(value, "", "", 0, open_depth, budget, pieces)
    return Markup("").join(Markup(p) for p in pieces)  # noqa: S704  # each piece is built of escaped parts below


@dataclass
class _Budget:
    left: int


def _node(  # noqa: PLR0917  # one recursion, called in two places
    value: Any, before: str, after: str, depth: int, open_depth: int, budget: _Budget, out: list[str]
) -> None:
    if isinstance(value, Mapping) and value:
        children = [(f'<span class="j-k">{_quoted(str(k))}</span>: ', v) for k, v in value.items()]
        _group(children, "{}", "key", before, after, depth, open_depth, budget, out)
    elif isinstance(value, (list, tuple)) and value:
        _group([("", v) for v in value], "[]", "item", before, after, depth, open_depth, budget, out)
    else:
        budget.left -= 1
        out.append(f'{before}{_leaf(value)}<span class="j-p">{after}</span>')


def _group(  # noqa: PLR0917
    children: Sequence[tuple[str, Any]],
    brackets: str,
    noun: str,
    before: str,
    after: str,
    depth: int,
    open_depth: int,
    budget: _Budget,
    out: list[str],
) -> None:
    count = f"{len(children)} {noun}{'' if len(children) == 1 else 's'}"
    opened = " open" if depth < open_depth else ""
    out.append(
        f'<details{opened}><summary>{before}<span class="j-p">{brackets[0]}</span>'
        f'<span class="j-c"> {count} {brackets[1]}{after}</span></summary><ul>'
    )
    shown = children[:MAX_CHILDREN] if depth < MAX_DEPTH else []
    for index, (key, child) in enumerate(shown):
        if budget.left <= 0:
            shown = shown[:index]
            break
        out.append("<li>")
        comma = "" if index == len(children) - 1 else ","
        _node(child, key, comma, depth + 1, open_depth, budget, out)
        out.append("</li>")
    if len(shown) < len(children):
        out.append(f'<li><span class="j-c">… {len(children) - len(shown):,} more, not shown</span></li>')
    out.append(f'</ul></details><span class="j-p j-end">{brackets[1]}{after}</span>')


def _leaf(value: Any) -> str:
    if isinstance(value, str):
        return f'<span class="j-s">{_quoted(value)}</span>'
    if isinstance(value, bool) or value is None:
        return f'<span class="j-b">{ {True: "true", False: "false", None: "null"}[value] }</span>'
    if isinstance(value, (Mapping, list, tuple)):
        return f'<span class="j-p">{"{}" if isinstance(value, Mapping) else "[]"}</span>'
    return f'<span class="j-n">{escape(value)}</span>'


def _quoted(text: str) -> str:
    shown = text[:MAX_TEXT]
    quoted = escape(pydantic_core.to_json(_sound(shown)).decode())
    if len(text) == len(shown):
        return str(quoted)
    return f'{quoted}</span> <span class="j-c">… {len(text):,} characters'


def _sound(text: str) -> str:
    """The text with lone surrogates, which JSON may hold and UTF-8 cannot, replaced."""
    return text.encode("utf-8", "replace").decode()


def leaves(value: Any) -> int:
    """How many leaves a JSON value has."""
    children: Iterable[Any]
    if isinstance(value, Mapping):
        children = value.values()
    elif isinstance(value, (list, tuple)):
        children = value
    else:
        return 1
    return sum(map(leaves, children))
