"""What goes wrong in tracing: told once, put down in the record, and never the user's trouble."""

from __future__ import annotations

import logging
import sys

from ell2a.errors import ContractError
from ell2a.providers.warn import warn_caller

_log = logging.getLogger("ell2a.tracing")
_warned: set[str] = set()

_WHAT = {
    "request": "a traced request could not be translated: it is logged without messages, the raw request beside",
    "report": "what became of the parts of a traced request could not be told: the report says `kept` of each",
    "answer": "a traced answer could not be read whole: it is logged without it",
    "logged": "a traced call could not be logged",
}


class TracingFault(UserWarning):
    """A call of a traced client is logged with less than it should be, or not at all. The call itself is as ever."""


def tell(what: str, exception: Exception) -> str:
    """Warn, once in a process for each kind of fault; gives the exception in words."""
    words = f"{type(exception).__name__}: {exception}"
    _log.info("%s: %s", what, words, exc_info=exception)
    if what not in _warned:
        _warned.add(what)
        message = f"{_WHAT[what]}: {words}. Calls go on."
        try:
            warn_caller(message, TracingFault)
        except TracingFault:
            # Where warnings are errors a call goes on all the same.
            sys.stderr.write(f"ell2a: {message}\n")
    return words


def as_error(exception: Exception) -> ContractError:
    """What the record of a call has for an error whose answer could not be read."""
    error = ContractError(f"the answer could not be read: {type(exception).__name__}: {exception}")
    error.__cause__ = exception
    return error
