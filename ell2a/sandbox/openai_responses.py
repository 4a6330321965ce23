"""The wire openai-responses: what answers, streams and faults look like on it, and which answers are kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from ell2a.sandbox import openai_responses_events, openai_responses_items, openai_responses_request
from ell2a.sandbox.answers import Answer
from ell2a.sandbox.conversation import Conversation
from ell2a.sandbox.faults import Fault
from ell2a.sandbox.ids import new_id
from ell2a.sandbox.keys import bearer, check_key
from ell2a.sandbox.models import Model
from ell2a.sandbox.openai_chat import OpenAIChat
from ell2a.sandbox.openai_faults import FAULTS
from ell2a.sandbox.openai_responses_request import ResponsesOptions
from ell2a.sandbox.stored_responses import StoredResponse, StoredResponses
from ell2a.sandbox.wire import Event, Method, Wire

_TOLD_AGAIN: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": None,
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""Params that an answer tells again, and what it tells where they were not given."""


class OpenAIResponses(Wire):
    """What is served at /v1/responses."""

    name = "openai-responses"
    path = "/v1/responses"
    request_id_header = "x-request-id"

    def __init__(self) -> None:
        self._stored = StoredResponses()
        self._models = OpenAIChat()

    def check_headers(self, headers: Mapping[str, str]) -> None:
        check_key(bearer(headers))

    def read(self, body: Any, model: Model) -> Conversation:
        return openai_responses_request.read(body, model, self._stored)

    def whole(self, answer: Answer, conversation: Conversation, model: Model) -> dict[str, Any]:
        options: ResponsesOptions = conversation.wire_options["responses"]
        made = _response(answer, conversation, options, model)
        if made["store"]:
            self._stored.keep(StoredResponse(made, options.given))
        return made

    def events(self, answer: Answer, conversation: Conversation, model: Model) -> Iterator[Event]:
        options: ResponsesOptions = conversation.wire_options["responses"]
        whole = self.whole(answer, conversation, model)
        return openai_responses_events.events(whole, obfuscated=options.obfuscated)

    def fault(self, fault: Fault, request_id: str) -> tuple[int, dict[str, Any]]:
        del request_id
        status, kind, code = FAULTS[fault.kind]
        if fault.kind == "not_found" and fault.param != "model":
            code = None
        param = "input" if fault.param == "messages" else fault.param
        return status, {"error": {"message": fault.message, "type": kind, "param": param, "code": fault.code or code}}

    def fault_event(self, fault: Fault, request_id: str, number: int) -> Event:
        told = self.fault(fault, request_id)[1]["error"]
        data = {"type": "error", "sequence_number": number, "code": told["code"], "message": told["message"]}
        return Event({**data, "param": told["param"]}, name="error")

    def stored(self, method: Method, path: str) -> dict[str, Any] | None:
        response_id, _, part = path.removeprefix(f"{self.path}/").partition("/")
        found = self._stored.find(response_id)
        if found is None:
            raise Fault("not_found", f"Response with id '{response_id}' not found.")
        if (method, part) == ("GET", ""):
            return found.body
        if (method, part) == ("GET", "input_items"):
            return _listed(found)
        if (method, part) == ("DELETE", ""):
            self._stored.drop(response_id)
            return {"id": response_id, "object": "response", "deleted": True}
        if (method, part) == ("POST", "cancel"):
            raise Fault("invalid", "Cannot cancel a synchronous response.")
        return None

    def model_list(self) -> dict[str, Any]:
        return self._models.model_list()

    def model_body(self, model: Model) -> dict[str, Any]:
        return self._models.model_body(model)


def _response(answer: Answer, conversation: Conversation, options: ResponsesOptions, model: Model) -> dict[str, Any]:
    choice, asked, now = answer.choices[0], options.asked, int(time.time())
    cut = choice.finish == "length"
    told = {name: asked[name] if asked.get(name) is not None else usual for name, usual in _TOLD_AGAIN.items()}
    return {
        "id": new_id("resp_"),
        "object": "response",
        "created_at": now,
        "status": "incomplete" if cut else "completed",
        "background": False,
        "completed_at": None if cut else now,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "model": model.version,
        "output": openai_responses_items.items(choice, conversation, options),
        "reasoning": _reasoning(asked, conversation),
        "service_tier": "default",
        "text": _text(asked),
        "usage": _usage(answer),
        **told,
    }


def _reasoning(asked: Mapping[str, Any], conversation: Conversation) -> dict[str, Any]:
    said = asked.get("reasoning") or {}
    effort = said.get("effort") or ("medium" if conversation.thinking.on else None)
    return {"effort": effort, "summary": said.get("summary") or said.get("generate_summary")}


def _text(asked: Mapping[str, Any]) -> dict[str, Any]:
    said = asked.get("text") or {}
    return {"format": said.get("format") or {"type": "text"}, "verbosity": said.get("verbosity") or "medium"}


def _usage(answer: Answer) -> dict[str, Any]:
    usage = answer.usage
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cache_read, "cache_write_tokens": 0},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }


def _listed(found: StoredResponse) -> dict[str, Any]:
    items = list(reversed(found.given))
    ends = (items[0].get("id"), items[-1].get("id")) if items else (None, None)
    return {"object": "list", "data": items, "has_more": False, "first_id": ends[0], "last_id": ends[1]}
