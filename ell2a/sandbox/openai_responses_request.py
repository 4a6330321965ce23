"""Reading requests of the wire openai-responses, as strictly as the service does.

Source of names, ranges and rules: OpenAI's API reference and the `openai` package's types.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ell2a.sandbox import openai_responses_tools, openai_values, tokens
from ell2a.sandbox.checked import Checked
from ell2a.sandbox.conversation import Agent, Conversation, Text, Thinking, Turn
from ell2a.sandbox.faults import Fault
from ell2a.sandbox.ids import new_id
from ell2a.sandbox.models import Model
from ell2a.sandbox.openai_faults import tell
from ell2a.sandbox.openai_responses_input import InputReader, listed
from ell2a.sandbox.openai_responses_tools import ServerAgentKind
from ell2a.sandbox.stored_responses import StoredResponses

TAKEN = frozenset(
    [
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "model",
        "parallel_tool_calls",
        "previous_response_id",
        "prompt_cache_key",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
    ]
)
"""The params that the sandbox takes."""
NOT_HERE = frozenset(
    [
        "access_programs",
        "background",
        "background_options",
        "context_management",
        "conversation",
        "image",
        "moderation",
        "prompt",
        "prompt_cache_options",
    ]
)
"""The wire's other params: the sandbox does nothing in the background and keeps no templates; each is refused."""
_INCLUDED = (
    "code_interpreter_call.outputs",
    "computer_call_output.output.image_url",
    "file_search_call.results",
    "message.input_image.image_url",
    "message.output_text.logprobs",
    "reasoning.encrypted_content",
    "web_search_call.action.sources",
    "web_search_call.results",
)
_LEAST_OUTPUT = 16
_MOST_LOGPROBS = 20
_MOST_METADATA = 16


@dataclass(frozen=True, slots=True)
class ResponsesOptions:
    """What only the writer of this wire's answers needs to know of a request."""

    asked: dict[str, Any]
    """The request itself, of which much is told again in the answer."""
    given: tuple[dict[str, Any], ...]
    """Its items, those of the answers before included, each with an id."""
    server_calls: tuple[ServerAgentKind, ...]
    included: frozenset[str]
    obfuscated: bool


def read(body: Any, model: Model, stored: StoredResponses) -> Conversation:
    """The conversation that a request body is. Raises Fault."""
    asked = Checked(body, tell).object()
    _check_names(asked)
    _check_for_model(asked, model)
    _check_plain(asked)
    included = _included(asked, model)
    tools = openai_responses_tools.read(asked)
    before = _before(asked, stored)
    given = _with_ids(listed(asked.given("input")))
    if not before and not given:
        raise Fault(
            "invalid",
            "One of 'input' or 'previous_response_id' must be provided.",
            param="input",
            code="missing_required_parameter",
        )
    turns = [*_instructions(asked), *InputReader(model, stored).turns(before, _checked_items(asked, given))]
    if "truncation" in asked and asked["truncation"].one_of("auto", "disabled") == "auto":
        turns = _truncated(turns, tools.agents, model)
    schema = _schema(asked)
    stream = _flag(asked, "stream", default=False)
    conversation = Conversation(
        model=model.name,
        turns=tuple(turns),
        agents=tools.agents,
        choice=tools.choice,
        parallel=_flag(asked, "parallel_tool_calls", default=True),
        schema=schema,
        thinking=_thinking(asked, model),
        max_tokens=asked["max_output_tokens"].integer(_LEAST_OUTPUT) if "max_output_tokens" in asked else None,
        stream=stream,
    )
    calls = tools.wanted(conversation.question.text) if not conversation.since_question() else []
    most = asked["max_tool_calls"].integer(0) if "max_tool_calls" in asked else None
    options = ResponsesOptions(
        asked.value, (*before, *given), tuple(calls[:most]), included, _obfuscated(asked, stream)
    )
    conversation.wire_options.update({"call_prefix": "call_", "responses": options})
    return conversation


# --- params ---


def _check_names(asked: Checked) -> None:
    for name in asked.value:
        if name in NOT_HERE and asked.value[name] not in (None, False):
            raise asked[name].fault("the sandbox cannot do this", "unsupported")
        if name not in TAKEN | NOT_HERE:
            raise tell((name,), "unknown", "unknown")


def _check_for_model(asked: Checked, model: Model) -> None:
    for name, high in (("temperature", 2), ("top_p", 1)):
        if name in asked:
            asked[name].number(0, high)
            if not model.sampling and asked[name].value != 1:
                raise asked[name].fault(f"{model.name} takes the default alone", "unsupported")
    if "top_logprobs" in asked and asked["top_logprobs"].integer(0, _MOST_LOGPROBS):
        raise asked["top_logprobs"].fault("no model of the sandbox gives log probabilities", "unsupported")


