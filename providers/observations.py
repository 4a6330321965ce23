"""What refusals show of a model: a table of the words with which providers say that a param or a capability is not there.

An observation is one answer and not the provider's word on its model, so the table is strict: only words that speak of
the model, never those that speak of one picture, one schema or two params that cannot stand together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ell2a.calls import Observed
from ell2a.providers.errors import message_of

REFUSALS = frozenset({400, 404, 422})
"""The statuses with which a request is refused as it stands. OpenRouter says with 404 that no service takes it."""

_MOST_WORDS = 300
_AGENTS = ("function_calling",)
_MEDIA = {
    "image": "image_input",
    "vision": "image_input",
    "audio": "audio_input",
    "video": "video_input",
    "pdf": "document_input",
    "document": "document_input",
    "file": "document_input",
}

PARAM_MEANS: Mapping[str, tuple[str, ...]] = {
    "tools": _AGENTS,
    "functions": _AGENTS,
    "parallel_tool_calls": ("parallel_agent_calls",),
    "response_format": ("structured_outputs",),
    "thinking": ("thinking",),
    "temperature": ("temperature",),
    "seed": ("seed",),
    "stop": ("stop",),
    "stop_sequences": ("stop",),
    "logprobs": ("logprobs",),
    "top_logprobs": ("logprobs",),
    "n": ("multiple_choices",),
    "stream": ("streaming",),
}
"""A param that a model does not take at all -> the capabilities that it has not."""


@dataclass(frozen=True, slots=True)
class ObservationRule:
    """One row: words of a refusal, and what they show.

    Groups of the pattern: `param` (a native param), `value` (the one value of it that is refused), `media` (a kind of
    content), `limit` (a number of tokens).
    """

    pattern: str
    """A regular expression, looked for in the provider's words, ignoring case."""
    source: str
    capabilities: tuple[str, ...] = ()
    """What the model has not; with `limit`, what that is the limit of."""
    param: str | None = None
    """The param, where the words do not name it as it is written."""


_OPENAI = "https://platform.openai.com/docs/guides/reasoning; the API's own 400"
_ANTHROPIC = "the API's own 400 (https://docs.anthropic.com/en/api/errors)"
_GROQ = "https://console.groq.com/docs/structured-outputs and /docs/reasoning; the API's own 400"
_OPENROUTER = "https://openrouter.ai/docs/api-reference/errors; its own 404"
_OLLAMA = "https://github.com/ollama/ollama, server/routes.go and server/prompt.go"
_VLLM = "https://github.com/vllm-project/vllm, vllm/entrypoints/chat_utils.py and vllm/multimodal"
_XAI = "https://docs.x.ai/docs/guides/reasoning; the API's own 400"
_SEEN = "a recorded answer of"

