"""What may stand in `native` on this wire, and why none of it has a universal field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ell2a.messages import JsonValue
from ell2a.providers.report import Report

WIRE = "openai-responses"

EXTRA = "openai_responses_extra"
ITEM_EXTRA = "openai_responses_item_extra"

NATIVE_KEYS: Mapping[str, str] = {
    "role": "`developer`, or `system` for a message that stands in the input though it is the first: the wire has three"
    " places for the system's words",
    "item_id": "the id of the item that the block begins, beside the id of the call in it: the wire stores items by it",
    "status": "how far the item had come, such as `incomplete`: an item's own, not the answer's",
    "phase": "`commentary` or `final_answer`: which part of its work the model speaks in",
    "begins": "the thought begins another item of reasoning than the one before it, and nothing else would tell",
    "joined": "the words are a further part of the message before them: words by themselves are a message each",
    "form": "the item or part that the block came as, where the wire has several for it, such as `custom_tool_call`",
    "call_id": "`absent` where an item pairs with its result by its own id or by its place, `same` where both ids are"
    " one: the wire has all these ways",
    "execution": "who ran a tool search, `server` or `client`, told again with its result",
    "namespace": "the group of tools that a called one belongs to, true where it has its name",
    "caller": "whether the model called by itself or from a program of its own",
    "created_by": "who put the item into a conversation",
    "server_label": "the MCP server that a called tool is of",
    "approval_request_id": "the request by which a call to an MCP server was approved",
    "score": "how well a found passage fits the search",
    "attributes": "the labels of the file that a found passage is of",
    "index": "where a cited file stands in the list of files, or in the text",
    "container_id": "the container that a cited file lies in",
    "logprobs": "log probabilities of the tokens of a text, which stand in the text's own part",
    "filename": "`absent` where a file came without a name: the wire's own default is written else",
    "prompt_cache_breakpoint": "a marker for prompt caches",
    "defer_loading": "whether an agent is shown to the model only once it is searched for",
    "parameters": "`absent` where a function came without a schema: the wire reads that as taking no arguments",
    "unfitted": "the schema and name stand as the request had them, though strict mode would have them otherwise",
    EXTRA: "fields that no table here knows yet, kept so that nothing is lost",
    ITEM_EXTRA: "the same, of the item that the block begins",
}

FOREIGN = "it is an extra of another wire, which means nothing on this one"
"""What a report says of a `native` key that is not among these."""

Native = Mapping[str, JsonValue] | None


def native_of(**keys: JsonValue) -> dict[str, JsonValue] | None:
    """The `native` of a block or message: the keys that are given, or None where none is."""
    given = {key: value for key, value in keys.items() if value is not None}
    return given or None


def unlisted(raw: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any] | None:
    """The fields that are not among the known ones; one that is null says nothing."""
    rest = {key: value for key, value in raw.items() if key not in known and value is not None}
    return rest or None


def carried(raw: Mapping[str, Any], keys: Iterable[str], known: Iterable[str]) -> dict[str, JsonValue]:
    """What `native` holds of an object of the wire: the keys that it carries as they are, and the unknown ones."""
    keys = tuple(keys)
    return {**{key: raw.get(key) for key in keys}, EXTRA: unlisted(raw, (*keys, *known))}


def key_of(native: Native, key: str) -> JsonValue:
    """What `native` says under a key, or None."""
    return native.get(key) if native else None


def put_back(target: dict[str, Any], native: Native, keys: Iterable[str]) -> dict[str, Any]:
    """Put the carried keys and the unlisted ones back where they were; gives the target."""
    for key in keys:
        value = key_of(native, key)
        if value is not None:
            target[key] = value
    return put_unlisted(target, native, EXTRA)


def put_unlisted(target: dict[str, Any], native: Native, place: str) -> dict[str, Any]:
    """Put the unlisted fields back; gives the target."""
    extra = key_of(native, place)
    for key, value in (extra if isinstance(extra, dict) else {}).items():
        if target.get(key) in (None, []):
            target[key] = value
    return target


def report_native(native: Native, path: str, report: Report) -> None:
    """Say what becomes of the `native` keys of a part: those of another wire mean nothing here."""
    for key in native or ():
        at = f"{path}.native.{key}"
        if key in NATIVE_KEYS:
            report.kept(at)
        elif report.replay:
            report.lost(at, FOREIGN, capability="extras of another wire")
        else:
            report.converted(at, None, FOREIGN)
