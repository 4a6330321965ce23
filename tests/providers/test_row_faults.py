"""Rows of a user's that could never work: each fault is told when the row is read, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from ell2a.errors import DefinitionError
from ell2a.providers import names, register_provider
from ell2a.providers.rows import read_rows

HEAD = '[acme]\nwires = { openai-chat = "https://llm.acme.example/v1" }\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[acme]\nwires = { }\n", 2, "it needs one at least"),
        ('[acme]\nwires = { openai-chat = "htp:/acme" }\n', 2, "'htp:/acme', of openai-chat, is no address"),
        (
            HEAD + '\n[acme.facts]\nimage_inputs = { state = "no", source = "row" }\n',
            4,
            "no capability 'image_inputs'; did you mean 'image_input'",
        ),
        (HEAD + 'listing = "openia"\n', 3, "did you mean 'openai'"),
    ],
)
def test_a_faulty_row_is_told_with_its_line(text: str, line: int, words: str) -> None:
    """No wire, an address that is none, a capability or a listing that there is not: file, line and what was meant."""
    with pytest.raises(DefinitionError) as caught:
        read_rows(text, origin="providers.toml")
    assert f"providers.toml:{line}: the provider row 'acme'" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"wires": {}}, "`wires`: .*it needs one at least"),
        ({"wires": {"openai-chat": "https://a.example"}, "kye": "A"}, "`kye`: .* A row has name, .*key"),
    ],
)
def test_registering_a_faulty_row_is_a_definition_error(given: dict[str, Any], words: str) -> None:
    """`register_provider` tells each faulty field by name, and registers nothing."""
    with pytest.raises(DefinitionError, match=words):
        register_provider("acme-faulty", **given)
    assert "acme-faulty" not in names()
