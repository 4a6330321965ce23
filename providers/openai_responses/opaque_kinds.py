"""Items that are opaque: what they are, and why no block of the vocabulary says it."""

from __future__ import annotations

from collections.abc import Mapping

OPAQUE_KINDS: Mapping[str, str] = {
    "compaction": "an earlier part of the conversation, encrypted in place of its messages",
    "compaction_trigger": "asks the service for a compaction, and says nothing to the model",
    "mcp_list_tools": "what an MCP server offers: agents told in the middle of a conversation, which a call has at its top",
    "mcp_approval_request": "the service asks the program, not an agent, whether it may call an MCP server",
    "mcp_approval_response": "the program's answer to that",
    "additional_tools": "more agents, told in the middle of a conversation, which a call has at its top",
    "configuration_update": "settings changed in the middle of a conversation, which a call has at its top",
    "item_reference": "an item that the service has stored, by its id alone",
}
"""Kind -> why. An item or part of another shape than the wire's is opaque too, under its own type."""