def _check_plain(asked: Checked) -> None:
    """The params that change nothing here, and are checked all the same."""
    if "metadata" in asked:
        pairs = asked["metadata"].object()
        if len(pairs.value) > _MOST_METADATA:
            raise pairs.fault(f"takes at most {_MOST_METADATA} pairs")
        for key in pairs.value:
            pairs[key].string()
    for name in ("prompt_cache_key", "safety_identifier", "user", "instructions"):
        if name in asked:
            asked[name].string()
    if "service_tier" in asked:
        asked["service_tier"].one_of("auto", "default", "flex", "priority", "scale", "fast")


def _included(asked: Checked, model: Model) -> frozenset[str]:
    wanted = frozenset(i.one_of(*_INCLUDED) for i in asked["include"].items()) if "include" in asked else frozenset()
    if "reasoning.encrypted_content" in wanted and model.thinking == "no":
        raise Fault("invalid", "Encrypted content is not supported with this model.", param="include")
    if "message.output_text.logprobs" in wanted:
        raise asked["include"].fault("no model of the sandbox gives log probabilities", "unsupported")
    return wanted


def _before(asked: Checked, stored: StoredResponses) -> tuple[dict[str, Any], ...]:
    if "previous_response_id" not in asked:
        return ()
    named = asked["previous_response_id"].string()
    found = stored.find(named)
    if found is None:
        raise Fault(
            "invalid",
            f"Previous response with id '{named}' not found.",
            param="previous_response_id",
            code="previous_response_not_found",
        )
    return found.items


def _with_ids(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    prefixes = {"message": "msg_", "function_call": "fc_", "function_call_output": "fco_", "reasoning": "rs_"}
    kinds = [item.get("type", "message") for item in items]
    return [
        item if item.get("id") or kind not in prefixes else {**item, "id": new_id(prefixes[kind])}
        for item, kind in zip(items, kinds, strict=True)
    ]


def _checked_items(asked: Checked, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items as they came where they came as a list, so that a fault speaks of what was sent."""
    said = asked.value.get("input")
    return said if isinstance(said, list) else given


def _instructions(asked: Checked) -> list[Turn]:
    return [Turn("system", (Text(asked["instructions"].string()),))] if "instructions" in asked else []


def _truncated(turns: list[Turn], agents: tuple[Agent, ...], model: Model) -> list[Turn]:
    """The turns without the oldest, where all of them are too long for the model."""
    kept = list(turns)
    while len(kept) > 1 and tokens.of_agents(agents) + sum(map(tokens.of_turn, kept)) > model.context:
        kept.pop(0)
    return kept


def _thinking(asked: Checked, model: Model) -> Thinking:
    reasoning = asked.given("reasoning")
    if reasoning is None:
        return openai_values.thinking(None, model)
    reasoning.object(("effort", "summary", "generate_summary", "context", "mode"))
    said = [key for key in ("effort", "summary", "generate_summary") if key in reasoning]
    if model.thinking == "no" and said:
        raise reasoning[said[0]].fault(f"{model.name} does not reason", "unsupported")
    summary = reasoning.given("summary") or reasoning.given("generate_summary")
    if summary is not None:
        summary.one_of("auto", "concise", "detailed")
    return openai_values.thinking(reasoning.given("effort"), model, shown=summary is not None)


def _flag(asked: Checked, name: str, *, default: bool) -> bool:
    return asked[name].boolean() if name in asked else default


def _obfuscated(asked: Checked, stream: bool) -> bool:
    options = asked.given("stream_options")
    if options is None:
        return True
    if not stream:
        raise options.fault("is only taken when `stream` is true")
    return _flag(options.object(("include_obfuscation",)), "include_obfuscation", default=True)


def _schema(asked: Checked) -> dict[str, Any] | None:
    text = asked.given("text")
    if text is None:
        return None
    if "verbosity" in text.object(("format", "verbosity")):
        text["verbosity"].one_of("low", "medium", "high")
    wanted = text.given("format")
    if wanted is None:
        return None
    kind = wanted["type"].one_of("text", "json_object", "json_schema")
    if kind == "text":
        return None
    if kind == "json_object":
        if "json" not in json.dumps([asked.value.get("input"), asked.value.get("instructions")]).lower():
            raise Fault(
                "invalid",
                "Response input messages must contain the word 'json' in some form to use 'text.format' of type"
                " 'json_object'.",
                param="input",
            )
        return {}
    wanted.object(("type", "name", "description", "schema", "strict"))
    openai_values.name(wanted["name"])
    return openai_values.schema(wanted["schema"], strict=_flag(wanted, "strict", default=False))
