"""What the wires have in common whose SDK is of the openai and anthropic kind: one generator made them all."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import takewhile
from types import FunctionType, ModuleType
from typing import Any, ClassVar

import pydantic_core

from ell2a.calls import AgentChoice, AnyAgent, ResponseFormat
from ell2a.errors import CallError, MissingKey, NotFound, UnreadableResponse
from ell2a.providers import observed_params, param_check, signature_params
from ell2a.providers.answer import Answer, AnswerHead, AsyncEventAnswer, EventAnswer, ModelsAnswer
from ell2a.providers.aws_event_stream import CONTENT_TYPE, AwsEventDecoder
from ell2a.providers.errors import ErrorRule, error_from, error_told, request_id
from ell2a.providers.param_rules import Asked, ParamRule, with_extra_body
from ell2a.providers.params import Param, ParamSource
from ell2a.providers.provider import NativeRequest, Provider
from ell2a.providers.rows import ClientClasses
from ell2a.providers.sdk import require
from ell2a.providers.server_agents import Kinds, faults_of, run_by_provider
from ell2a.providers.sse import ServerSentEvent, SseDecoder
from ell2a.providers.universal import UniversalRule
from ell2a.providers.wire_params import ParamNote

EventDecoder = SseDecoder | AwsEventDecoder

_NO_KEY = "none-needed"
"""What a client is given for a provider that needs no key: the SDKs insist on one."""


_ANSWERS = ("choices", "content", "output")
"""Where an answer stands on the wires of this kind: a body that has one of them is no mere error."""


class StainlessProvider(Provider):
    """A wire whose SDK has `with_raw_response`, `with_streaming_response` and a signature to read."""

    client_classes: ClassVar[tuple[str, str]]
    """The names of the SDK's client classes, sync and async: `("OpenAI", "AsyncOpenAI")`."""
    owned: ClassVar[Mapping[str, str]]
    """The params that ell2a owns: name -> why, and what to write instead."""
    notes: ClassVar[Mapping[str, ParamNote]]
    """What the wire's table adds to the signature: missing params, ranges, models that differ."""
    rules: ClassVar[tuple[ParamRule, ...]]
    """What is wrong with values that are right each for itself."""
    server_agents: ClassVar[Kinds] = {}
    """The wire's own agents, by type; those of one service stand in its row."""
    error_rules: ClassVar[tuple[ErrorRule, ...]]
    """Status and body -> class, the first that fits."""
    universal: ClassVar[Mapping[str, UniversalRule]]
    stand_ins: ClassVar[Mapping[str, Any] | None] = None
    """What stands for each argument that `create` insists on where the body goes out by `extra_body`; None: it goes as
    arguments. See `_arguments`."""

    end_mark: ClassVar[bytes | None] = None
    """The data of an event that comes after the answer's last one, on wires that send such; None: the last is the end."""

    @abstractmethod
    def resource(self, client: Any) -> Any:
        """The resource of a client whose `create` makes the call, such as `client.chat.completions`."""

    # --- params ---

    def disallowed_provider_params(self) -> Mapping[str, str]:
        return self.owned

    def param_source(self, client: Any = None, model: str | None = None) -> ParamSource:
        return signature_params.source_of(self.sdk, self.provider_call_function(client, model))

    def available_params(self, client: Any = None, model: str | None = None) -> Mapping[str, Param]:
        params = signature_params.params_of(
            self.param_source(client, model),
            owned=self.owned,
            notes=self.notes,
            universal=self.universal,
            row=self.row,
            wire=self.wire,
            model=model,
        )
        return observed_params.marked(params, self.name, model, self.wire)

    def validate_call_params(
        self,
        client: Any = None,
        model: str | None = None,
        api_params: Mapping[str, Any] | None = None,
        *,
        agents: Sequence[AnyAgent] | None = None,
        agent_choice: AgentChoice | None = None,
        response_format: ResponseFormat | None = None,
        stream: bool | None = None,
    ) -> None:
        given, source = api_params or {}, self.param_source(client, model)
        target = f"{self.name}/{model}" if model else self.name
        own = self.row.server_agents.get(self.wire, {})
        param_check.check(
            target,
            source,
            self.available_params(client, model),
            given,
            rules=self.rules,
            asked=Asked(
                provider=self.name,
                model=model or "",
                params=with_extra_body(given),
                agents=agents,
                agent_choice=agent_choice,
                response_format=response_format,
                stream=stream,
                quirks=self.row.quirks_on(self.wire),
            ),
            more=faults_of(
                target,
                source,
                {**self.server_agents, **own},
                agents or (),
                wire=self.wire,
                model=model,
                silent_on=self._said_nothing_of(own),
            ),
        )

    def _said_nothing_of(self, own: Kinds) -> frozenset[str]:
        """The wire's own agents of which nothing says that this service has them, where its row lists some."""
        if not own or self.wire in self.row.runs_wire_agents:
            return frozenset()
        return frozenset(run_by_provider(self.server_agents)) - own.keys()

    # --- the SDK ---

    def provider_call_arguments(self, native: NativeRequest) -> dict[str, Any]:
        names = signature_params.argument_names(self.provider_call_function())
        arguments = {name: value for name, value in native.items() if name in names}
        rest = {name: value for name, value in native.items() if name not in names}
        if rest:
            arguments["extra_body"] = rest
        return arguments

    def make_client(self, asynchronous: bool = False) -> Any:
        require(self.sdk, self.name)
        key = self.row.api_key()
        if key is None and self.row.key and not self.row.key_optional:
            raise MissingKey(self.name, self.row.key)
        own = self.row.client
        if own is not None:
            return self._own_client(own, asynchronous)
        made = getattr(self._module(), self.client_classes[asynchronous])
        return made(api_key=key or _NO_KEY, base_url=self.row.base_url(self.wire))

    def _own_client(self, classes: ClientClasses, asynchronous: bool) -> Any:
        missing = [name for name in classes.needs if not os.environ.get(name)]
        if missing:
            names = " and ".join(f"`{name}`" for name in missing)
            raise CallError(f"{self.name} is called with {names}, which must be set.", provider=self.name)
        return getattr(self._module(), classes.asynchronous if asynchronous else classes.sync)()

    def send(
        self, client: Any, native: NativeRequest, options: Mapping[str, Any] | None = None
    ) -> Answer | EventAnswer:
        resource = self.resource(client)
        arguments = self._arguments(resource, native, options)
        if not native.get("stream"):
            raw = resource.with_raw_response.create(**arguments)
            return self.checked(Answer(_body(self.name, raw.http_response.content), _head(raw)))
        manager = resource.with_streaming_response.create(**arguments)
        response = manager.__enter__()
        events = self._events(response.iter_bytes(), _decoder(response))
        return EventAnswer(events, response.close, _head(response))

    def _arguments(self, resource: Any, native: NativeRequest, options: Mapping[str, Any] | None) -> dict[str, Any]:
        """What `create` is called with.

        Where the SDK walks through its arguments by their types, which changes nothing in plain JSON and takes a
        third of a call's time, the same body goes out by `extra_body`, which it merges over what it made of the
        arguments. Somebody who has put a function of their own in the place of `create`, as instrumentations do, is
        given every argument by name.
        """
        if self.stand_ins is None or not _is_the_sdks_own(resource, self.sdk.package):
            return {**self.provider_call_arguments(native), **(options or {})}
        # The SDK itself looks at these two: Azure's address holds the model.
        looked_at: dict[str, Any] = {name: native[name] for name in ("model", "stream") if name in native}
        body = {name: value for name, value in native.items() if name not in looked_at}
        return {**self.stand_ins, **looked_at, "extra_body": body, **(options or {})}

    async def asend(
        self, client: Any, native: NativeRequest, options: Mapping[str, Any] | None = None
    ) -> Answer | AsyncEventAnswer:
        resource = self.resource(client)
        arguments = self._arguments(resource, native, options)
        if not native.get("stream"):
            raw = await resource.with_raw_response.create(**arguments)
            return self.checked(Answer(_body(self.name, raw.http_response.content), _head(raw)))
        manager = resource.with_streaming_response.create(**arguments)
        response = await manager.__aenter__()
        events = self._aevents(response.iter_bytes(), _decoder(response))
        return AsyncEventAnswer(events, response.close, _head(response))

    def ask_models(
        self,
        client: Any,
        address: str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> ModelsAnswer:
        models: Any = getattr(client, "models", None)
        if address is None and models is None:
            raise NotFound(f"a {type(client).__name__} has no `models`", provider=self.name)
        try:
            if address is None:
                raw = models.with_raw_response.list(extra_query=dict(query or {}), extra_headers=dict(headers or {}))
                return ModelsAnswer(_body(self.name, raw.http_response.content), str(raw.http_request.url))
            options = {"params": dict(query or {}), "headers": dict(headers or {})}
            # `object`: the JSON value as it came, made into no class of the SDK.
            if body is None:
                return ModelsAnswer(client.get(address, cast_to=object, options=options), address)
            return ModelsAnswer(client.post(address, cast_to=object, body=dict(body), options=options), address)
        except CallError:
            raise
        except Exception as exception:
            raise self.translate_error(exception) from exception

    def translate_error(self, exception: BaseException) -> CallError:
        return error_from(exception, self._module(), self.error_rules, provider=self.name)

    def translate_error_told(self, told: Any, head: AnswerHead) -> CallError:
        return error_told(told, head, self.error_rules, provider=self.name)

    def checked(self, answer: Answer) -> Answer:
        """The answer. Raises CallError for an error that came with status 200, as gateways send them."""
        body = answer.body
        if isinstance(body, dict) and body.get("error") and not any(body.get(name) for name in _ANSWERS):
            raise self.translate_error_told(body, answer.head)
        return answer

    def event(self, sse: ServerSentEvent) -> Any:
        """The native event of a server-sent one, or None for one that carries nothing, such as `[DONE]`.

        An event that is no JSON becomes `{"error": ...}`, as the wire's own errors in a stream are.
        """
        if sse.data.strip() == b"[DONE]":
            return {"type": "[DONE]"}
        try:
            return pydantic_core.from_json(sse.data)
        except ValueError:
            text = sse.data.decode("utf-8", "replace")
            return {"error": {"type": "unreadable_event", "message": f"no JSON: {text[:200]!r}"}}

    def events(self, found: Sequence[ServerSentEvent]) -> list[Any]:
        """`event` of each, parsed at once as far as they are JSON objects."""
        objects = [sse.data for sse in takewhile(_looks_an_object, found)]
        try:
            parsed = pydantic_core.from_json(b"[%b]" % b",".join(objects))
        except ValueError:
            parsed = []
        if len(parsed) != len(objects):
            parsed = []
        return [*parsed, *map(self.event, found[len(parsed) :])]

    def _events(self, pieces: Iterator[bytes], decoder: EventDecoder) -> Iterator[tuple[Any, int]]:
        for piece in pieces:
            for sse in decoder.feed(piece):
                yield self.event(sse), len(sse.data)
        for sse in decoder.flush():
            yield self.event(sse), len(sse.data)

    async def _aevents(self, pieces: AsyncIterator[bytes], decoder: EventDecoder) -> AsyncIterator[tuple[Any, int]]:
        async for piece in pieces:
            for sse in decoder.feed(piece):
                yield self.event(sse), len(sse.data)
        for sse in decoder.flush():
            yield self.event(sse), len(sse.data)

    def _module(self) -> ModuleType:
        return import_module(self.sdk.package)


def _looks_an_object(sse: ServerSentEvent) -> bool:
    return sse.data.startswith(b"{") and sse.data.endswith(b"}")


def _is_the_sdks_own(resource: Any, package: str) -> bool:
    """Whether a resource's `create` is the function that came with the SDK."""
    create = vars(type(resource)).get("create")
    # A wrapper's `__module__` is that of what it wraps: its code tells where it stands.
    return (
        type(create) is FunctionType
        and create.__globals__.get("__name__", "").startswith(package)
        and "create" not in vars(resource)
    )


def _decoder(response: Any) -> EventDecoder:
    """What reads the stream, by the type that the service says it has."""
    kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    return AwsEventDecoder() if kind == CONTENT_TYPE else SseDecoder()


def _head(raw: Any) -> AnswerHead:
    headers = dict(raw.headers.items())
    return AnswerHead(raw.status_code, request_id(headers), getattr(raw, "retries_taken", 0) or 0, headers)


def _body(provider: str, content: bytes) -> Any:
    try:
        return pydantic_core.from_json(content)
    except ValueError as error:
        text = content.decode("utf-8", "replace")
        raise UnreadableResponse(
            f"{provider} answered with no JSON: {text[:120]!r}", provider=provider, body=text
        ) from error
