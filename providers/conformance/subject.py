"""A provider as the laws see it: the instance, the samples, and what its author lists with reasons."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.errors import CallError, ContractError
from ell2a.messages import Message, OpaqueBlock, user
from ell2a.providers.conformance.samples import AnswerSample, ErrorSample, Rewriting, StreamSample
from ell2a.providers.conformance.transport import Reply, Transport, httpx_of
from ell2a.providers.definition import Definition
from ell2a.providers.json_http import JsonHttpProvider
from ell2a.providers.provider import Provider
from ell2a.providers.rows import ProviderRow
from ell2a.providers.stainless import StainlessProvider
from ell2a.providers.streams import AsyncStream, Stream

NOWHERE = "http://conformance.invalid/v1"
"""The address of a provider that was given without a row: nothing is ever sent there."""


class Subject:
    """What the author of a provider fills in. Every list is short, and each entry has its reason."""

    provider: ClassVar[Provider | type[Provider]]
    """An instance, or a class that speaks a wire; a class needs no row."""
    row: ClassVar[ProviderRow | None] = None
    """The row to make the instance of, where `provider` is a class."""
    models: ClassVar[Sequence[str]] = ("conformance-model",)
    """Models to check the params and capabilities with; the first is used everywhere else."""
    api_params: ClassVar[Mapping[str, Any]] = {}
    """Params that every call of the wire needs, such as a limit of tokens."""

    answers: ClassVar[Sequence[AnswerSample]] = ()
    """Whole answers, recorded or written after the service's reference: laws 3 and 5."""
    streams: ClassVar[Sequence[StreamSample]] = ()
    """Streamed answers, at least one with its `whole`: law 4."""
    stream_errors: ClassVar[Sequence[bytes]] = ()
    """Events, as bytes, that tell an error in the middle of a stream."""
    errors: ClassVar[Sequence[ErrorSample]] = ()
    """Error bodies of the service, beyond what every status means: law 7."""
    requests: ClassVar[Sequence[Mapping[str, Any]]] = ()
    """Recorded requests, for law 2 beside the generated ones."""

    equivalences: ClassVar[Sequence[Any]] = ()
    """Spellings of a native request that are the same: objects with `name`, `reason` and `rewrite(request)`, in place."""
    normal_form: ClassVar[Sequence[Rewriting]] = ()
    """Spellings of a call, as JSON, that the wire cannot tell apart."""
    untold: ClassVar[Mapping[str, str]] = {}
    """Universal fields that the wire has no place for, `image.title`, `agent_result.is_error` -> why."""
    opaque_kinds: ClassVar[Mapping[str, str]] = {}
    """Kinds of opaque blocks, or the beginnings of their names -> what they are and why the vocabulary has them not."""
    meaningless: ClassVar[Mapping[str, str]] = {}
    """Leaves of a response that say nothing, as `choices.index` -> why."""
    other_fields: ClassVar[Mapping[str, str]] = {}
    """Keys of `metadata.other` -> what they tell; a leaf that went elsewhere into `other` is unaccounted for."""
    answer_message: ClassVar[str] = "message"
    """The part of a native answer that goes back in a history: `choices.0.message`, `content`."""
    not_sent_back: ClassVar[Mapping[str, str]] = {}
    """Leaves of that part which the wire does not take back, as `choices.message.annotations` -> why."""
    param_examples: ClassVar[Mapping[str, Any]] = {}
    """A value for each param whose type does not give one away."""
    param_companions: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Params that cannot be written alone -> what is to stand beside them."""
    beyond_types: ClassVar[Mapping[str, str]] = {}
    """Keys of a payload that the SDK's types lack and the service takes, as `messages.annotations` -> why it is known to."""
    request_id_header: ClassVar[str] = "x-request-id"
    examples: ClassVar[int] = 40
    """How many calls are generated for each question."""
    cuts_every_stream: ClassVar[bool] = False
    """Whether each stream is cut at every byte, and not the shortest alone."""

    # --- what an author may override ---

    def error_body(self, status: int) -> Any:
        """An ordinary error body of the service for a status."""
        return {"error": {"message": f"the service says {status}", "type": "error", "code": None}}

    def connect(self, transport: Transport, *, asynchronous: bool) -> Any:
        """A client of the wire's SDK over our transport, which tries once only. Raises ContractError where none is known."""
        provider = self.instance
        if isinstance(provider, StainlessProvider):
            module = import_module(provider.sdk.package)
            http = module.DefaultAsyncHttpxClient if asynchronous else module.DefaultHttpxClient
            made = transport.asynchronous() if asynchronous else transport.sync()
            return getattr(module, provider.client_classes[asynchronous])(
                api_key="none", base_url=self.base_url, http_client=http(transport=made), max_retries=0
            )
        if isinstance(provider, JsonHttpProvider):
            made = transport.asynchronous() if asynchronous else transport.sync()
            kind = transport.httpx.AsyncClient if asynchronous else transport.httpx.Client
            return kind(base_url=self.base_url, transport=made)
        raise ContractError(
            f"{type(self).__name__}: how {provider!r} is connected to a transport is not known here: override"
            " `connect(transport, asynchronous=...)` to give a client of its SDK over `transport.sync()` or `.asynchronous()`."
        )

    def httpx(self) -> Any:
        """The module, httpx or httpx2, whose transports the SDK takes."""
        provider = self.instance
        if isinstance(provider, StainlessProvider):
            return httpx_of(import_module(provider.sdk.package).DefaultHttpxClient)
        return import_module("httpx2")

    # --- what the laws use ---

    @cached_property
    def instance(self) -> Provider:
        """The provider under test."""
        given = getattr(self, "provider", None)
        if isinstance(given, Provider):
            return given
        if not (isinstance(given, type) and issubclass(given, Provider)):
            raise ContractError(
                f"{type(self).__name__}: `provider` is {given!r}; write `provider = MyProvider`, a subclass or instance of"
                " ell2a.providers.Provider."
            )
        unsaid = [name for name in ("wire", "sdk", "universal", "native_keys") if not hasattr(given, name)]
        if unsaid:
            raise ContractError(
                f"{given.__qualname__} lacks {', '.join(f'`{name}`' for name in unsaid)}: each is said aloud."
            )
        return given(self.row or ProviderRow(name=given.wire, title=given.wire, wires={given.wire: NOWHERE}))

    @cached_property
    def base_url(self) -> str:
        """The address of the provider's row."""
        try:
            return self.instance.row.base_url(self.instance.wire)
        except CallError:
            # A variable in it is not set; nothing is sent there anyhow.
            return NOWHERE

    @cached_property
    def transport(self) -> Transport:
        """What keeps the requests of every client here."""
        return Transport(self.httpx())

    @cached_property
    def client(self) -> Any:
        """A client over the transport."""
        return self.connect(self.transport, asynchronous=False)

    @property
    def model(self) -> str:
        """The model of the generated calls."""
        return self.models[0]

    def call(self, messages: Sequence[Message] | None = None, **more: Any) -> Ell2aCall:
        """A call of the wire with the params that every one needs."""
        params = {**self.api_params, **more.pop("api_params", {})}
        return Ell2aCall(
            model=more.pop("model", self.model),
            provider=self.instance.name,
            wire=self.instance.wire,
            messages=list(messages or [user("Hello")]),
            api_params=params,
            **more,
        )

    def definition(self, call: Ell2aCall) -> Definition:
        """A call as one that was checked."""
        return Definition(
            provider=self.instance,
            model=call.model,
            agents=tuple(call.agents),
            agent_choice=call.agent_choice,
            response_format=call.response_format,
            stream=call.stream,
            api_params=dict(call.api_params),
        )

    def sent(self, call: Ell2aCall) -> dict[str, Any]:
        """The payload of a call as it reaches the transport; what comes back is not looked at."""
        provider, transport = self.instance, self.transport
        transport.bodies.clear()
        transport.reply = Reply([b"{}"], headers={"content-type": "application/json"})
        native = provider.translate_ell2a_to_provider(call)
        answer = provider.send(self.client, native)
        if not isinstance(answer, Stream | AsyncStream) and hasattr(answer, "close"):
            answer.close()
        return transport.bodies[-1]

    def answered(self, call: Ell2aCall, reply: Reply) -> Ell2aResponse | Stream:
        """The whole way of a call that gets this reply. Raises what a user would see."""
        self.transport.reply = reply
        return self.instance.call_model(client=self.client, messages=call.messages, definition=self.definition(call))

    def request_of(self, sample: AnswerSample | StreamSample) -> Ell2aCall:
        """The call that a sample answers."""
        if sample.request is not None:
            return self.instance.translate_request_to_ell2a(copy.deepcopy(dict(sample.request)))
        return self.call(stream=isinstance(sample, StreamSample))

    def canonical(self, native: Mapping[str, Any]) -> dict[str, Any]:
        """The one request that stands for all that are the same to the wire."""
        request = copy.deepcopy(dict(native))
        for equivalence in self.equivalences:
            equivalence.rewrite(request)
        return request

    def normal(self, call: Ell2aCall) -> dict[str, Any]:
        """A call as JSON in the wire's normal form."""
        return self.normal_json(call.model_dump(mode="json"))

    def normal_json(self, call: dict[str, Any]) -> dict[str, Any]:
        """`normal` of a call that is JSON already; the given one is changed."""
        for message in call["messages"]:
            # Of an answer; no request has it.
            message["finish_reason"] = None
        for holder, kind in holders(call):
            for name in self.untold:
                of, _, name_in = name.partition(".")
                if of == kind and name_in in holder:
                    holder[name_in] = [] if isinstance(holder[name_in], list) else None
        for rewriting in self.normal_form:
            rewriting.rewrite(call)
        return call

    def is_named(self, block: OpaqueBlock) -> bool:
        """Whether an opaque block is of a kind that the author lists."""
        return any(block.kind.startswith(kind) for kind in self.opaque_kinds)


def holders(call: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """The parts of a call that is JSON, each with the word that `untold` knows it by."""
    for message in call.get("messages", ()):
        yield message, "message"
        yield from _blocks(message["content"])
    for agent in call.get("agents", ()):
        yield agent, agent["type"]
    if call.get("response_format"):
        yield call["response_format"], "response_format"


def _blocks(content: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    for block in content:
        yield block, block["type"]
        for citation in block.get("citations") or ():
            yield citation, "citation"
        if block["type"] == "agent_result":
            yield from _blocks(block["content"])
