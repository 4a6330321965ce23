"""The wire's params beyond the SDK's signature: those that ell2a owns, what the signature lacks, and the universal ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ell2a.providers.openai_models import REASONING, is_one_of
from ell2a.providers.params import Range
from ell2a.providers.universal import UniversalRule
from ell2a.providers.wire_params import ParamNote

OWNED: Mapping[str, str] = {
    "model": "it is the model of the definition: `model=` or the first argument",
    "messages": "give the messages: the prompt function returns them, `ell2a.call` takes them as its second argument",
    "system": "write a system message: the docstring of a `simple` function, or `ell2a.system(...)`",
    "tools": "write `agents=[...]`; a tool of the provider's own goes there as a dict",
    "tool_choice": 'write `agent_choice="auto"`, "none", "required" or an agent\'s name',
    "functions": "write `agents=[...]`",
    "function_call": 'write `agent_choice="auto"`, "none" or an agent\'s name',
    "response_format": 'write `response_format=` as ell2a\'s own word: a pydantic class, a JSON schema or "json_object"',
    "stream": "write `stream=True` as ell2a's own word",
    "stream_options": "leave it out: a stream of ell2a's always asks for its usage; write `stream=True` for a stream",
}
"""Name -> what to write instead."""

_REFERENCE = "https://platform.openai.com/docs/api-reference/chat/create"
_REASONING_GUIDE = "https://platform.openai.com/docs/guides/reasoning"

_DEFAULTS_ONLY = (
    "the API's own 400, `Only the default (1) value is supported`, as in https://github.com/QwenLM/qwen-code/issues/921"
)


def _not_when_reasoning(name: str) -> Callable[[str], str | None]:
    def refused(model: str) -> str | None:
        if not is_one_of(model, REASONING):
            return None
        return f"{model} reasons, and draws by its own rule: leave `{name}` out ({_REASONING_GUIDE})"

    return refused


_NO_STOP = ("o3", "o3-pro", "o4-mini")


def _no_stop(model: str) -> str | None:
    return f"{model} takes no stop sequences: leave `stop` out" if is_one_of(model, _NO_STOP) else None


def _max_tokens(model: str) -> str | None:
    return (
        f"{model} reasons: write `max_completion_tokens`, which counts the reasoning too"
        if is_one_of(model, REASONING)
        else None
    )


def _sampling(name: str, low: float | None, high: float | None, *, neutral: float | None = None) -> ParamNote:
    limits, refused = Range(low, high), _not_when_reasoning(name)
    return ParamNote(range=limits, refused_for=refused, neutral=neutral, source=f"{_REFERENCE}; {_DEFAULTS_ONLY}")


NOTES: Mapping[str, ParamNote] = {
    "temperature": _sampling("temperature", 0, 2, neutral=1),
    "top_p": _sampling("top_p", 0, 1, neutral=1),
    "presence_penalty": _sampling("presence_penalty", -2, 2, neutral=0),
    "frequency_penalty": _sampling("frequency_penalty", -2, 2, neutral=0),
    "top_logprobs": _sampling("top_logprobs", 0, 20),
    "logprobs": ParamNote(refused_for=_not_when_reasoning("logprobs"), source=_REASONING_GUIDE),
    "logit_bias": ParamNote(refused_for=_not_when_reasoning("logit_bias"), source=_REASONING_GUIDE),
    "max_tokens": ParamNote(range=Range(1, None), refused_for=_max_tokens, source=_REFERENCE),
    "max_completion_tokens": ParamNote(range=Range(1, None), source=_REFERENCE),
    "n": ParamNote(range=Range(1, 128), source=_REFERENCE),
    "stop": ParamNote(range=Range(None, 4), refused_for=_no_stop, neutral=[], source=_REFERENCE),
}


def _read_stop(stop: Any) -> list[str] | None:
    if isinstance(stop, str):
        return [stop]
    return list(stop) if isinstance(stop, list | tuple) and all(isinstance(one, str) for one in stop) else None


UNIVERSAL: Mapping[str, UniversalRule] = {
    rule.universal: rule
    for rule in (
        UniversalRule("max_tokens", ("max_completion_tokens", "max_tokens"), range=Range(1, None), source=_REFERENCE),
        UniversalRule("temperature", ("temperature",), range=Range(0, 2), source=_REFERENCE),
        UniversalRule("top_p", ("top_p",), range=Range(0, 1), source=_REFERENCE),
        UniversalRule(
            "stop",
            ("stop",),
            range=Range(None, 4),
            form="a string, or a list of up to 4",
            read=_read_stop,
            source=_REFERENCE,
        ),
        UniversalRule("seed", ("seed",), source=_REFERENCE),
        UniversalRule("n", ("n",), range=Range(1, 128), source=_REFERENCE),
        UniversalRule("parallel_agent_calls", ("parallel_tool_calls",), source=_REFERENCE),
        UniversalRule(
            "reasoning_effort",
            ("reasoning_effort",),
            form='"none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max"',
            source="openai 3.54.0, types.shared.reasoning_effort",
        ),
        UniversalRule("reasoning_budget", (), source=f"{_REFERENCE}: an effort is named, no tokens are counted"),
        UniversalRule("user_id", ("user", "safety_identifier"), source=_REFERENCE),
    )
}
"""`agent_choice` and `response_format` are fields of the call, not params: see `request.py`."""
