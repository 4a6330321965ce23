"""Mutants of laws 6 and 7: what is declared, what is sent, and which errors it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.mutants.making import base_of, mutant, writing

from ell2a import errors
from ell2a.errors import CallError
from ell2a.providers import no
from ell2a.providers.openai_chat.params import UNIVERSAL

# --- law 6 ---


def _undeclared(self: Any, client: Any = None, model: str | None = None) -> Any:
    params = base_of(self).available_params(self, client, model)
    return {name: params[name] for name in params if name != "seed"}


def _place_held(native: dict[str, Any]) -> None:
    for message in native["messages"]:
        if isinstance(message.get("content"), list):
            message["content"] = [
                {"type": "text", "text": "[image]"} if part["type"] == "image_url" else part
                for part in message["content"]
            ]


def _no_documents(self: Any, client: Any = None, model: str | None = None) -> Any:
    facts = base_of(self).capabilities(self, client, model)
    return facts.model_copy(update={"document_input": no("wire", detail="says who?")})


def _number_as_text(native: dict[str, Any]) -> None:
    native["max_tokens"] = str(native["max_tokens"])


def _silently(native: dict[str, Any]) -> None:
    native.pop("stream", None)
    native.pop("stream_options", None)


mutant("declared-not-sent", "openai", **writing(lambda native: native.pop("top_p", None)))
mutant("sent-not-declared", "openai", available_params=_undeclared)
mutant("param-of-its-own", "openai", **writing(lambda native: native.update(metadata={"made": "by us"})))
mutant("capability-not-carried", "openai", **writing(_place_held))
mutant("carried-not-declared", "anthropic", capabilities=_no_documents)
mutant("payload-invalid", "anthropic", **writing(_number_as_text))
mutant("stream-not-asked", "openai", **writing(_silently))
mutant(
    "universal-not-sent",
    "openai",
    universal={**UNIVERSAL, "stop": replace(UNIVERSAL["stop"], names=("stop_words",))},
)

# --- law 7 ---


def _mapping(change: Callable[[CallError], Any]) -> dict[str, Any]:
    def translate(self: Any, exception: BaseException) -> CallError:
        error: CallError = base_of(self).translate_error(self, exception)
        return change(error) or error

    return {"translate_error": translate}


def _bad_request(error: CallError) -> CallError | None:
    if not isinstance(error, errors.RateLimited):
        return None
    kept = {name: getattr(error, name) for name in ("status", "body", "request_id", "retry_after")}
    return errors.BadRequest(error.message, **kept)


def _broken_connection(error: CallError) -> CallError | None:
    is_timeout = isinstance(error, errors.CallTimeout) and error.status is None
    return errors.ConnectionFailed(error.message) if is_timeout else None


def _let_through(self: Any, exception: BaseException) -> CallError:
    raise exception


mutant("error-class-wrong", "openai", **_mapping(_bad_request))
mutant("retry-after-lost", "anthropic", **_mapping(lambda error: setattr(error, "retry_after", None)))
mutant("request-id-lost", "anthropic", **_mapping(lambda error: setattr(error, "request_id", None)))
mutant("error-body-lost", "openai", **_mapping(lambda error: setattr(error, "body", None)))
mutant("timeout-as-connection", "openai", **_mapping(_broken_connection))
mutant("sdk-error-let-through", "anthropic", translate_error=_let_through)
