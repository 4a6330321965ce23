"""What an SDK sends for a call, read back into the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pydantic_core

from ell2a.calls import Ell2aCall, TranslationItem
from ell2a.calls.leaves import leaves_of
from ell2a.providers import Provider
from ell2a.providers.report import Report

_TYPES = {"model": str, "stream": bool}


@dataclass(frozen=True, slots=True)
class Given:
    """What the SDK's resource was given, before the SDK made a request of it."""

    model: Any
    stream: Any
    names: frozenset[str]
    """The names of all that stands in the body."""

    @classmethod
    def of(cls, options: Any) -> Given:
        """From the options of the SDK's request, some of which it changes later on."""
        body = options.json_data if isinstance(options.json_data, dict) else {}
        extra = options.extra_json if isinstance(options.extra_json, dict) else {}
        # Else they are what the SDKs write for "not given".
        whole = {
            name: value
            for name, value in {**body, **extra}.items()
            if name not in _TYPES or type(value) is _TYPES[name]
        }
        return cls(whole.get("model"), whole.get("stream"), frozenset(whole))


def native_request(request: Any, given: Given) -> dict[str, Any]:
    """The JSON body that goes out, in the form of its wire. Raises ValueError for one that is no JSON object."""
    body = pydantic_core.from_json(request.content)
    if not isinstance(body, dict):
        raise ValueError(f"the request's body is {type(body).__name__}, not a JSON object")  # noqa: TRY004  # like any body that cannot be read
    if "model" in body or given.model is None:
        return body
    # Bedrock and Vertex have the model, and whether to stream, in the address, and words of their own in the body.
    kept = {name: value for name, value in body.items() if name in given.names}
    return {"model": given.model, **kept, **({"stream": given.stream} if given.stream is not None else {})}


def read_call(provider: Provider, native: dict[str, Any]) -> tuple[Ell2aCall, Exception | None]:
    """The call that a request makes; where the translation fails, one without messages, and why."""
    try:
        return provider.translate_request_to_ell2a(native), None
    except Exception as exception:
        bare = Ell2aCall(
            model=str(native.get("model") or ""),
            provider=provider.name,
            wire=provider.wire,
            messages=[],
            stream=bool(native.get("stream")),
        )
        return bare, exception


def report_of(provider: Provider, call: Ell2aCall) -> tuple[list[TranslationItem], Exception | None]:
    """The translation report of a call that its user wrote natively, as the wire's own translator tells it.

    Where that fails, each part is said to be kept, and why the report tells no more.
    """
    report = Report(f"{provider.name}/{call.model} on {provider.wire}")
    try:
        provider.translate_ell2a_to_provider(call, report)
    except Exception as exception:
        return [TranslationItem(path=path, action="kept") for path in leaves_of(call)], exception
    # What a call of ours would have set, the user has written, or the request is without it: nothing was added to this one.
    return [item for item in report.items if item.action != "defaulted"], None
