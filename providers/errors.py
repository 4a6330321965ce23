"""From an SDK's exception, or an error told inside an answer, to one of ell2a.errors: by tables of body and status."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any

from ell2a import errors
from ell2a.errors import CallError
from ell2a.providers.answer import AnswerHead


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
    402: errors.QuotaExhausted,
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

BY_WORD: dict[str, type[CallError]] = {
    "invalid_request_error": errors.BadRequest,
    "invalid_prompt": errors.BadRequest,
    "request_too_large": errors.BadRequest,
    "authentication_error": errors.AuthenticationFailed,
    "permission_error": errors.PermissionDenied,
    "not_found_error": errors.NotFound,
    "billing_error": errors.QuotaExhausted,
    "rate_limit_error": errors.RateLimited,
    "rate_limit_exceeded": errors.RateLimited,
    "timeout_error": errors.CallTimeout,
    "overloaded_error": errors.Overloaded,
    "api_error": errors.ServerError,
    "server_error": errors.ServerError,
    "internal_error": errors.ServerError,
    "internal_server_error": errors.ServerError,
    "throttlingexception": errors.RateLimited,
    "validationexception": errors.BadRequest,
    "modeltimeoutexception": errors.CallTimeout,
    "serviceunavailableexception": errors.Overloaded,
    "internalserverexception": errors.ServerError,
    "modelstreamerrorexception": errors.ServerError,
}
"""The type or code, in lower case, of an error that has no status of its own, as those inside a stream.

Sources: https://docs.anthropic.com/en/api/errors; openai 3.54, `types.responses.response_error`; the exceptions of Amazon
Bedrock's InvokeModelWithResponseStream.
"""

_BEDROCK = "a recorded answer of Amazon Bedrock"

AMAZON_RULES: tuple[ErrorRule, ...] = (
    ErrorRule(
        errors.AuthenticationFailed,
        body=r"security token included in the request is (expired|invalid)",
        source=f"{_BEDROCK}, which comes with status 403",
    ),
    ErrorRule(errors.NotFound, status=400, body=r"provided model identifier is invalid", source=_BEDROCK),
    ErrorRule(errors.ContextLengthExceeded, body=r"Input Tokens Exceeded|Input is too long", source=_BEDROCK),
)
"""What the bodies of Amazon Bedrock mean, on whichever wire: they have a message and nothing else."""

REQUEST_ID_HEADERS = ("x-request-id", "request-id", "apim-request-id", "x-ms-request-id", "x-amzn-requestid")
"""Where services put the request id: OpenAI's and most others' name, Anthropic's, Azure's two, Amazon's."""


def error_from(exception: BaseException, sdk: ModuleType, rules: Sequence[ErrorRule], *, provider: str) -> CallError:
    """One of ell2a.errors for an exception of an SDK of the openai and anthropic kind, or of the code around it."""
    if isinstance(exception, sdk.APIStatusError):
        return of_status(exception, rules, provider)
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


def error_told(told: Any, head: AnswerHead, rules: Sequence[ErrorRule], *, provider: str) -> CallError:
    """One of ell2a.errors for an error inside an answer of status 200: a whole body, or an event of a stream.

    Its `status` is the one that the error names itself, else that of the answer.
    """
    status = _stated_status(told)
    kind = class_of(status, told, rules)
    return kind(
        f"{provider} answered with an error: {message_of(told) or 'no message'}",
        provider=provider,
        status=status or head.status,
        request_id=request_id(head.headers, told) or head.request_id,
        retry_after=retry_after(head.headers),
        body=told,
    )


def class_of(status: int | None, body: Any, rules: Sequence[ErrorRule]) -> type[CallError]:
    """The class for a status and an error body: the first rule that fits, else the status alone, else the error's type.

    An error of no status and an unknown type is a ServerError: the provider did not finish what it had accepted.
    """
    text = " ".join(_searchable(body))
    for rule in rules:
        if rule.status in (None, status) and (rule.body is None or re.search(rule.body, text, re.IGNORECASE)):
            return rule.error
    if status is not None:
        return BY_STATUS.get(status) or (errors.ServerError if status >= 500 else errors.BadRequest)
    inner = _inner(body)
    words = [str(inner.get(key)).lower() for key in ("code", "type")] if isinstance(inner, dict) else []
    return next((BY_WORD[word] for word in words if word in BY_WORD), errors.ServerError)


def message_of(body: Any) -> str | None:
    """The provider's own words in an error body, wherever it puts them."""
    if isinstance(body, str):
        return body.strip()[:500] or None
    if isinstance(body, list) and body:
        return message_of(body[0])
    if not isinstance(body, dict):
        return None
    for key in ("error", "message", "detail", "msg", "response"):
        if key in body:
            found = message_of(body[key])
            if found:
                return found
    return None


def request_id(headers: Mapping[str, str], body: Any = None) -> str | None:
    """The id under which the provider knows the request: of a header, else of the error body, where Anthropic puts it too."""
    found = next((headers[name] for name in REQUEST_ID_HEADERS if headers.get(name)), None)
    if found is None and isinstance(body, dict) and isinstance(body.get("request_id"), str):
        return str(body["request_id"])
    return found


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `retry-after` (seconds or a date); None where neither can be read."""
    milliseconds, said = _number(headers.get("retry-after-ms")), headers.get("retry-after")
    if milliseconds is not None:
        return milliseconds / 1000
    seconds = _number(said)
    if seconds is not None or said is None:
        return seconds
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        # "-0000", UTC of an unknown place, is read as a time without a zone.
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def of_status(exception: Any, rules: Sequence[ErrorRule], provider: str) -> CallError:
    """The error of an exception that holds an answer of httpx or httpx2 as its `response`."""
    response = exception.response
    status = response.status_code
    body = _body(response)
    kind = class_of(status, body, rules)
    words = message_of(body) or f"no message ({response.reason_phrase})"
    return kind(
        f"{provider} answered {status}: {words}",
        provider=provider,
        status=status,
        request_id=request_id(response.headers, body),
        retry_after=retry_after(response.headers),
        body=body,
    )


def _number(said: str | None) -> float | None:
    try:
        number = float(said or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _body(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text


def _inner(body: Any) -> Any:
    """The error itself: services wrap it in `error`, `response.error` or a list of one."""
    if isinstance(body, list) and body:
        return _inner(body[0])
    if isinstance(body, dict):
        for key in ("error", "response"):
            if isinstance(body.get(key), dict):
                return _inner(body[key])
    return body


def _stated_status(told: Any) -> int | None:
    """The HTTP status that an error says of itself: Azure as `status`, Groq as `status_code`, OpenRouter and llama.cpp as `code`."""
    inner = _inner(told)
    said = [inner.get(key) for key in ("status", "status_code", "code")] if isinstance(inner, dict) else []
    return next((value for value in said if type(value) is int and 400 <= value < 600), None)


def _searchable(body: Any) -> Iterator[str]:
    """What an error says of its kind: not the whole body, which may quote the request."""
    inner = _inner(body)
    if not isinstance(inner, dict):
        yield str(inner)
        return
    yield from (str(inner.get(key) or "") for key in ("type", "code", "status", "message", "error", "detail"))
    for place, key in (("innererror", "code"), ("metadata", "raw")):
        # Azure's closer word for a filtered prompt; what the service behind OpenRouter answered.
        if isinstance(inner.get(place), dict):
            yield str(inner[place].get(key) or "")
