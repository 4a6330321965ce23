"""Blocks that are opaque: what they are, and why no block of the vocabulary says it."""

from __future__ import annotations

from collections.abc import Mapping

OPAQUE_KINDS: Mapping[str, str] = {
    "compaction": "an earlier part of the conversation, put into the service's own words in place of its messages",
    "container_upload": "a file put into the container that code runs in: the model does not see it as a document",
    "search_result": "passages with one source, which the model cites by their numbers: a document has a text or a source",
    "tool_addition": "more agents, told in the middle of a conversation, which a call has at its top",
    "tool_reference": "an agent of the call that the model sees from here on, by its name alone",
}
"""Kind -> why. A block of another shape than the wire's is opaque too, under its own type."""
