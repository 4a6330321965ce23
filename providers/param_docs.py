"""What an SDK's own docs say of the params of its call function."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ell2a.providers.params import ParamText

_DEPRECATED = re.compile(r"\b(?:is|are|now) deprecated\b|^deprecated\b(?! values)|\bis being replaced\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def text_in_docs(function: Callable[..., Any], name: str) -> ParamText:
    """What the docs of a function say of one of its params, and what to use instead of a deprecated one."""
    doc = _docs(function).get(name)
    return ParamText() if doc is None else ParamText(doc, _deprecation(doc))


@lru_cache(maxsize=64)
def _docs(function: Callable[..., Any]) -> Mapping[str, str]:
    # Imported here: a definition needs no docs, and the parser takes longer to import than a definition may take.
    from docstring_parser import ParseError, google

    overloads = typing.get_overloads(function)
    # The SDKs hang the docs on the overloads; the function that is called has none.
    written = next((doc for o in (*overloads, function) if (doc := inspect.getdoc(o))), "")
    try:
        parsed = google.parse(written)
    except ParseError:
        return {}
    return {param.arg_name: param.description for param in parsed.params if param.description}


def _deprecation(doc: str) -> str | None:
    """The sentences about it, of the first paragraph that has one."""
    for paragraph in re.split(r"\n\s*\n", doc):
        sentences = _SENTENCE.split(" ".join(paragraph.split()))
        for at, sentence in enumerate(sentences):
            if _DEPRECATED.search(sentence):
                follows = sentences[at + 1 : at + 2]
                return " ".join([sentence, *(s for s in follows if s.startswith(("Use", "Please")))])
    return None
