"""What each wire's service refuses in a request, beyond what the SDK's types say; written from the services' own pages.

Each rule takes a native request and gives what is wrong with it. They are a judge: nothing of ell2a's is used here.

Sources: platform.openai.com/docs/api-reference/chat/create and .../responses/create (names, ids, stop, metadata,
tools), platform.openai.com/docs/guides/images-vision (types of images); docs.anthropic.com/en/api/messages and
.../docs/agents-and-tools/tool-use/implement-tool-use (names, ids, order of results), .../docs/build-with-claude/vision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Rule = Callable[[dict[str, Any]], Iterator[str]]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ANTHROPIC_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_ANTHROPIC_ID = re.compile(r"[a-zA-Z0-9_-]+")
_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_LONGEST_CALL_ID = {"openai-chat": 40, "openai-responses": 64}
_DATA_URL = re.compile(r"data:([^;,]+)")


def faults(wire: str, request: dict[str, Any]) -> list[str]:
    """All that the service behind a wire would refuse."""
    return [fault for rule in RULES[wire] for fault in rule(request)]


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []


def _image_type(url: str) -> Iterator[str]:
    found = _DATA_URL.match(url)
    if found and found[1].lower() not in _IMAGES:
        yield f"an image of type {found[1]}"


# --- openai-chat ---


def _chat_conversation(request: dict[str, Any]) -> Iterator[str]:
    """Each result answers a call of the assistant message before it, and all calls are answered before anything else."""
    waiting: list[str] = []
    messages = request["messages"]
    for index, message in enumerate(messages):
        role = message["role"]
        if role == "tool":
            if message["tool_call_id"] not in waiting:
                yield f"messages.{index} answers {message['tool_call_id']!r}, which nobody called just before"
            else:
                waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            yield f"messages.{index} stands before the results of {waiting}"
        waiting = [call["id"] for call in message.get("tool_calls") or ()] if role == "assistant" else []


def _chat_names(request: dict[str, Any]) -> Iterator[str]:
    for tool in request.get("tools") or ():
        if tool.get("type") == "function" and not _NAME.fullmatch(tool["function"]["name"]):
            yield f"a tool is named {tool['function']['name']!r}"
    for message in request["messages"]:
        for call in message.get("tool_calls") or ():
            if len(call["id"]) > _LONGEST_CALL_ID["openai-chat"]:
                yield f"the id of a call has {len(call['id'])} characters"
            if call.get("type") == "function" and not isinstance(call["function"]["arguments"], str):
                yield "arguments that are no string"
    wanted = request.get("response_format") or {}
    if wanted.get("type") == "json_schema" and not _NAME.fullmatch(wanted["json_schema"]["name"]):
        yield f"a schema is named {wanted['json_schema']['name']!r}"


def _chat_images(request: dict[str, Any]) -> Iterator[str]:
    for message in request["messages"]:
        for part in _parts(message):
            if part["type"] == "image_url":
                yield from _image_type(part["image_url"]["url"])
                if message["role"] != "user":
                    yield f"an image in a {message['role']} message"


def _chat_limits(request: dict[str, Any]) -> Iterator[str]:
    if isinstance(request.get("stop"), list) and len(request["stop"]) > 4:
        yield "more than four stop sequences"
    if len(request.get("metadata") or ()) > 16:
        yield "more than 16 keys of metadata"
    if request.get("tool_choice") and not (request.get("tools") or request.get("functions")):
        yield "a choice among no tools"
    if request.get("parallel_tool_calls") is not None and not request.get("tools"):
        yield "parallel_tool_calls without tools"


# --- openai-responses ---


def _items(request: dict[str, Any]) -> list[dict[str, Any]]:
    return request["input"] if isinstance(request.get("input"), list) else []


def _responses_conversation(request: dict[str, Any]) -> Iterator[str]:
    """Each result answers a call before it, unless the service itself keeps what was said before."""
    kept = request.get("previous_response_id") or request.get("conversation") or request.get("prompt")
    called: set[str] = set()
    answered: set[str] = set()
    for index, item in enumerate(_items(request)):
        kind = item.get("type", "message")
        if kind == "item_reference":
            return
        if kind in ("function_call", "custom_tool_call"):
            called.add(item["call_id"])
        elif kind in ("function_call_output", "custom_tool_call_output"):
            answered.add(item["call_id"])
            if item["call_id"] not in called and not kept:
                yield f"input.{index} answers {item['call_id']!r}, which nobody called"
    for id in called - answered:
        yield f"no result for the call {id!r}"


def _responses_names(request: dict[str, Any]) -> Iterator[str]:
    for tool in request.get("tools") or ():
        if tool.get("type") == "function" and not _NAME.fullmatch(tool["name"]):
            yield f"a tool is named {tool['name']!r}"
    for item in _items(request):
        if item.get("type") == "function_call" and len(item["call_id"]) > _LONGEST_CALL_ID["openai-responses"]:
            yield f"the id of a call has {len(item['call_id'])} characters"
        if item.get("type") == "function_call" and not isinstance(item["arguments"], str):
            yield "arguments that are no string"
    wanted = (request.get("text") or {}).get("format") or {}
    if wanted.get("type") == "json_schema" and not _NAME.fullmatch(wanted["name"]):
        yield f"a schema is named {wanted['name']!r}"


def _responses_content(request: dict[str, Any]) -> Iterator[str]:
    """What is said by the model is `output_text` or `refusal`, what is given to it any `input_` part."""
    for index, item in enumerate(_items(request)):
        if item.get("type", "message") != "message":
            continue
        for part in _parts(item):
            is_output = part["type"] in ("output_text", "refusal", "reasoning_text")
            if (item["role"] == "assistant") != is_output:
                yield f"input.{index}: {part['type']} in a message of role {item['role']}"
            if part["type"] == "input_image" and part.get("image_url"):
                yield from _image_type(part["image_url"])


# --- anthropic-messages ---


def _messages_conversation(request: dict[str, Any]) -> Iterator[str]:
    """Turns alternate; calls are answered in the very next message, by results that stand before all else."""
    messages = request["messages"]
    waiting: list[str] = []
    for index, message in enumerate(messages):
        if index and message["role"] == messages[index - 1]["role"]:
            yield f"messages.{index} is of the same role as the one before it"
        parts = _parts(message)
        results = [part["tool_use_id"] for part in parts if part["type"] == "tool_result"]
        if sorted(results) != sorted(waiting):
            yield f"messages.{index} answers {results}, and {waiting} wait"
        kinds = [part["type"] == "tool_result" for part in parts]
        if kinds != sorted(kinds, reverse=True):
            yield f"messages.{index}: something stands before a result"
        waiting = [part["id"] for part in parts if part["type"] == "tool_use"]


def _messages_names(request: dict[str, Any]) -> Iterator[str]:
    for tool in request.get("tools") or ():
        if "name" in tool and not _ANTHROPIC_NAME.fullmatch(tool["name"]):
            yield f"a tool is named {tool['name']!r}"
    for message in request["messages"]:
        for part in _parts(message):
            if part["type"] == "tool_use":
                if not _ANTHROPIC_ID.fullmatch(part["id"]):
                    yield f"the id of a call is {part['id']!r}"
                if not isinstance(part["input"], dict):
                    yield f"the input of a call is {type(part['input']).__name__}"


def _messages_content(request: dict[str, Any]) -> Iterator[str]:
    for index, message in enumerate(request["messages"]):
        if message["content"] in ("", []):
            yield f"messages.{index} is empty"
        for part in _parts(message):
            if part["type"] == "text" and not part["text"]:
                yield f"messages.{index} has a text with nothing in it"
            if part["type"] == "thinking" and not part.get("signature"):
                yield f"messages.{index} has a thinking without its signature"
            inner = part["content"] if part["type"] == "tool_result" and isinstance(part.get("content"), list) else []
            for one in [part, *inner]:
                source = one.get("source") or {}
                if one["type"] == "image" and source.get("type") == "base64" and source["media_type"] not in _IMAGES:
                    yield f"an image of type {source['media_type']}"


def _messages_limits(request: dict[str, Any]) -> Iterator[str]:
    if not isinstance(request.get("max_tokens"), int) or request["max_tokens"] < 1:
        yield f"max_tokens is {request.get('max_tokens')!r}"
    temperature = request.get("temperature")
    if temperature is not None and not 0 <= temperature <= 1:
        yield f"temperature is {temperature}"
    if request.get("tool_choice") and not request.get("tools"):
        yield "a choice among no tools"
    thinking = request.get("thinking") or {}
    if thinking.get("type") == "enabled" and thinking["budget_tokens"] >= request.get("max_tokens", 0):
        yield "the thinking's budget is not below max_tokens"


RULES: dict[str, tuple[Rule, ...]] = {
    "openai-chat": (_chat_conversation, _chat_names, _chat_images, _chat_limits),
    "openai-responses": (_responses_conversation, _responses_names, _responses_content),
    "anthropic-messages": (_messages_conversation, _messages_names, _messages_content, _messages_limits),
}
