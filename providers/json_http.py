"""A wire without an SDK of its own: one POST of JSON over httpx2, answered by JSON, by server-sent events or by JSON lines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

import pydantic_core

from ell2a import errors
from ell2a.calls import AgentChoice, AnyAgent, ResponseFormat
from ell2a.errors import CallError, ContractError, MissingKey, UnreadableResponse
from ell2a.providers import param_check, signature_params
from ell2a.providers.answer import Answer, AnswerHead, AsyncEventAnswer, EventAnswer
from ell2a.providers.capabilities import UNKNOWN, ProviderCapabilities, no, yes
from ell2a.providers.declared_params import source_in
from ell2a.providers.errors import ErrorRule, error_told, of_status, request_id
from ell2a.providers.facts import facts_for
from ell2a.providers.param_rules import Asked, ParamRule, with_extra_body
from ell2a.providers.params import Param, ParamSource
from ell2a.providers.provider import NativeRequest, Provider
from ell2a.providers.sdk import SdkNeed, require
from ell2a.providers.sse import SseDecoder
from ell2a.providers.wire_params import ParamNote

_TIMEOUT_S = 600


class JsonHttpProvider(Provider):
    """A wire that is spoken over plain HTTP. A subclass has the tables and the translators; this has the rest.

    `send` posts the native request to `path` below the row's base URL, with the row's key as a bearer token.
    """

    sdk: ClassVar[SdkNeed] = SdkNeed("httpx2", "http", ("2.0.0", "2.99"))
    path: ClassVar[str]
    """Where the request goes, below the base URL: `/api/chat`."""
    streams_as: ClassVar[Literal["server-sent events", "lines"]] = "server-sent events"
    """The form of a stream: server-sent events, each with JSON as its data, or a JSON value a line."""
    declaration: ClassVar[Any]
    """The body's params: a pydantic model class, a dict of name -> type, ParamNote or dict, or a botocore structure."""
    owned: ClassVar[Mapping[str, str]]
    """The params that ell2a owns: name -> why, and what to write instead."""
    notes: ClassVar[Mapping[str, ParamNote]] = {}
    """What is to be said of a param beyond its declaration."""
    rules: ClassVar[Sequence[ParamRule]] = ()
    """What is wrong with values that are right each for itself."""
    error_rules: ClassVar[Sequence[ErrorRule]] = ()
    """Status and body -> class, where the body says more than the status."""

    can: ClassVar[Sequence[str] | Mapping[str, Any]]
    """The capabilities that the wire has, by their names in ProviderCapabilities; as a mapping with the value of each, or None."""
    cannot: ClassVar[Sequence[str]]
    """The capabilities that it lacks. What stands in neither is unknown."""
    docs: ClassVar[str]
    """The address of the service's reference, the source of both."""

    def answers_with_error(self, body: Any) -> bool:
        """Whether an answer of status 200, or an event of a stream, tells an error: where it has an `error` that says something."""
        return isinstance(body, dict) and bool(body.get("error"))

    # --- params and capabilities ---

    @cached_property
    def _wire_facts(self) -> ProviderCapabilities:
        values = dict(self.can) if isinstance(self.can, Mapping) else dict.fromkeys(self.can)
        named, known = [*values, *self.cannot], ProviderCapabilities.model_fields
        wrong = [name for name in named if name not in known] + [name for name in values if name in self.cannot]
        if wrong:
            raise ContractError(
                f"{type(self).__qualname__}: `can` and `cannot` hold {wrong[0]!r}, which is no capability, or in both;"
                f" the capabilities are {', '.join(known)}."
            )
        facts = dict.fromkeys(known, UNKNOWN)
        facts |= {name: yes("wire", value=value, detail=self.docs) for name, value in values.items()}
        return ProviderCapabilities(**facts | {name: no("wire", detail=self.docs) for name in self.cannot})

    def capabilities(self, client: Any = None, model: str | None = None) -> ProviderCapabilities:
        del client
        return facts_for(self.row, self._wire_facts, model, self.wire)

    def provider_call_function(self, client: Any = None, model: str | None = None) -> Any:
        del client, model
        require(self.sdk, self.name)
        import httpx2

        return httpx2.Client.post

    def disallowed_provider_params(self) -> Mapping[str, str]:
        return self.owned

    @cached_property
    def _source(self) -> ParamSource:
        return source_in(self.declaration, described_as=f"{type(self).__qualname__}.declaration")

    def param_source(self, client: Any = None, model: str | None = None) -> ParamSource:
        del client, model
        return self._source

    def available_params(self, client: Any = None, model: str | None = None) -> Mapping[str, Param]:
        del client
        return signature_params.params_of(
            self._source,
            owned=self.owned,
            notes=self.notes,
            universal=self.universal,
            row=self.row,
            wire=self.wire,
            model=model,
        )

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
        given = api_params or {}
        asked = Asked(
            provider=self.name,
            model=model or "",
            params=with_extra_body(given),
            agents=agents,
            agent_choice=agent_choice,
            response_format=response_format,
            stream=stream,
            quirks=self.row.quirks_on(self.wire),
        )
        target = f"{self.name}/{model}" if model else self.name
        params = self.available_params(client, model)
        param_check.check(target, self._source, params, given, rules=self.rules, asked=asked)

    # --- the transport ---

    def provider_call_arguments(self, native: NativeRequest) -> dict[str, Any]:
        return {"url": self.path.lstrip("/"), "json": native}

    def declared_part(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        body: Mapping[str, Any] = arguments["json"]
        return body

    def headers(self, key: str | None) -> dict[str, str]:
        """The headers of every request."""
        return {} if key is None else {"authorization": f"Bearer {key}"}

    def make_client(self, asynchronous: bool = False) -> Any:
        require(self.sdk, self.name)
        import httpx2

        key = self.row.api_key()
        if key is None and self.row.key and not self.row.key_optional:
            raise MissingKey(self.name, self.row.key)
        made = httpx2.AsyncClient if asynchronous else httpx2.Client
        return made(base_url=self.row.base_url(self.wire), headers=self.headers(key), timeout=_TIMEOUT_S)

    def send(
        self, client: Any, native: NativeRequest, options: Mapping[str, Any] | None = None
    ) -> Answer | EventAnswer:
        request = client.build_request("POST", **self._arguments(native, options))
        response = client.send(request, stream=True)
        if response.is_error or not native.get("stream"):
            response.read()
            return self._whole(response)
        return EventAnswer(self._events(response.iter_bytes()), response.close, _head(response))

    async def asend(
        self, client: Any, native: NativeRequest, options: Mapping[str, Any] | None = None
    ) -> Answer | AsyncEventAnswer:
        request = client.build_request("POST", **self._arguments(native, options))
        response = await client.send(request, stream=True)
        if response.is_error or not native.get("stream"):
            await response.aread()
            return self._whole(response)
        return AsyncEventAnswer(self._aevents(response.aiter_bytes()), response.aclose, _head(response))

    def translate_error(self, exception: BaseException) -> CallError:
        import httpx2

        if isinstance(exception, httpx2.HTTPStatusError):
            return of_status(exception, self.error_rules, self.name)
        if isinstance(exception, httpx2.TimeoutException):
            return errors.CallTimeout(f"{self.name} did not answer in time: {exception}", provider=self.name)
        if isinstance(exception, httpx2.TransportError):
            return errors.ConnectionFailed(f"{self.name} could not be reached: {exception}", provider=self.name)
        kind = type(exception).__name__
        return CallError(f"{self.name}: the call failed with {kind}: {exception}", provider=self.name)

    def _arguments(self, native: NativeRequest, options: Mapping[str, Any] | None) -> dict[str, Any]:
        given = dict(options or {})
        named = {
            "headers": given.get("extra_headers"),
            "params": given.get("extra_query"),
            "timeout": given.get("timeout"),
        }
        return {**self.provider_call_arguments(native), **{name: v for name, v in named.items() if v is not None}}

    def _whole(self, response: Any) -> Answer:
        response.raise_for_status()
        try:
            body = pydantic_core.from_json(response.content)
        except ValueError as error:
            text = response.text
            raise UnreadableResponse(
                f"{self.name} answered with no JSON: {text[:120]!r}", provider=self.name, body=text
            ) from error
        if self.answers_with_error(body):
            raise error_told(body, _head(response), self.error_rules, provider=self.name)
        return Answer(body, _head(response))

    def _events(self, pieces: Iterator[bytes]) -> Iterator[tuple[Any, int]]:
        decoder = _LineDecoder() if self.streams_as == "lines" else _DataDecoder()
        for piece in pieces:
            yield from decoder.feed(piece)
        yield from decoder.flush()

    async def _aevents(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[Any, int]]:
        decoder = _LineDecoder() if self.streams_as == "lines" else _DataDecoder()
        async for piece in pieces:
            for event in decoder.feed(piece):
                yield event
        for event in decoder.flush():
            yield event


class _DataDecoder:
    """Server-sent events whose data is JSON."""

    def __init__(self) -> None:
        self._decoder = SseDecoder()

    def feed(self, piece: bytes) -> Iterator[tuple[Any, int]]:
        yield from ((_event(sse.data), len(sse.data)) for sse in self._decoder.feed(piece))

    def flush(self) -> Iterator[tuple[Any, int]]:
        yield from ((_event(sse.data), len(sse.data)) for sse in self._decoder.flush())


class _LineDecoder:
    """A JSON value a line. Cut at bytes: a line's end is never part of a character."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[tuple[Any, int]]:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        yield from ((_event(line), len(line)) for line in lines if line.strip())

    def flush(self) -> Iterator[tuple[Any, int]]:
        if self._rest.strip():
            yield _event(self._rest), len(self._rest)


def _event(data: bytes) -> Any:
    """An event's JSON. One that is none becomes an error, as services tell their own in a stream."""
    if data.strip() == b"[DONE]":
        return {"type": "[DONE]"}
    try:
        return pydantic_core.from_json(data)
    except ValueError:
        text = data.decode("utf-8", "replace")
        return {"error": {"type": "unreadable_event", "message": f"no JSON: {text[:200]!r}"}}


def _head(response: Any) -> AnswerHead:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return AnswerHead(response.status_code, request_id(headers), 0, headers)
