"""Every error that ell2a raises.

Ell2aError
├── DefinitionError              raised when a prompt function is defined, before any request exists
│   ├── InvalidParams            one or more faults in the params, all of them told
│   ├── UnsupportedCapability    the model cannot do what is asked for
│   ├── UnknownModel             no provider is known for this name
│   ├── UnknownProvider          no row and no plug-in has this name
│   ├── ModelNotOnWire           the provider serves this model on another of its wires
│   ├── NotTraceable             no client of an SDK whose calls can be traced
│   ├── InvalidAgent             a function that cannot be offered to a model
│   └── NotAMessage              a value that cannot stand in a message
├── CallError                    raised by a call; each has provider, status, request_id, retry_after, body
│   ├── MissingSdk               the provider's package is not installed
│   ├── MissingKey               no API key was found
│   ├── BadRequest               the provider refuses the request (400, 413, 422)
│   │   ├── ContextLengthExceeded    it is too long for the model
│   │   └── ContentFiltered          a filter of the provider stopped it
│   ├── AuthenticationFailed     the key is not accepted (401)
│   ├── PermissionDenied         the key may not do this (403)
│   ├── NotFound                 no such model or address (404)
│   ├── RateLimited              too many requests or tokens (429)
│   │   └── QuotaExhausted           no credit or quota is left (402, some 429): waiting does not help
│   ├── Overloaded               the provider has no capacity now (529, 503)
│   ├── ServerError              the provider failed (5xx)
│   ├── CallTimeout              no answer in time
│   ├── ConnectionFailed         no connection, or it broke
│   ├── StreamBroken             a stream ended early, or told of an error; `partial` has what came
│   └── UnreadableResponse       the answer is no JSON object
├── OutputNotParsed              the answer does not fit the structure asked for
├── AgentMissing                 a message calls an agent that nobody gave
├── ReplayError                  a replay that cannot be planned or run
│   └── PlanRefused              a plan with refused items was run
├── StoreError                   the call log
│   ├── CallNotFound             no call has this id
│   ├── StoreNewer               the store was written by a newer ell2a; it is left untouched
│   ├── StoreCorrupt             the file is no store, or a damaged one; it is left untouched
│   └── InvalidFilter            a filter that cannot be read
└── ContractError                a provider implementation breaks the contract
    └── BadConversion            its request lacks what the SDK's function requires, or has what that does not know
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


class Ell2aError(Exception):
    """The root: `except Ell2aError` catches all that ell2a itself raises."""


# --- when a prompt function is defined ---


class DefinitionError(Ell2aError):
    """A call that could never be made, told where it is defined."""


@dataclass(frozen=True)
class ParamFault:
    """One mistake in the params of a call."""

    path: str
    """Where: `temperature`, `reasoning.effort`, `stop.0`."""
    problem: str
    """What is wrong, with the value, in a few words."""
    hint: str | None = None
    """What to write instead."""

    def __str__(self) -> str:
        return f"`{self.path}`: {self.problem}" + (f"; {self.hint}" if self.hint else "")


class InvalidParams(DefinitionError):
    """The params of a call have faults; `faults` holds all of them."""

    def __init__(self, target: str, faults: Sequence[ParamFault], *, allowed: Iterable[str] = ()) -> None:
        self.target, self.faults, self.allowed = target, tuple(faults), tuple(allowed)
        lines = "".join(f"\n  - {fault}" for fault in self.faults)
        listed = f"\nIt takes: {', '.join(self.allowed)}." if self.allowed else ""
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__(f"{target}: {count} in the params.{lines}{listed}")


class UnsupportedCapability(DefinitionError):
    """The model or wire is known not to do what is asked for."""

    def __init__(self, target: str, capability: str, *, asked_by: str, source: str, instead: str | None = None) -> None:
        self.target, self.capability, self.asked_by, self.source = target, capability, asked_by, source
        self.instead = instead
        """What to do, where something can be."""
        tail = f" {instead}" if instead else ""
        super().__init__(f"{target} does not support {capability}, which {asked_by} needs (known from {source}).{tail}")


class UnknownModel(DefinitionError):
    """A bare model name that no provider, or more than one, is known to have."""

    def __init__(
        self, model: str, *, providers: Sequence[str], candidates: Sequence[str] = (), near: str | None = None
    ) -> None:
        self.model, self.providers, self.candidates = model, tuple(providers), tuple(candidates)
        if candidates:
            reason = f"several providers have it: write one of {', '.join(f'`{c}/{model}`' for c in candidates)}"
        else:
            suggestion = f"did you mean `{near}`? Else " if near else ""
            reason = (
                f"no provider is known for it: {suggestion}write `provider/{model}`, or say "
                f"`ell2a.register_model({model!r}, provider=...)`. Providers: {', '.join(providers)}"
            )
        super().__init__(f"model {model!r}: {reason}.")


class UnknownProvider(DefinitionError):
    """No provider, or none that speaks this wire, has this name."""

    def __init__(self, name: str, known: Sequence[str], *, what: str = "provider") -> None:
        self.name, self.known = name, tuple(known)
        near = nearest(name, known)
        suggestion = f" Did you mean {near!r}?" if near else ""
        super().__init__(f"no {what} is called {name!r}.{suggestion} Known: {', '.join(known)}.")


class ModelNotOnWire(DefinitionError):
    """A model that its provider serves on other wires than the one that was chosen."""

    def __init__(self, target: str, wire: str, *, wires: Sequence[str], source: str) -> None:
        self.target, self.wire, self.wires, self.source = target, wire, tuple(wires), source
        instead = " or ".join(f'`wire="{one}"`' for one in wires)
        super().__init__(f"{target} is not served on the wire {wire} (known from {source}): write {instead}.")


class InvalidAgent(DefinitionError):
    """A function that cannot be offered to a model as an agent."""


class NotTraceable(DefinitionError, TypeError):
    """`ell2a.trace` was given something other than a client of an SDK that it knows."""

    def __init__(self, client: Any, sdks: Sequence[str]) -> None:
        super().__init__(
            f"{reprlib.repr(client)} ({type(client).__name__}) cannot be traced:"
            f" give a client of one of these SDKs: {', '.join(sdks)}."
        )


class NotAMessage(DefinitionError, TypeError):
    """A value that cannot stand in a message."""

    def __init__(self, value: Any, why: str | None = None) -> None:
        super().__init__(
            f"{reprlib.repr(value)} ({type(value).__name__}) cannot stand in a message"
            + (f": {why}." if why else ".")
            + " Taken are strings, blocks, messages, pathlib paths and bytes of images, audio or documents,"
            " PIL images, pydantic objects, and lists of these."
        )


# --- when a call is made ---


class CallError(Ell2aError):
    """A call that failed. The SDK's own exception, where there is one, is `__cause__`."""

    def __init__(
        self,
        message: str,
        *,
        provider: str | None = None,
        model: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        body: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider, self.model, self.status = provider, model, status
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds to wait, as the provider asked for."""
        self.body = body
        """The provider's own error body: parsed where it is JSON, else its text."""
        self.call_id: str | None = None
        """The call in the log."""


class MissingSdk(CallError):
    """The provider's package is not installed."""

    def __init__(self, provider: str, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(
            f"{provider} is called through the package `{package}`, which is not installed: pip install 'ell2a[{extra}]'",
            provider=provider,
        )


class MissingKey(CallError):
    """No API key was found where the provider's row says to look."""

    def __init__(self, provider: str, variables: Sequence[str]) -> None:
        self.variables = tuple(variables)
        names = " or ".join(f"`{v}`" for v in variables)
        super().__init__(f"{provider} needs an API key: set {names}, or give `client=`.", provider=provider)


class BadRequest(CallError):
    """The provider refuses the request as it stands."""


class ContextLengthExceeded(BadRequest):
    """The request, or the request and the answer asked for, is too long for the model."""


class ContentFiltered(BadRequest):
    """A filter of the provider stopped the request."""


class AuthenticationFailed(CallError):
    """The key is not accepted."""


class PermissionDenied(CallError):
    """The key may not do this."""


class NotFound(CallError):
    """The provider has no such model or address."""


class RateLimited(CallError):
    """Too many requests or tokens for now."""


class QuotaExhausted(RateLimited):
    """No credit or quota is left: waiting does not help."""


class Overloaded(CallError):
    """The provider has no capacity at the moment."""


class ServerError(CallError):
    """The provider failed."""


class CallTimeout(CallError):
    """No answer came in time."""


class ConnectionFailed(CallError):
    """The provider could not be reached, or the connection broke."""


class StreamBroken(CallError):
    """A stream ended before its end, or carried an error. `partial` is the response as far as it came.

    Where it is known what broke it, that error is `__cause__` (`Overloaded`, `CallTimeout`, ...), and its status, request
    id, retry-after and body are here too. An error before the first piece of the answer is raised as it is.
    """

    def __init__(self, message: str, *, partial: Any = None, cause: CallError | None = None, **more: Any) -> None:
        told = ("provider", "model", "status", "request_id", "retry_after", "body")
        super().__init__(message, **{**({name: getattr(cause, name) for name in told} if cause else {}), **more})
        self.partial = partial
        self.__cause__ = cause

    @property
    def kind(self) -> str:
        """The class of the error that broke it, under which the call is logged; `StreamBroken` where nothing tells."""
        cause = self.__cause__
        told = isinstance(cause, CallError) and type(cause) is not CallError
        return type(cause if told else self).__name__


class UnreadableResponse(CallError):
    """The answer is not the JSON object that the wire promises."""


# --- afterwards ---


class OutputNotParsed(Ell2aError):
    """The model's answer does not fit the structure asked for; `text` is what it said."""

    def __init__(self, why: str, *, text: str) -> None:
        self.text = text
        super().__init__(f"the answer does not fit `response_format`: {why}")


class AgentMissing(Ell2aError):
    """A message calls an agent that was not given."""

    def __init__(self, name: str, known: Sequence[str] = ()) -> None:
        self.name = name
        given = f" Given: {', '.join(known)}." if known else ""
        super().__init__(
            f"the message calls the agent {name!r}, which was not given to it: pass agents={{{name!r}: ...}}.{given}"
        )


class ReplayError(Ell2aError):
    """A replay that cannot be planned or run."""


class PlanRefused(ReplayError):
    """A plan with refused items was run; `refused` names them with their choices."""

    def __init__(self, message: str, refused: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.refused = tuple(refused)


class StoreError(Ell2aError):
    """Something is wrong with the call log."""


class CallNotFound(StoreError):
    """No call has this id."""

    def __init__(self, call_id: str) -> None:
        self.call_id = call_id
        super().__init__(f"no call has the id {call_id!r} in this store; `ell2a-studio calls` lists them.")


class StoreNewer(StoreError):
    """The store was written by a newer ell2a; it is left untouched."""


class StoreCorrupt(StoreError):
    """The file is no store of ell2a, or a damaged one; it is left untouched."""


class InvalidFilter(StoreError):
    """A filter of calls that cannot be read."""


class ContractError(Ell2aError):
    """A provider implementation breaks the contract: for its author to mend."""


class BadConversion(ContractError):
    """A translated request is no call that the SDK's function takes. Nothing was sent."""

    def __init__(self, target: str, function: str, *, missing: Sequence[str], unknown: Sequence[str]) -> None:
        self.target, self.missing, self.unknown = target, tuple(missing), tuple(unknown)
        """`missing`: required by the function. `unknown`: an argument, or `extra_body.NAME`, that nothing knows."""
        faults = [f"`{name}` is required and not there" for name in self.missing]
        faults += [f"`{name}` is not known" for name in self.unknown]
        super().__init__(
            f"{target}: the request as translated does not fit {function}: {'; '.join(faults)}."
            " The provider's `translate_ell2a_to_provider` or `provider_call_arguments` is to be mended; nothing was sent."
        )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be, or None."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return close[0]
    lowered = {n.lower(): n for n in names}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[close[0]] if close else None
