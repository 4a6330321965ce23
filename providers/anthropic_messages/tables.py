"""What the wire calls things: its native keys, finish reasons, block kinds, media types, ids and errors, each from its source."""

from __future__ import annotations

from collections.abc import Mapping

from ell2a import errors
from ell2a.messages import FinishKind
from ell2a.providers.anthropic_messages.server_results import RESULT_KEYS
from ell2a.providers.errors import AMAZON_RULES, ErrorRule

WIRE = "anthropic-messages"

EXTRA = "anthropic_extra"
"""The native key that holds what this version of ell2a does not know by name."""

INNER_EXTRA = "anthropic_content_extra"
"""The same, of the object that is the content of a result."""

CARRIED_KEYS: Mapping[str, str] = {
    "cache_control": "a marker of the prompt cache; where a cache begins has no universal form",
    "caller": "which program of the provider's made the call",
    "toolset_name": "the family of provided agents that a call belongs to",
    "server_name": "the MCP server that a call was made on",
    "transformations": "how the service may change an image before the model sees it",
    "defer_loading": "the agent is shown to the model only once its agent search finds it",
    "allowed_callers": "whether the model or its program may call the agent",
    "eager_input_streaming": "arguments are streamed before they are whole",
    "input_examples": "arguments that the agent might be called with",
}
"""Keys of the wire's blocks, messages and agents that stand in `native` under their own name."""

MARKING_KEYS: Mapping[str, str] = {
    EXTRA: "keys that this version of ell2a does not know, as they came",
    INNER_EXTRA: "the same, of the object that is the content of a result of the service's own agent",
    "call_type": "as which of the wire's blocks a call executed by the provider stood: `server_tool_use`, `mcp_tool_use`",
    "unsigned": "the service gave this reasoning without a signature, and takes it back so",
    "in_messages": "the first system message stood among the messages, not in `system`",
    "source_type": "a document's text was given as `content`, not as `text`: the model cites it by block",
    "verbatim": "the schema goes out letter by letter, though the wire is not known to take all of it",
    "place": "the param that held the response format, where it was the older `output_format`",
}
"""Keys in `native` that say how a universal part stood on the wire."""

CITATION_KEYS: Mapping[str, str] = {
    "type": "how the citation points into its source",
    "document_index": "which document of the request is cited",
    "search_result_index": "which search result of the request is cited",
    "start_char_index": "a place in the source",
    "end_char_index": "a place in the source",
    "start_page_number": "a place in the source",
    "end_page_number": "a place in the source",
    "start_block_index": "a place in the source",
    "end_block_index": "a place in the source",
    "encrypted_index": "a place in a search result, readable by the service alone",
}
"""Keys in `native` of a citation."""

NATIVE_KEYS: Mapping[str, str] = {**CARRIED_KEYS, **MARKING_KEYS, **CITATION_KEYS, **RESULT_KEYS}

CITED_FIELDS: Mapping[str, Mapping[str, str]] = {
    "char_location": {"cited_text": "cited_text", "document_title": "title", "file_id": "file_id"},
    "page_location": {"cited_text": "cited_text", "document_title": "title", "file_id": "file_id"},
    "content_block_location": {"cited_text": "cited_text", "document_title": "title", "file_id": "file_id"},
    "web_search_result_location": {"cited_text": "cited_text", "title": "title", "url": "url"},
    "search_result_location": {"cited_text": "cited_text", "title": "title", "source": "url"},
}
"""Kind of citation -> {its key: our field of Citation}. Source: anthropic 2.12, `types.text_citation_param`."""

FINISH_REASONS: Mapping[str, FinishKind] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "agent_calls",
    "pause_turn": "pause",
    "refusal": "refusal",
    "model_context_window_exceeded": "context_window",
}
"""Source: anthropic 2.12, `types.stop_reason`."""

SERVER_CALLS = ("server_tool_use", "mcp_tool_use")
"""Blocks that are calls which the service executes itself."""

IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""Source: anthropic 2.12, `types.base64_image_source_param`."""

ID_PATTERN = r"[a-zA-Z0-9_-]+"
"""What the id of an agent call is made of. Source: the API's own 400, "String should match pattern '^[a-zA-Z0-9_-]+$'"."""

INVALID_ARGUMENTS = "INVALID_JSON"
"""The key under which arguments that are no JSON object go back, since the wire takes an object only.
Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming"""

SYSTEM_AT_THE_TOP_ONLY = (
    "claude-2",
    "claude-3",
    "claude-instant",
    "claude-haiku-4",
    "claude-sonnet-4",
    "claude-opus-4-0",
    "claude-opus-4-1",
    "claude-opus-4-2",
    "claude-opus-4-5",
    "claude-opus-4-6",
    "claude-opus-4-7",
)
"""Beginnings of the names of models that take no system message later in a conversation: those before Opus 4.8.
Source: https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-8"""

MEANINGLESS_LEAVES: Mapping[str, str] = {
    "type": "always `message`; another value is told as a fault",
    "role": "always `assistant`; another value is told as a fault",
}
"""Leaves of a response that say nothing. A null leaf says that there is nothing, whatever its name."""

_ERRORS_PAGE = "https://platform.claude.com/docs/en/api/errors"

ERROR_RULES: tuple[ErrorRule, ...] = (
    ErrorRule(errors.QuotaExhausted, body=r"credit balance is too low", source="answers of the API, 2025"),
    ErrorRule(
        errors.ContextLengthExceeded,
        body=r"prompt is too long|input length and `max_tokens` exceed context limit|exceeds? the (maximum )?context window",
        source=_ERRORS_PAGE,
    ),
    ErrorRule(errors.ContentFiltered, body=r"content filtering policy", source="answers of the API, 2025"),
    ErrorRule(errors.Overloaded, body=r"\boverloaded_error\b", source=_ERRORS_PAGE),
    *AMAZON_RULES,
)
"""The first that fits. Every other type that the API documents goes with a status of its own."""
