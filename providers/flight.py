"""One call on its way: all of the call path that neither waits nor touches the network, shared by its sync and async halves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ell2a.calls import (
    Attempt,
    CallClosing,
    CallMetadata,
    CallOpening,
    CallStatus,
    Chunk,
    Ell2aCall,
    Ell2aResponse,
    ErrorRecord,
    Timing,
    TranslationItem,
    new_call_id,
)
from ell2a.errors import CallError, ContractError, Ell2aError, StreamBroken, UnreadableResponse
from ell2a.messages import AgentCallBlock, Message
from ell2a.providers import converted, prices
from ell2a.providers.answer import AnswerHead
from ell2a.providers.definition import Definition
from ell2a.providers.observations import observed_in
from ell2a.providers.report import Report
from ell2a.providers.requirements import check_messages
from ell2a.providers.sdk import sdk_of

if TYPE_CHECKING:
    from ell2a.providers.provider import Provider


class Flight:
    """Built before the request leaves: the native request stands, and is known to be sendable."""

    def __init__(
        self,
        provider: Provider,
        call: Ell2aCall,
        request: dict[str, Any],
        translation: Sequence[TranslationItem],
        client: Any = None,
    ) -> None:
        self.provider, self.call, self.request, self.translation = provider, call, request, translation
        self.given_client = client
        self.call_id = new_call_id()
        self.started_at = datetime.now(UTC)
        self._clock = time.perf_counter()
        self.head = AnswerHead()
        self.attempts: list[Attempt] | None = None
        """Each try, where whoever sends the request sees them; None: only what `head` tells of them is known."""
        self.chunks: list[Chunk] = []
        self.first_token_ms: float | None = None
        self.endpoint = provider.endpoint(client)
        self.raised: Ell2aError | None = None
        """The error that the call ended with."""

    @classmethod
    def of(cls, definition: Definition, messages: list[Message], client: Any) -> Flight:
        """A defined call with its messages, translated. Raises DefinitionError for what cannot be sent."""
        from ell2a.providers.registry import provider_for_client

        provider = provider_for_client(definition.provider, client)
        if provider is not definition.provider:
            # A client given to the call alone talks to another service than the one that was defined.
            definition = replace(definition, provider=provider)
        call = definition.call(messages)
        check_messages(provider, call)
        report = Report(f"{provider.name}/{definition.model} on {provider.wire}", replay=definition.replay)
        request = provider.translate_ell2a_to_provider(call, report)
        converted.check(definition, request)
        return cls(provider, call, request, report.items, client if client is not None else definition.client)

    def opening(self) -> CallOpening:
        """What an observer is told before the request leaves."""
        return CallOpening(
            call_id=self.call_id,
            call=self.call,
            request=self.request,
            translation=self.translation,
            endpoint=self.endpoint,
            sdk=sdk_of(self.provider.sdk),
            started_at=self.started_at,
        )

    def leaves(self) -> None:
        """The request leaves now: times are counted from here."""
        if self.provider.row.prices is not None:
            prices.warm_up()
        self._clock = time.perf_counter()

    def elapsed_ms(self, at: float | None = None) -> float:
        """Milliseconds from when the request left until now, or until a time of `time.perf_counter`."""
        return ((time.perf_counter() if at is None else at) - self._clock) * 1000

    def chunk(self, size: int, at: float | None = None) -> float:
        """Note the arrival of one event; gives its time in milliseconds. `at`: see `elapsed_ms`."""
        elapsed = self.elapsed_ms(at)
        self.chunks.append(Chunk(elapsed, size))
        return elapsed

    # --- endings ---

    def answered(self, body: Any) -> CallClosing:
        """A whole answer, translated. A fault of the translator is an error of the call; the body is logged all the same."""
        if not isinstance(body, dict):
            unreadable = UnreadableResponse(
                f"{self.provider.name} answered with {type(body).__name__}, not a JSON object.", body=body
            )
            return self.failed(unreadable, raw=body)
        try:
            response = self._translated(body)
        except Exception as exception:
            return self.failed(_as_contract_error(self.provider, exception), raw=body)
        return CallClosing(
            status="ok", metadata=response.metadata, response=response, response_raw=body, chunks=self.chunks
        )

    def cut_short(self, body: Any, *, broken: StreamBroken | None) -> CallClosing:
        """A stream that was not read, or did not come, to its end."""
        response = None
        if isinstance(body, dict):
            try:
                response = self._translated(body)
            except Exception as exception:
                broken = broken or StreamBroken(str(_as_contract_error(self.provider, exception)))
        if broken is not None:
            broken.partial = response
            self._stamped(broken)
        return CallClosing(
            status="partial",
            metadata=response.metadata if response else self._bare_metadata(),
            response=response,
            response_raw=body,
            error=error_record(broken) if broken else None,
            chunks=self.chunks,
        )

    def failed(self, error: Ell2aError, *, raw: Any = None, status: CallStatus = "error") -> CallClosing:
        """No answer, or none that can be read."""
        self.raised = self._stamped(error)
        return CallClosing(
            status=status,
            metadata=self._bare_metadata(error),
            response_raw=raw,
            error=error_record(error),
            chunks=self.chunks,
            observed=observed_in(error.status, error.body, self.request) if isinstance(error, CallError) else (),
        )

    def error_of(self, exception: BaseException) -> CallError:
        """One of ours for whatever came out of the SDK."""
        if isinstance(exception, CallError):
            return exception
        error = self.provider.translate_error(exception)
        error.provider = error.provider or self.provider.name
        error.model = error.model or self.call.model
        return error

    def error_told(self, event: Any) -> CallError:
        """One of ours for an error that an event of the stream told."""
        return self.provider.translate_error_told(event, self.head)

    def _stamped(self, error: Ell2aError) -> Ell2aError:
        if isinstance(error, CallError):
            error.call_id = self.call_id
            error.provider = error.provider or self.provider.name
            error.model = error.model or self.call.model
        return error

    def _translated(self, body: Any) -> Ell2aResponse:
        response = self.provider.translate_provider_to_ell2a(body, self.call)
        for message in response.messages:
            message.from_call(self.call_id)
            for block in message.content:
                if isinstance(block, AgentCallBlock):
                    spec = self.call.agent_named(block.name)
                    block.bind(spec.agent if spec else None)
        found = response.metadata
        response.metadata = found.model_copy(
            update={
                "endpoint": self.endpoint,
                "sdk": sdk_of(self.provider.sdk),
                "timing": self._timing(),
                "attempts": self._attempts(),
                "cost": found.cost or prices.cost_of(self.provider.row, found, at=self.started_at),
            }
        )
        response.call_id = self.call_id
        return response

    def _bare_metadata(self, error: Ell2aError | None = None) -> CallMetadata:
        return CallMetadata(
            provider=self.provider.name,
            wire=self.provider.wire,
            model=self.call.model,
            endpoint=self.endpoint,
            sdk=sdk_of(self.provider.sdk),
            timing=self._timing(),
            attempts=self._attempts(error),
        )

    def _timing(self) -> Timing:
        return Timing(started_at=self.started_at, first_token_ms=self.first_token_ms, duration_ms=self.elapsed_ms())

    def _attempts(self, error: Ell2aError | None = None) -> list[Attempt]:
        if self.attempts is not None:
            return list(self.attempts)
        # The SDKs tell how often they tried again, not why: the earlier tries have no status here.
        earlier = [Attempt(number=n + 1) for n in range(self.head.retries)]
        status = error.status if isinstance(error, CallError) else self.head.status
        request_id = (error.request_id if isinstance(error, CallError) else None) or self.head.request_id
        last = Attempt(
            number=len(earlier) + 1,
            status=status,
            request_id=request_id,
            error=type(error).__name__ if error else None,
            duration_ms=None if earlier else self.elapsed_ms(),
        )
        return [*earlier, last]


def error_record(error: Ell2aError) -> ErrorRecord:
    """An error as it is kept and shown."""
    if not isinstance(error, CallError):
        return ErrorRecord(error_class=type(error).__name__, message=str(error))
    return ErrorRecord(
        error_class=error.kind if isinstance(error, StreamBroken) else type(error).__name__,
        message=error.message,
        status=error.status,
        request_id=error.request_id,
        retry_after=error.retry_after,
        body=error.body,
    )


def _as_contract_error(provider: Any, exception: Exception) -> Ell2aError:
    if isinstance(exception, Ell2aError):
        return exception
    error = ContractError(
        f"{provider!r} could not translate an answer: {type(exception).__name__}: {exception}. The raw body is in the log."
    )
    error.__cause__ = exception
    return error
