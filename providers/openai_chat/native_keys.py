"""What may stand in `native` on this wire, and why none of it has a universal field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ell2a.messages import JsonValue

WIRE = "openai-chat"

EXTRA = "openai_chat_extra"

NATIVE_KEYS: Mapping[str, str] = {
    "role": "`developer` where the request said so: the wire has two names for the system's role",
    "name": "the participant's name of a message, or the function's in a tool message: no other wire names speakers",
    "content": "`parts` where a single text came as a list of one part, `absent` where an answer of no words had null: the"
    " wire has several spellings",
    "form": "which of the wire's several places or spellings the block came in, such as `reasoning_details`",
    "also": "the further fields that repeat the same reasoning, such as `reasoning` beside `reasoning_details`",
    "detail": "type, format, id and index of an entry of `reasoning_details`",
    "audio": "id and time of expiry of spoken output, by which the next request refers to it",
    "filename": "`absent` where a file came without a name: the wire's own default is written else",
    "search_results": "what the search of a server-executed tool found, beside the text that the model read",
    "cache_control": "a marker for prompt caches",
    "eager_input_streaming": "a flag of a tool for how its arguments stream",
    "extra_content": "Gemini's signature of a tool call, and other extras that its compatible endpoint wraps so",
    "parameters": "`absent` where a function came without a schema: the wire reads that as taking no arguments",
    "unfitted": "the schema and name stand as the request had them, though strict mode would have them otherwise",
    EXTRA: "fields that no table here knows yet, kept so that nothing is lost",
}


FOREIGN = "it is an extra of another wire, which means nothing on this one"
"""What a report says of a `native` key that is not among these."""


def native_of(**keys: JsonValue) -> dict[str, JsonValue] | None:
    """The `native` of a block or message: the keys that are given, or None where none is."""
    given = {key: value for key, value in keys.items() if value is not None}
    return given or None


def unlisted(raw: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any] | None:
    """The fields that are not among the known ones; one that is null says nothing."""
    rest = {key: value for key, value in raw.items() if key not in known and value is not None}
    return rest or None


def key_of(native: Mapping[str, JsonValue] | None, key: str) -> JsonValue:
    """What `native` says under a key, or None."""
    return native.get(key) if native else None


def put_unlisted(target: dict[str, Any], native: Mapping[str, JsonValue] | None) -> dict[str, Any]:
    """Put the unlisted fields back where they were, inside of nested objects too; gives the target."""
    for key, value in (key_of(native, EXTRA) or {}).items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            target[key] = {**target[key], **value}
        else:
            target[key] = value
    return target
