"""Law 7: each status and error body becomes one class of ell2a.errors that keeps the body, the request id and retry-after."""

from __future__ import annotations

import json
from typing import Any

from ell2a import errors
from ell2a.errors import CallError
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.samples import ErrorSample
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.transport import Reply

_REQUEST_ID = "req_conformance"
_WAIT = 7.0

BY_STATUS: dict[int, tuple[type[CallError], ...]] = {
    400: (errors.BadRequest,),
    401: (errors.AuthenticationFailed,),
    403: (errors.PermissionDenied,),
    404: (errors.NotFound,),
    422: (errors.BadRequest,),
    429: (errors.RateLimited,),
    500: (errors.ServerError,),
    502: (errors.ServerError,),
    503: (errors.Overloaded, errors.ServerError),
    504: (errors.CallTimeout, errors.ServerError),
}
"""What each status means on every wire, where the body says no more."""

_FAILURES: dict[str, type[CallError]] = {
    "ConnectError": errors.ConnectionFailed,
    "ReadTimeout": errors.CallTimeout,
    "ConnectTimeout": errors.CallTimeout,
}
"""What the transport raises -> what the user is told."""

_PAGE = "<html><body>502 Bad Gateway</body></html>"


def hold(subject: Subject) -> int:
    """Raises LawBroken; gives the number of cases."""
    for status, classes in BY_STATUS.items():
        _answered(subject, ErrorSample(status, subject.error_body(status), classes[0]), classes)
    for sample in subject.errors:
        _answered(subject, sample, (sample.error,))
    _answered(subject, ErrorSample(502, _PAGE, errors.ServerError), (errors.ServerError,))
    _streamed(subject)
    for failure, kind in _FAILURES.items():
        error = _raised(subject, failure, Reply([], fails=failure))
        _is_one_of(failure, error, (kind,))
    page = Reply([_PAGE.encode()], headers={"content-type": "text/html"})
    _is_one_of(
        "200 with a page of HTML", _raised(subject, "200 with a page of HTML", page), (errors.UnreadableResponse,)
    )
    return len(BY_STATUS) + len(subject.errors) + len(_FAILURES) + 3


def _answered(subject: Subject, sample: ErrorSample, classes: tuple[type[CallError], ...]) -> None:
    name = f"{sample.status} {_type_of(sample.body)}".strip()
    error = _raised(subject, name, _reply(subject, sample))
    _is_one_of(name, error, classes)
    kept = {
        "status": (sample.status, error.status),
        "body": (sample.body, error.body),
        "request_id": (_REQUEST_ID, error.request_id),
        "retry_after": (_WAIT, error.retry_after),
    }
    for field, (expected, came) in kept.items():
        if expected != came:
            raise LawBroken(
                7,
                f"{name}: {field}",
                expected=expected,
                came=came,
                mend="`translate_error` keeps what the answer says: `error_from` does it for SDKs of the openai and anthropic kind",
            )
    if error.__cause__ is None:
        raise LawBroken(
            7,
            f"{name}: __cause__",
            expected=Words("the SDK's own exception"),
            came=None,
            mend="`translate_error` gives the error back; the call path raises it from the SDK's",
        )


def _streamed(subject: Subject) -> None:
    """A stream that is refused is refused like any other call."""
    if subject.instance.capabilities(None, subject.model).streaming.state == "no":
        return
    sample = ErrorSample(429, subject.error_body(429), errors.RateLimited)
    error = _raised(subject, "429 to a stream", _reply(subject, sample), stream=True)
    _is_one_of("429 to a stream", error, (errors.RateLimited,))
    if error.body != sample.body:
        raise LawBroken(
            7,
            "429 to a stream: body",
            expected=sample.body,
            came=error.body,
            mend="read the body of a refused stream before it is translated",
        )


def _reply(subject: Subject, sample: ErrorSample) -> Reply:
    is_json = not isinstance(sample.body, str)
    content = json.dumps(sample.body).encode() if is_json else sample.body.encode()
    headers = {
        "content-type": "application/json" if is_json else "text/html",
        subject.request_id_header: _REQUEST_ID,
        "retry-after": f"{_WAIT:g}",
        **sample.headers,
    }
    return Reply([content], status=sample.status, headers=headers)


def _raised(subject: Subject, name: str, reply: Reply, *, stream: bool = False) -> CallError:
    try:
        answer: Any = subject.answered(subject.call(stream=stream), reply)
        if stream:
            list(answer)
    except CallError as error:
        return error
    except Exception as error:
        raise LawBroken(
            7,
            name,
            expected=Words("one of ell2a.errors"),
            came=Words(f"{type(error).__module__}.{type(error).__qualname__}: {error}"),
            mend="`translate_error` gives back one of ell2a.errors, whatever the SDK raises",
        ) from error
    raise LawBroken(
        7,
        name,
        expected=Words("an error"),
        came=Words(f"an answer: {answer!r}"),
        mend="`send` lets the SDK's exception pass",
    )


def _is_one_of(name: str, error: CallError, classes: tuple[type[CallError], ...]) -> None:
    if not isinstance(error, classes) or type(error) is CallError:
        raise LawBroken(
            7,
            name,
            expected=Words(" or ".join(kind.__name__ for kind in classes)),
            came=Words(f"{type(error).__name__}: {error}"),
            mend="add a row to the wire's table of status and body -> class (`ErrorRule`), or mend the one that is wrong",
        )


def _type_of(body: Any) -> str:
    inner = body.get("error", body) if isinstance(body, dict) else body
    return str(inner.get("type") or inner.get("code") or "") if isinstance(inner, dict) else ""
