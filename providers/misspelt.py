"""A model's name that is near one that its provider has: told once, since a newer model cannot be told from a typo for sure."""

from __future__ import annotations

import difflib
import re

from ell2a.providers import learned, model_table
from ell2a.providers.rows import ProviderRow
from ell2a.providers.warn import warn_caller

_PART = re.compile(r"[^-./:@_\s]+")
_ALIKE = 0.75
"""How much of two parts has to be the same, by difflib: `sonet` and `sonnet` share 0.91."""


class ModelMisspelt(UserWarning):
    """No model of the provider's that is known has this name, and one that is known has nearly the same."""


def warn_if_misspelt(row: ProviderRow, model: str) -> None:
    """Warn, once in a process, of a name with a part that no model of the provider's has and that is near one that they have.

    New models have new numbers and dates, and now and then a new word; what is taken for a typo is a part with letters
    that differ, slightly, from those of a known part.
    """
    if not row.first_party or row.models is None or (row.name, model) in _warned:
        return
    if model_table.has(row.models, model) or model in learned.models_of(row.name):
        return
    known = {*model_table.models_of(row.models), *learned.models_of(row.name)}
    near = _near(model, known)
    if near is not None:
        _warned.add((row.name, model))
        warn_caller(
            f"{row.name} has no model {model!r} that is known here; did you mean {near!r}? It is sent as it is."
            f" `ell2a-studio models {row.name}/` lists those that are known,"
            f" and `ell2a.register_model({model!r}, provider={row.name!r})` makes it one.",
            ModelMisspelt,
        )


def _near(model: str, known: set[str]) -> str | None:
    parts = {part for name in known for part in _PART.findall(name)}
    meant = model
    for part in _PART.findall(model):
        if part not in parts and not part.isdigit():
            letters = _letters(part)
            alike = difflib.get_close_matches(part, [p for p in parts if _letters(p) != letters], n=1, cutoff=_ALIKE)
            if not alike:
                return None
            meant = meant.replace(part, alike[0])
    if meant == model:
        return None
    return meant if meant in known else next(iter(difflib.get_close_matches(meant, known, n=1)), None)


def _letters(part: str) -> str:
    return re.sub(r"[^a-z]", "", part.lower())


_warned: set[tuple[str, str]] = set()
