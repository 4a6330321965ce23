"""The one state of the list of calls: a filter text, edited by typing and by links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ell2a.log import filters


@dataclass(frozen=True, slots=True)
class ListState:
    """What the list of calls shows, as it stands in the address."""

    path: str
    q: str = ""
    range: str | None = None
    """A key of RANGES: the span up to now."""
    since: str | None = None
    """ISO 8601; with `until` a span of its own, instead of `range`."""
    until: str | None = None

    def url(self, **more: str) -> str:
        """The address of this state."""
        own = {"q": self.q, "range": self.range, "since": self.since, "until": self.until}
        query = {name: value for name, value in {**own, **more}.items() if value}
        return self.path + (f"?{urlencode(query)}" if query else "")

    def with_q(self, q: str) -> ListState:
        """The same with another filter text."""
        return replace(self, q=q.strip())


def word(value: str) -> str:
    """A value as the grammar takes it: in quotes where it has a space or would be read as something else."""
    return f'"{value}"' if not value or any(c.isspace() or c == '"' for c in value) else value


def asks_for(q: str, key: str) -> list[str]:
    """The values that a filter text asks of a key, negated terms aside."""
    return [str(v) for t in filters.parse(q).terms if t.key == key and not t.negated for v in t.values]


def without_key(q: str, key: str) -> str:
    """A filter text without what it asks of a key."""
    for term in reversed(filters.parse(q).terms):
        if term.key == key and not term.negated:
            q = term.without(q)
    return q


def toggled(q: str, key: str, value: str) -> str:
    """A filter text with a value of a key added to those asked for, or taken away if it is one of them."""
    values = asks_for(q, key)
    values = [v for v in values if v != value] if value in values else [*values, value]
    rest = without_key(q, key)
    if not values:
        return rest
    joined = word(",".join(values))
    return f"{rest} {key}:{joined}".strip()


def with_params(q: str, params: Mapping[str, str | None]) -> str:
    """A filter text that also holds what an address asks for by name (`provider=openai`)."""
    for key, value in params.items():
        if value and value not in asks_for(q, key):
            q = f"{q} {key}:{word(value)}".strip()
    return q
