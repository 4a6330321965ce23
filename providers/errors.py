"""From an SDK's exception to one of ell2a.errors, by a table of status and body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any

from ell2a import errors
from ell2a.errors import CallError


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One row: an answer of this status, whose body matches this, is this error."""

    error: type[CallError]
    status: int | None = None
    """None: any status."""
    body: str | None = None
    """A regular expression looked for in the error's type, code and message, ignoring case."""
    source: str = ""


BY_STATUS: dict[int, type[CallError]] = {
    400: errors.BadRequest,
    401: errors.AuthenticationFailed,
    402: errors.RateLimited,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    408: errors.CallTimeout,
    409: errors.BadRequest,
    413: errors.BadRequest,
    422: errors.BadRequest,
    429: errors.RateLimited,
    503: errors.Overloaded,
    504: errors.CallTimeout,
    529: errors.Overloaded,
}
"""What a status means where no rule of the wire says more."""


def error_from(exception: BaseException, sdk: ModuleType, rules: Sequence[ErrorRule], *, provider: str) -> CallError:
    """One of ell2a.errors for an exception of an SDK of the openai and anthropic kind, or of the code around it."""
    if isinstance(exception, sdk.APIStatusError):
        return _of_status(exception, rules, provider)
    if isinstance(exception, sdk.APITimeoutError):
        return errors.CallTimeout(f"{provider} did not answer in time: {exception}", provider=provider)
    if isinstance(exception, sdk.APIConnectionError):
        cause = exception.__cause__ or exception
        return errors.ConnectionFailed(f"{provider} could not be reached: {cause}", provider=provider)
    name = type(exception).__name__
    if "Timeout" in name:
        return errors.CallTimeout(f"{provider} did not answer in time: {exception}", provider=provider)
    if type(exception).__module__.partition(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2"):
        return errors.ConnectionFailed(f"the connection to {provider} broke: {exception}", provider=provider)
    return CallError(f"{provider}: the call failed with {name}: {exception}", provider=provider)


def class_of(status: int | None, body: Any, rules: Sequence[ErrorRule]) -> type[CallError]:
    """The class for a status and an error body: the first rule that fits, else by status alone."""
    text = _searchable(body)
    for rule in rules:
        if rule.status in (None, status) and (rule.body is None or re.search(rule.body, text, re.IGNORECASE)):
            return rule.error
    if status is None:
        return CallError
    return BY_STATUS.get(status) or (errors.ServerError if status >= 500 else errors.BadRequest)


def message_of(body: Any) -> str | None:
    """The provider's own words in an error body, wherever it puts them."""
    if isinstance(body, str):
        return body.strip()[:500] or None
    if isinstance(body, list) and body:
        return message_of(body[0])
    if not isinstance(body, dict):
        return None
    for key in ("error", "message", "detail", "msg"):
        if key in body:
            found = message_of(body[key])
            if found:
                return found
    return None


def _of_status(exception: Any, rules: Sequence[ErrorRule], provider: str) -> CallError:
    response = exception.response
    status = response.status_code
    body = _body(response)
    kind = class_of(status, body, rules)
    words = message_of(body) or f"no message ({response.reason_phrase})"
    return kind(
        f"{provider} answered {status}: {words}",
        provider=provider,
        status=status,
        request_id=response.headers.get("x-request-id") or response.headers.get("request-id"),
        retry_after=retry_after(response.headers),
        body=body,
    )


def retry_after(headers: Any) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `retry-after` (seconds or a date)."""
    try:
        if headers.get("retry-after-ms") is not None:
            return float(headers["retry-after-ms"]) / 1000
        said = headers.get("retry-after")
        return None if said is None else float(said)
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(headers["retry-after"])
    except (ValueError, TypeError, KeyError):
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _body(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text


def _searchable(body: Any) -> str:
    inner = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(inner, dict):
        return " ".join(str(inner.get(key) or "") for key in ("type", "code", "message"))
    return str(inner)
