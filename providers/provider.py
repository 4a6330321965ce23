"""The contract: what a subclass says of one wire so that everything else can be done for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, ClassVar, final

from ell2a.calls import (
    AgentChoice,
    AnyAgent,
    CallObserver,
    Delta,
    Ell2aCall,
    Ell2aResponse,
    ResponseFormat,
)
from ell2a.errors import CallError, NotFound
from ell2a.messages import Message
from ell2a.providers import call_path, defining
from ell2a.providers.accumulator import Accumulator
from ell2a.providers.answer import Answer, AnswerHead, AsyncEventAnswer, EventAnswer, ModelsAnswer
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.definition import Definition
from ell2a.providers.errors import error_told
from ell2a.providers.hosts import endpoint_of
from ell2a.providers.params import Param, ParamSource
from ell2a.providers.report import Report
from ell2a.providers.rows import ProviderRow
from ell2a.providers.sdk import SdkNeed
from ell2a.providers.streams import AsyncStream, Stream
from ell2a.providers.universal import UniversalRule

NativeRequest = dict[str, Any]
"""The JSON body that goes out."""
NativeResponse = dict[str, Any]
"""The JSON body that came in."""


class Provider(ABC):
    """One wire, spoken to one service.

    A subclass speaks a wire; an instance is a service, made from a row. Translators are pure functions
    over plain JSON values, never over an SDK's classes, and never raise on an answer of another shape.
    """

    wire: ClassVar[str]
    """The name of the request and response format, such as `openai-chat`."""
    sdk: ClassVar[SdkNeed]
    """The package that makes the call."""
    universal: ClassVar[Mapping[str, UniversalRule]]
    """How the wire takes each universal param, by its field in UniversalParams."""
    native_keys: ClassVar[Mapping[str, str]]
    """The keys that may stand in `native` of a block, message or agent on this wire -> why none of them has a universal field."""

    kept_elsewhere: ClassVar[Mapping[str, str]] = {}
    """Params by which the service takes up what is not in the request -> what that is, such as an answer that it keeps."""
    joins_turns: ClassVar[bool] = False
    """Whether the service makes one turn of messages of one role in a row."""
    takes_citations: ClassVar[bool] = True
    """Whether a request may hold the citations of an earlier answer of another service's."""
    longest_call_id: ClassVar[int | None] = None
    """The most characters that the id of an agent's call may have; None: no limit is known."""

    def __init__(self, row: ProviderRow) -> None:
        self.row = row

    @property
    def name(self) -> str:
        """The provider's name, under which its calls are logged."""
        return self.row.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} on {self.wire}>"

    # --- params and capabilities ---

    @abstractmethod
    def provider_call_function(self, client: Any = None, model: str | None = None) -> Any:
        """The SDK function that makes the call, unbound, from the class: no client is made, no key needed.

        Raises MissingSdk where the package is not installed.
        """

    @abstractmethod
    def disallowed_provider_params(self) -> Mapping[str, str]:
        """The params that ell2a owns: name -> why, and what to write instead."""

    @abstractmethod
    def param_source(self, client: Any = None, model: str | None = None) -> ParamSource:
        """Where the params come from."""

    @abstractmethod
    def available_params(self, client: Any = None, model: str | None = None) -> Mapping[str, Param]:
        """Every param by name: type, default, required, range, route, allowed or why not, and who says so."""

    @abstractmethod
    def capabilities(self, client: Any = None, model: str | None = None) -> ProviderCapabilities:
        """What the model can do, each fact with its source. Without a model: what the wire and the provider can."""

    @abstractmethod
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
        """Raises InvalidParams with every fault at once: names, types, ranges, rules across params.

        Rules that tell of agents are held only where `agents` is given, be it empty; those that tell of the
        stream where `stream` is.
        """

    # --- translation: pure, over plain JSON ---

    @abstractmethod
    def translate_ell2a_to_provider(self, call: Ell2aCall, report: Report | None = None) -> NativeRequest:
        """Universal -> native request. Says in the report, where one is given, what became of each part.

        Raises UnsupportedCapability for what the wire cannot carry, unless the report is a replay's.
        """

    @abstractmethod
    def translate_request_to_ell2a(self, native: NativeRequest) -> Ell2aCall:
        """Native request -> universal: for traced clients and imports."""

    @abstractmethod
    def translate_provider_to_ell2a(self, response: NativeResponse, call: Ell2aCall) -> Ell2aResponse:
        """Native response -> universal. Never raises: what it does not know becomes `opaque` or a named fault in `metadata.other`."""

    @abstractmethod
    def accumulator(self) -> Accumulator:
        """A fresh accumulator for one stream."""

    def joined(self, events: Iterable[Any]) -> Iterable[Any]:
        """Events of a stream that nobody waits for any more -> fewer that amount to the same: see `joined_pieces`."""
        return events

    @final
    def accumulate(self, events: Iterable[Any]) -> Generator[Delta, None, NativeResponse]:
        """A stream -> the native response it amounts to (the generator's return value), with deltas on the way."""
        accumulator = self.accumulator()
        for event in events:
            yield from accumulator.feed(event)
        return dict(accumulator.response())

    # --- the SDK ---

    @abstractmethod
    def provider_call_arguments(self, native: NativeRequest) -> dict[str, Any]:
        """Native request -> the SDK function's arguments; what it has no argument for goes to `extra_body`."""

    def declared_part(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """The part of those arguments that `param_source` tells of, where it is no signature: all of them, as with botocore.

        A wire whose params are the fields of one argument says which: `return arguments["config"]`.
        """
        return arguments

    @abstractmethod
    def make_client(self, asynchronous: bool = False) -> Any:
        """A client from the row: base URL, key variable. Raises MissingSdk or MissingKey."""

    @abstractmethod
    def send(
        self, client: Any, native: NativeRequest, options: Mapping[str, Any] | None = None
    ) -> Answer | EventAnswer:
        """The only line that touches the network. Lets the SDK's exceptions pass."""

    @abstractmethod
    async def asend(
        self, client: Any, native: NativeRequest, options: Mapping[str, Any] | None = None
    ) -> Answer | AsyncEventAnswer:
        """`send` with an asynchronous client."""

    def ask_models(
        self,
        client: Any,
        address: str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> ModelsAnswer:
        """One answer of a models endpoint, as it came. `address` None: that of the SDK's own `models.list`; a body is posted.

        Raises CallError. A wire whose SDK cannot ask raises NotFound, as this does.
        """
        del client, address, query, headers, body
        raise NotFound(f"the wire {self.wire} has no models endpoint", provider=self.name)

    @abstractmethod
    def translate_error(self, exception: BaseException) -> CallError:
        """The SDK's exception -> one of ell2a.errors, with status, body, request id and retry-after."""

    def translate_error_told(self, told: Any, head: AnswerHead) -> CallError:
        """An error inside an answer of status 200 (a whole body, or an event of a stream) -> one of ell2a.errors."""
        return error_told(told, head, (), provider=self.name)

    def endpoint(self, client: Any = None) -> str | None:
        """Scheme and host that a client talks to, or the row's; None where it is not known yet."""
        url = getattr(client, "base_url", None)
        if url is None:
            try:
                url = self.row.base_url(self.wire)
            except CallError:
                return None
        return endpoint_of(str(url))

    # --- the whole way; final ---

    @final
    def define(
        self,
        model: str,
        *,
        client: Any = None,
        agents: Sequence[AnyAgent] = (),
        agent_choice: AgentChoice | None = None,
        response_format: ResponseFormat | None = None,
        stream: bool = False,
        default_params: Mapping[str, Any] | None = None,
        **api_params: Any,
    ) -> Definition:
        """Check a call before any request exists. Raises DefinitionError; warns where the SDK is missing."""
        return defining.define(
            self,
            model,
            client=client,
            agents=agents,
            agent_choice=agent_choice,
            response_format=response_format,
            stream=stream,
            default_params=default_params or {},
            api_params=api_params,
        )

    @final
    def call_model(
        self,
        client: Any = None,
        model: str | None = None,
        messages: Sequence[Message] | None = None,
        agents: Sequence[AnyAgent] | None = None,
        observer: CallObserver | None = None,
        *,
        definition: Definition | None = None,
        **api_params: Any,
    ) -> Ell2aResponse | Stream:
        """The one call path: check, translate, tell the observer, send, translate back.

        With a `definition` everything in it is taken as checked; else one is made here of `model`,
        `agents` and `api_params` (which may hold `agent_choice`, `response_format` and `stream`).
        Gives a Stream where the definition says `stream`. Raises CallError.
        """
        made = definition or self.define(model or "", client=client, agents=agents or (), **api_params)
        return call_path.call(made, list(messages or ()), client=client, observer=observer)

    @final
    async def acall_model(
        self,
        client: Any = None,
        model: str | None = None,
        messages: Sequence[Message] | None = None,
        agents: Sequence[AnyAgent] | None = None,
        observer: CallObserver | None = None,
        *,
        definition: Definition | None = None,
        **api_params: Any,
    ) -> Ell2aResponse | AsyncStream:
        """`call_model`, awaited."""
        made = definition or self.define(model or "", client=client, agents=agents or (), **api_params)
        return await call_path.acall(made, list(messages or ()), client=client, observer=observer)
