"""The translation report of a call, kept short: one character for a block of a message that was kept as it is.

A report has an item for every block of every message, so a conversation of n turns would hold n^2 of them. Nearly
all say `kept` and name a place in the native request; each place is told by its distance from the one before, so that
a long conversation is a repeating string, which compresses to nothing. All other items stand as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ell2a.calls import TranslationItem

_BLOCK = re.compile(r"messages\.\d+\.content\.\d+")
_PLACE = re.compile(r"([A-Za-z_]+)\.(\d+)(.*)")
_ELSEWHERE = "-"
"""The block's item stands among the others."""
_FIRST = ord("a")
_MOST_FORMS = 500


def short(items: Sequence[TranslationItem], messages: Sequence[Any]) -> dict[str, Any]:
    """The form in which a report is kept. `messages` are those of the call."""
    kept = {item.path: item for item in items if _is_plain(item)}
    forms: dict[tuple[Any, ...], str] = {}
    codes: list[str] = []
    before = 0
    for path in _paths([len(m.content) for m in messages]):
        item = kept.get(path)
        form, at = _form(item, before) if item else (None, before)
        if form is None or (form not in forms and len(forms) == _MOST_FORMS):
            kept.pop(path, None)
            codes.append(_ELSEWHERE)
            continue
        codes.append(forms.setdefault(form, chr(_FIRST + len(forms))))
        before = at
    others = [item for item in items if item.path not in kept]
    return {
        "items": [item.model_dump(mode="json", exclude_defaults=True) for item in others],
        "forms": list(forms),
        "codes": "".join(codes),
        "at": next((n for n, item in enumerate(items) if item.path in kept), 0),
    }


def is_of(stored: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a short form is of these messages: it is not where some are lost."""
    return len(stored["codes"]) == sum(len(m["content"]) for m in messages)


def whole(stored: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The report whole, from its short form and the messages of the call."""
    items = [_full(item) for item in stored["items"]]
    back: list[dict[str, Any]] = []
    before = 0
    for path, code in zip(_paths([len(m["content"]) for m in messages]), stored["codes"], strict=True):
        if code == _ELSEWHERE:
            continue
        to, before = _place(stored["forms"][ord(code) - _FIRST], before)
        back.append(_full({"path": path, "action": "kept", "to": to}))
    return [*items[: stored["at"]], *back, *items[stored["at"] :]]


def _paths(blocks: Sequence[int]) -> list[str]:
    return [f"messages.{m}.content.{b}" for m, count in enumerate(blocks) for b in range(count)]


def _is_plain(item: TranslationItem) -> bool:
    return item.action == "kept" and item.reason is None and not item.choices and bool(_BLOCK.fullmatch(item.path))


def _form(item: TranslationItem, before: int) -> tuple[tuple[Any, ...] | None, int]:
    """How the place follows from the one before: (list, steps on, rest), (place,) or None where neither tells it."""
    if item.to is None:
        return (None,), before
    if not isinstance(item.to, str):
        return None, before
    found = _PLACE.fullmatch(item.to)
    if found is None:
        return (item.to,), before
    at = int(found.group(2))
    return (found.group(1), at - before, found.group(3)), at


def _place(form: Sequence[Any], before: int) -> tuple[str | None, int]:
    if len(form) == 1:
        return form[0], before
    name, steps, rest = form
    return f"{name}.{before + steps}{rest}", before + steps


def _full(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": None, "to": None, "choices": [], **item}
