"""The items that call an agent, and those that bring a result back: one row each.

Source: openai 3.54.0, types.responses.response_input_item_param and response_output_item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

FUNCTION = "function_call"


@dataclass(frozen=True, slots=True)
class CallKind:
    """A kind of item that calls an agent."""

    type: str
    name: str | None = None
    """The agent's name; None: the item itself has a `name`."""
    id: Literal["call_id", "id"] = "call_id"
    """The field by which its result names it."""
    fields: tuple[str, ...] = ()
    """Fields of the item that are the arguments, by their names."""
    whole: str | None = None
    """The field that is the arguments: an object."""
    text: str | None = None
    """The field that is the arguments: a text of JSON, or free text where `free`."""
    free: bool = False
    executed: bool | None = None
    """Whether the provider runs it; None: `runs_there` tells."""
    result: tuple[str, ...] = ()
    """Fields of the item itself that bring its result."""
    output: str | None = None
    """The kind of item that brings its result, where one does."""


CALL_KINDS: Mapping[str, CallKind] = {
    kind.type: kind
    for kind in (
        CallKind(FUNCTION, text="arguments", executed=False, output="function_call_output"),
        CallKind("custom_tool_call", text="input", free=True, executed=False, output="custom_tool_call_output"),
        CallKind("mcp_call", id="id", text="arguments", executed=True, result=("output", "error")),
        CallKind("web_search_call", "web_search", id="id", fields=("action",), executed=True),
        CallKind("file_search_call", "file_search", id="id", fields=("queries",), executed=True, result=("results",)),
        CallKind(
            "code_interpreter_call",
            "code_interpreter",
            id="id",
            fields=("code", "container_id"),
            executed=True,
            result=("outputs",),
        ),
        CallKind(
            "image_generation_call",
            "image_generation",
            id="id",
            fields=("action", "background", "output_format", "quality", "revised_prompt", "size"),
            executed=True,
            result=("result",),
        ),
        CallKind(
            "computer_call",
            "computer",
            fields=("action", "actions", "pending_safety_checks"),
            executed=False,
            output="computer_call_output",
        ),
        CallKind(
            "local_shell_call", "local_shell", fields=("action",), executed=False, output="local_shell_call_output"
        ),
        CallKind("shell_call", "shell", fields=("action", "environment"), output="shell_call_output"),
        CallKind(
            "apply_patch_call", "apply_patch", fields=("operation",), executed=False, output="apply_patch_call_output"
        ),
        CallKind("tool_search_call", "tool_search", whole="arguments", output="tool_search_output"),
        CallKind("program", "program", fields=("code", "fingerprint"), executed=True, output="program_output"),
    )
}
"""Type of item -> its row."""

OUTPUTS: Mapping[str, str] = {kind.output: kind.type for kind in CALL_KINDS.values() if kind.output}
"""Type of an item that brings a result -> the type of the call that it answers."""

CARRIED = (
    "status",
    "phase",
    "namespace",
    "caller",
    "created_by",
    "server_label",
    "approval_request_id",
)
"""Fields of an item that `native` holds as they are."""


def runs_there(item: Mapping[str, Any], kind: CallKind) -> bool:
    """Whether the provider itself runs what the item calls."""
    if kind.executed is not None:
        return kind.executed
    if kind.type == "tool_search_call":
        return item.get("execution") == "server"
    environment = item.get("environment")
    return isinstance(environment, dict) and environment.get("type") not in ("local", None)