RULES: tuple[ObservationRule, ...] = (
    ObservationRule(
        r"unsupported (?:parameter|value): '(?P<param>[\w.]+)' does not support (?P<value>.+?) with this model",
        _OPENAI,
    ),
    ObservationRule(
        r"unsupported value: 'messages\[\d+\]\.role' does not support '(?P<value>\w+)' with this model",
        f"{_SEEN} OpenAI: b113d84ec2c1d7c0",
        param="messages.role",
    ),
    ObservationRule(
        r"unsupported parameter: '(?P<param>[\w.]+)' is not supported (?:with|by|for|in) this model", _OPENAI
    ),
    ObservationRule(
        r"'response_format' of type 'json_schema' is not supported (?:with|by|for) this model",
        _OPENAI,
        ("structured_outputs",),
    ),
    ObservationRule(r"(?:does not|doesn't) support response format [`'\"]?json_schema", _GROQ, ("structured_outputs",)),
    ObservationRule(
        r"^web search options not supported with this model",
        f"{_SEEN} OpenAI: f4fe84521d499dff",
        param="web_search_options",
    ),
    ObservationRule(r"`(?P<param>\w+)` is deprecated for this model", _ANTHROPIC),
    ObservationRule(
        r"does not support effort level '(?P<value>\w+)'",
        f"{_SEEN} Anthropic: a1f63649cea871c9",
        param="output_config.effort",
    ),
    ObservationRule(r"`tool calling` is not supported (?:with|by) this model", _GROQ, _AGENTS),
    ObservationRule(r"[`'\"](?P<param>[a-z]\w*)[`'\"] is not supported (?:with|by|for|in) this model", _GROQ),
    ObservationRule(r"^(?P<param>(?-i:[a-z]\w*)) is not supported (?:with|by|for|in) this model", _OPENAI),
    ObservationRule(r"^model \S+ does not support parameter (?P<param>\w+)", _XAI),
    ObservationRule(r"argument not supported on this model: (?P<param>\w+)", _XAI),
    ObservationRule(
        r"(?:does not|doesn't|do not|don't) support (?P<media>image|vision|audio|video|pdf|document|file)s?"
        r"(?: (?:input|content|understanding|block)s?)?(?=[.,;!'\"]|$)",
        f"{_ANTHROPIC}; likewise OpenAI's",
    ),
    ObservationRule(r"no endpoints found that support (?P<media>image|audio|video|file) input", _OPENROUTER),
    ObservationRule(r"no endpoints found that support tool use", _OPENROUTER, _AGENTS),
    ObservationRule(r"(?P<media>image) input is not enabled for this model", "the 400 of Mistral's API"),
    ObservationRule(r"at most 0 (?P<media>image|audio|video)(?:\(s\)|s) may be provided", _VLLM),
    ObservationRule(r"missing data required for (?P<media>image) input", _OLLAMA),
    ObservationRule(
        r"(?:does not|doesn't) support (?:tools?|tool use|tool calling|tool calls|function calling|functions)(?=[.,;!'\"]|$)",
        f"{_OLLAMA}; likewise DeepSeek's and Bedrock's 400",
        _AGENTS,
    ),
    ObservationRule(r"function calling is not enabled for this model", "the 400 of Mistral's API", _AGENTS),
    ObservationRule(
        r"(?:does not|doesn't) support (?:extended )?thinking(?=[.,;!'\"]|$)",
        f"{_OLLAMA}; Anthropic's 400",
        ("thinking",),
    ),
    ObservationRule(r"(?:does not|doesn't) support streaming(?=[.,;!'\"]|$)", _OPENAI, ("streaming",)),
    ObservationRule(
        r"developer instruction is not enabled for", "the 400 of the Gemini API for Gemma", ("system_messages",)
    ),
    ObservationRule(
        r"max_(?:completion_)?tokens is too large: \d+\. this model supports at most (?P<limit>\d+) completion tokens",
        _OPENAI,
        ("max_output_tokens",),
    ),
    ObservationRule(
        r"max_tokens: \d+ > (?P<limit>\d+), which is the maximum allowed number of output tokens",
        _ANTHROPIC,
        ("max_output_tokens",),
    ),
)
"""The first that fits counts."""

_ONLY_THE_DEFAULT = r"only the default \(.{1,40}\) value is supported"


def observed_in(status: int | None, body: Any, request: Mapping[str, Any]) -> tuple[Observed, ...]:
    """What an error's body shows of the model that was asked with the native request. Empty for most.

    A param counts only where the request has it: else the words speak of something else.
    """
    if status not in REFUSALS:
        return ()
    words = message_of(body)
    if not words:
        return ()
    for rule in RULES:
        found = re.search(rule.pattern, words, re.IGNORECASE)
        if found:
            return tuple(_shown(rule, found, words, request))
    return ()


def _shown(rule: ObservationRule, found: re.Match[str], words: str, request: Mapping[str, Any]) -> Iterator[Observed]:
    groups = found.groupdict()
    told = words[:_MOST_WORDS]
    param = _as_written(groups.get("param")) or rule.param
    if param is not None:
        if param.partition(".")[0] not in request:
            return
        value = None if re.search(_ONLY_THE_DEFAULT, words, re.IGNORECASE) else _value(groups.get("value"))
        yield Observed("param", param, told, value)
        if value is None or (param == "stream" and value is True):
            yield from (Observed("capability", name, told) for name in PARAM_MEANS.get(param, ()))
        return
    media = _MEDIA.get((groups.get("media") or "").lower())
    limit = int(groups["limit"]) if groups.get("limit") else None
    yield from (Observed("capability", name, told, limit) for name in (*rule.capabilities, *([media] if media else ())))


def _as_written(param: str | None) -> str | None:
    """A param's name as it is written in a request: some tell it in camel case."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda upper: f"_{upper[0].lower()}", param) if param else None


def _value(text: str | None) -> Any:
    """The value that a message quotes: `0.2`, `'developer'`, `true`."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text.strip("'\"`")
