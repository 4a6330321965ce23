"""The wire's params beyond the SDK's signature: those that ell2a owns, what the signature lacks, and the universal ones."""

from __future__ import annotations

from collections.abc import Mapping

from ell2a.providers.params import Range
from ell2a.providers.universal import UniversalRule
from ell2a.providers.wire_params import ParamNote

OWNED: Mapping[str, str] = {
    "model": "it is the model of the definition: `model=` or the first argument",
    "input": "give the messages: the prompt function returns them, `ell2a.call` takes them as its second argument",
    "instructions": "write a system message: the docstring of a `simple` function, or `ell2a.system(...)`",
    "tools": "write `agents=[...]`; a tool of the provider's own goes there as a dict",
    "tool_choice": 'write `agent_choice="auto"`, "none", "required" or an agent\'s name',
    "stream": "write `stream=True` as ell2a's own word",
}
"""Name -> what to write instead."""

_REFERENCE = "https://platform.openai.com/docs/api-reference/responses/create"

NOTES: Mapping[str, ParamNote] = {
    "temperature": ParamNote(range=Range(0, 2), source=_REFERENCE),
    "top_p": ParamNote(range=Range(0, 1), source=_REFERENCE),
    "max_output_tokens": ParamNote(range=Range(1, None), source=_REFERENCE),
}

UNIVERSAL: Mapping[str, UniversalRule] = {
    rule.universal: rule
    for rule in (
        UniversalRule("max_tokens", ("max_output_tokens",), range=Range(1, None), source=_REFERENCE),
        UniversalRule("temperature", ("temperature",), range=Range(0, 2), source=_REFERENCE),
        UniversalRule("top_p", ("top_p",), range=Range(0, 1), source=_REFERENCE),
        UniversalRule("stop", (), source=f"{_REFERENCE}: it has no such param"),
        UniversalRule("seed", (), source=f"{_REFERENCE}: it has no such param"),
        UniversalRule("n", (), source=f"{_REFERENCE}: it has no such param"),
        UniversalRule("parallel_agent_calls", ("parallel_tool_calls",), source=_REFERENCE),
        UniversalRule("user_id", ("safety_identifier", "user"), source=_REFERENCE),
    )
}
