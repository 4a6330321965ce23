"""Faults in OpenAI's manner, on both of its wires."""

from __future__ import annotations

from ell2a.sandbox.checked import Path
from ell2a.sandbox.faults import Fault, Kind

FAULTS: dict[Kind, tuple[int, str, str | None]] = {
    "invalid": (400, "invalid_request_error", None),
    "too_large": (400, "invalid_request_error", "context_length_exceeded"),
    "filtered": (400, "invalid_request_error", "content_filter"),
    "authentication": (401, "invalid_request_error", "invalid_api_key"),
    "permission": (403, "invalid_request_error", "model_not_available"),
    "not_found": (404, "invalid_request_error", "model_not_found"),
    "rate_limit": (429, "requests", "rate_limit_exceeded"),
    "server": (500, "server_error", None),
    "overloaded": (503, "server_error", "server_overloaded"),
}
"""Kind of fault -> status, type, code. Source: OpenAI's guide to error codes, and recorded answers."""


def tell(path: Path, problem: str, code: str) -> Fault:
    """A fault of a request: `messages[0].role`, with the param and a code beside it."""
    where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
    codes = {
        "missing": "missing_required_parameter",
        "unknown": "unknown_parameter",
        "unsupported": "unsupported_parameter",
        "invalid_schema": "invalid_function_parameters" if path[:1] == ("tools",) else "invalid_json_schema",
    }
    titles = {
        "missing": "Missing required parameter",
        "unknown": "Unknown parameter",
        "unsupported": "Unsupported parameter",
        "unsupported_value": "Unsupported value",
    }
    title = titles.get(code, "Invalid value")
    return Fault("invalid", f"{title}: '{where}': {problem}.", param=where or None, code=codes.get(code, code))
