"""Which requests are the same to the wire though their JSON differs. Each entry says why; there is no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ell2a.providers.equivalence import Equivalence, rewritten


def canonical(native: dict[str, Any]) -> dict[str, Any]:
    """The one request that stands for all that are equivalent to it. Idempotent; the given one is not changed."""
    return rewritten(native, EQUIVALENCES)


def _contents(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Whatever has a `content` of blocks: messages and results of agents."""
    for message in request.get("messages") or ():
        if not isinstance(message, dict):
            continue
        yield message
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if isinstance(block, dict) and block.get("type") in ("tool_result", "mcp_tool_result"):
                yield block


def _blocks(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every block, those of `system` and in results of agents among them."""
    holders = [{"content": request.get("system")}, *_contents(request)]
    for holder in holders:
        content = holder.get("content")
        for block in content if isinstance(content, list) else ():
            if isinstance(block, dict):
                yield block
                yield from _fetched(block)


def _fetched(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document in what a fetch found."""
    content = block.get("content")
    document = content.get("content") if isinstance(content, dict) else None
    if block.get("type") == "web_fetch_tool_result" and isinstance(document, dict):
        yield document


def _words_as_block(request: dict[str, Any]) -> None:
    if isinstance(request.get("system"), str):
        request["system"] = [{"type": "text", "text": request["system"]}]
    for holder in _contents(request):
        if isinstance(holder.get("content"), str):
            holder["content"] = [{"type": "text", "text": holder["content"]}]


def _without_defaults(request: dict[str, Any]) -> None:
    for key in ("stream", "tools", "system", "tool_choice"):
        if key in request and (
            request[key] is None or request[key] is False or (key == "tools" and request[key] == [])
        ):
            del request[key]
    for block in _blocks(request):
        if block.get("is_error") is False:
            del block["is_error"]
        if block.get("type") in ("tool_result", "mcp_tool_result") and block.get("content") == []:
            del block["content"]
    for tool in request.get("tools") or ():
        if isinstance(tool, dict) and "type" in tool and tool["type"] in ("custom", None) and "input_schema" in tool:
            del tool["type"]


def _without_nulls(request: dict[str, Any]) -> None:
    for block in _blocks(request):
        for key in ("citations", "title", "context", "content"):
            if key in block and (block[key] is None or (key == "citations" and block[key] == [])):
                del block[key]
        citations = block.get("citations")
        for citation in citations if isinstance(citations, list) else ():
            if isinstance(citation, dict):
                for key in ("title", "document_title", "file_id"):
                    if citation.get(key, "") is None:
                        del citation[key]


def _results_together(request: dict[str, Any]) -> None:
    turns: list[Any] = []
    for message in request.get("messages") or ():
        if turns and _has_results(message) and _is_user(turns[-1]):
            turns[-1] = {"role": "user", "content": [*turns[-1]["content"], *message["content"]]}
        else:
            turns.append(message)
        if _has_results(turns[-1]):
            content = turns[-1]["content"]
            turns[-1] = {**turns[-1], "content": sorted(content, key=lambda block: not _is_result(block))}
    if isinstance(request.get("messages"), list):
        request["messages"] = turns


def _is_user(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "user" and isinstance(message.get("content"), list)


def _has_results(message: Any) -> bool:
    return _is_user(message) and message.keys() == {"role", "content"} and any(map(_is_result, message["content"]))


def _is_result(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "tool_result"


EQUIVALENCES: tuple[Equivalence, ...] = (
    Equivalence(
        "words as a block",
        "a string is shorthand for one block of text (anthropic 2.12, `types.message_create_params`)",
        _words_as_block,
    ),
    Equivalence(
        "defaults unsaid",
        "no stream, no agents, no error, an empty result and `custom` are what the wire takes where nothing is said",
        _without_defaults,
    ),
    Equivalence(
        "nulls unsaid",
        "optional members of a block may be null or left out (anthropic 2.12, `types.text_block_param` and its kin)",
        _without_nulls,
    ),
    Equivalence(
        "results together",
        "user messages that follow each other are one turn, and results stand first in it (anthropic 2.12, "
        "`types.message_create_params`; the API refuses results after other content)",
        _results_together,
    ),
)

UNTOLD: dict[str, str] = {
    "several system messages at the beginning": "`system` is one list of blocks: they come back as one message",
    "extras of a system message at the beginning": "`system` has no place for them; its blocks have",
    "user messages, the later with results of agents": "they are one turn, results first: they come back as one message",
    "`parsed` and `refusal` blocks": "the wire has text only: they come back as text",
    "`raw_arguments` of a call": "the wire takes an object: what is none comes back under `INVALID_JSON`, nothing as {}",
    "ids with other letters than the wire takes": "they come back as they were written",
    "media type of a URL or a file id": "the wire finds it out itself",
    "`data:` URLs": "they come back as bytes",
    "text of another type than text/plain": "it comes back as text/plain",
    "`detail` of media, `title` of an image": "the wire has no place for them",
    "citations and extras of another wire": "they mean nothing here",
    "`start` and `end` of a citation": "the wire cites whole blocks",
    "no `max_tokens`": "the wire requires it: it comes back with the number that was set",
    "`disable_parallel_tool_use` without a choice": "it stands inside the choice: `auto` comes back; with `none` it is gone",
    "name, strictness and description of a response format": "the wire has the schema alone, and always holds to it",
    "schemas with limits, or open ones": "they come back as the wire takes them",
    "a response format of plain text": "it is none",
}
"""What a call may say in two ways that the wire cannot tell apart -> what comes back. A call without any of these
is in the wire's normal form: it goes there and comes back the same."""
