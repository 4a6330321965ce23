"""The blocks in which the service gives what its own agents found: which there are, and in which forms their content comes.

Source: anthropic 2.12, `types.content_block_param` and, for advisors and MCP servers, `types.beta.beta_content_block_param`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a result's content: an object, told by its `type`."""

    type: str
    texts: tuple[str, ...] = ()
    """Fields that are words. Those without a mark go to the first."""
    optional: tuple[str, ...] = ()
    """Those of them that may be left out; the others are empty where there is nothing to say."""
    lines: str | None = None
    """A field that is words, as a list of lines."""
    files: str | None = None
    """The type of the files in its `content`."""
    listed: str | None = None
    """A field that is a list of blocks which no other wire has."""
    document: str | None = None
    """A field that is a document."""
    told: tuple[str, ...] = ()
    """Fields that `native` holds under their own names: see RESULT_KEYS."""
    exit_code: bool = False
    """Whether a `return_code` other than 0 says that it failed."""
    error: bool = False


@dataclass(frozen=True, slots=True)
class ServerResult:
    """One kind of block: its forms, the usual one first, the one of errors last."""

    type: str
    forms: tuple[Form, ...]
    entries: str | None = None
    """The type of the entries, where the content is a list of them unless it is an error."""

    def form(self, type: str | None) -> Form | None:
        """The form of that type."""
        return next((form for form in self.forms if form.type == type), None)


_RUN = ("return_code", "abort_reason")
_EDIT = ("new_lines", "new_start", "old_lines", "old_start")
_VIEW = ("file_type", "num_lines", "start_line", "total_lines")


def _failed(agent: str) -> Form:
    texts = ("error_code", "error_message")
    return Form(f"{agent}_tool_result_error", texts=texts, optional=("error_message",), error=True)


def _ran(agent: str, files: str) -> Form:
    return Form(f"{agent}_result", texts=("stdout", "stderr"), files=files, told=_RUN, exit_code=True)


_EDITOR = "text_editor_code_execution"

SERVER_RESULTS: Mapping[str, ServerResult] = {
    kind.type: kind
    for kind in (
        ServerResult("web_search_tool_result", (_failed("web_search"),), entries="web_search_result"),
        ServerResult(
            "web_fetch_tool_result",
            (Form("web_fetch_result", document="content", told=("url", "retrieved_at")), _failed("web_fetch")),
        ),
        ServerResult(
            "code_execution_tool_result",
            (
                _ran("code_execution", "code_execution_output"),
                Form(
                    "encrypted_code_execution_result",
                    texts=("stderr",),
                    files="code_execution_output",
                    told=(*_RUN, "encrypted_stdout"),
                    exit_code=True,
                ),
                _failed("code_execution"),
            ),
        ),
        ServerResult(
            "bash_code_execution_tool_result",
            (_ran("bash_code_execution", "bash_code_execution_output"), _failed("bash_code_execution")),
        ),
        ServerResult(
            f"{_EDITOR}_tool_result",
            (
                Form(f"{_EDITOR}_view_result", texts=("content",), told=_VIEW),
                Form(f"{_EDITOR}_create_result", told=("is_file_update",)),
                Form(f"{_EDITOR}_str_replace_result", lines="lines", told=_EDIT),
                _failed(_EDITOR),
            ),
        ),
        ServerResult(
            "tool_search_tool_result",
            (Form("tool_search_tool_search_result", listed="tool_references"), _failed("tool_search")),
        ),
        ServerResult(
            "advisor_tool_result",
            (
                Form("advisor_result", texts=("text",), told=("stop_reason",)),
                Form("advisor_redacted_result", told=("encrypted_content", "stop_reason")),
                _failed("advisor"),
            ),
        ),
    )
}
"""Type of block -> its row. `mcp_tool_result` has the content of an ordinary result, and no row."""

MCP_RESULT = "mcp_tool_result"

ENTRY_KEYS = ("page_age", "encrypted_content")
"""Keys of a found page that `native` of its document holds."""

RESULT_KEYS: Mapping[str, str] = {
    "result_type": "as which of the wire's blocks the result of an agent that the provider ran stood: it has one an agent",
    "result_form": "the type of that block's content, where it is not the usual one",
    "field": "which field of a result its words stood in, such as `stderr`, where it is not the first",
    "return_code": "the exit code of code that the service ran",
    "abort_reason": "why the service ended the code that it ran",
    "encrypted_stdout": "what the code printed, readable by the service alone",
    "encrypted_content": "what a found page or an advisor says, readable by the service alone",
    "page_age": "how old a found page is, in words",
    "url": "where a fetched document was fetched: a document has one source, and this one is given with its content",
    "retrieved_at": "when a document was fetched",
    "stop_reason": "why an advisor stopped",
    "is_file_update": "whether a file that the editor wrote was there before",
    "file_type": "what kind of file the editor shows",
    "num_lines": "how many lines the editor shows",
    "start_line": "the first line that the editor shows",
    "total_lines": "how many lines the file has",
    "new_lines": "how many lines an edit put in",
    "new_start": "where an edit put them",
    "old_lines": "how many lines an edit took out",
    "old_start": "where an edit took them out",
}
"""Keys in `native` of such results and of the blocks in them."""
