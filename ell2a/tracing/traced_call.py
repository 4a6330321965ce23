"""One call of a traced client, from its first request until its record is closed. Nothing here raises."""

from __future__ import annotations

import asyncio
import dataclasses
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ell2a.calls import CallClosing, CallOpening, CallRecord
from ell2a.errors import CallError
from ell2a.place import calling_place_beyond_libraries
from ell2a.providers import Provider, registry
from ell2a.providers.answer import AnswerHead
from ell2a.providers.errors import request_id
from ell2a.providers.flight import Flight
from ell2a.tracing import answers, bodies, faults, sent
from ell2a.tracing.attempts import Attempts
from ell2a.tracing.bodies import BodyForm, Tee

if TYPE_CHECKING:
    from ell2a.log import CallLog


class TracedCall:
    """What is known of a call while an SDK makes it: its attempts, its answer, its record in the log."""

    def __init__(self, client: Any, wire: str, options: Any, log: CallLog) -> None:
        self._client, self._wire, self._log = client, wire, log
        self._given = sent.Given.of(options)
        self._attempts = Attempts()
        self._flight: Flight | None = None
        self._record: CallRecord | None = None
        self._response: Any = None
        """The answer of the last attempt, where its body is read already: the HTTP client's own object."""
        self._tee: weakref.ref[Tee] | None = None
        """Where the body is read later on: it knows this call, and must not be kept alive by it."""
        self._faults: dict[str, str] = {}
        """What could not be done for the record -> why."""

    # --- told by the HTTP client ---

    def leaves(self, request: Any) -> None:
        """A request is about to leave: before the first one does, the call is logged as pending."""
        opening = self._opening(request)
        if opening is not None:
            try:
                self._record = self._observer().open(opening)
            except Exception as exception:
                self._fault("logged", exception)
        self._begins()

    async def aleaves(self, request: Any) -> None:
        """`leaves`, awaited."""
        opening = self._opening(request)
        if opening is not None:
            try:
                self._record = await self._observer().aopen(opening)
            except Exception as exception:
                self._fault("logged", exception)
        self._begins()

    def broke(self, exception: BaseException) -> None:
        """A request got no answer."""
        self._attempts.broke(exception)

    def answered_by(self, response: Any, *, is_async: bool) -> None:
        """A request was answered; the body may be read later on."""
        try:
            self._answered_by(response, is_async)
        except Exception as exception:
            self._fault("answer", exception)

    # --- told at the boundary of the SDK ---

    def returned(self) -> None:
        """The SDK has made something of the answer. A body that is read later on closes the record then."""
        if self._tee is None:
            self._close(self._whole)

    async def areturned(self) -> None:
        """`returned`, awaited."""
        if self._tee is None:
            await self._aclose(self._whole)

    def raised(self, exception: BaseException) -> None:
        """The SDK raised."""
        tee = self._tee() if self._tee else None
        if tee is not None:
            tee.stop(exception)
        else:
            self._close(lambda flight: self._failed(flight, exception))

    async def araised(self, exception: BaseException) -> None:
        """`raised`, awaited."""
        tee = self._tee() if self._tee else None
        if tee is not None:
            await tee.astop(exception)
        else:
            await self._aclose(lambda flight: self._failed(flight, exception))

    # --- told by the body ---

    def body_over(self, tee: Tee, exception: BaseException | None) -> None:
        """The body came to its end, broke, or is not read on."""
        self._close(lambda flight: answers.teed(flight, tee, exception))

    async def abody_over(self, tee: Tee, exception: BaseException | None) -> None:
        """`body_over`, awaited."""
        await self._aclose(lambda flight: answers.teed(flight, tee, exception))

    # --- the record ---

    def _observer(self) -> Any:
        return self._log.observer(place=calling_place_beyond_libraries())

    def _opening(self, request: Any) -> CallOpening | None:
        """What is to be logged before the first request leaves; None for a later one."""
        if self._attempts:
            return None
        try:
            native = sent.native_request(request, self._given)
            provider = self._provider()
            call, fault = sent.read_call(provider, native)
            if fault is not None:
                self._fault("request", fault)
            report, report_fault = sent.report_of(provider, call)
            if report_fault is not None and fault is None:
                self._fault("report", report_fault)
            self._flight = Flight(provider, call, native, report, self._client)
            return self._flight.opening()
        except Exception as exception:
            self._fault("logged", exception)
            return None

    def _provider(self) -> Provider:
        """The service that the client talks to: looked up among all rows once for each address of a client."""
        known: dict[tuple[str, str], Provider] = vars(self._client).setdefault("_ell2a_providers", {})
        place = (str(self._client.base_url), self._wire)
        if place not in known:
            known[place] = registry.provider_at(*place)
        return known[place]

    def _begins(self) -> None:
        if self._flight is not None and not self._attempts:
            self._flight.leaves()
        self._response = None
        self._attempts.begins()

    def _answered_by(self, response: Any, is_async: bool) -> None:
        self._attempts.answered(response.status_code, request_id(response.headers))
        if self._flight is None:
            return
        self._flight.head = AnswerHead(
            response.status_code, request_id(response.headers), len(self._attempts) - 1, response.headers
        )
        if not response.is_success:
            return
        if bodies.content_of(response) is None:
            self._tee = weakref.ref(bodies.tee(response, self, is_async=is_async))
        else:
            self._response = response

    def _whole(self, flight: Flight) -> CallClosing:
        if self._response is None:
            raise LookupError("the SDK gave an answer that no request of it brought")
        return answers.whole(flight, BodyForm.of(self._response), bodies.content_of(self._response) or b"")

    def _failed(self, flight: Flight, exception: BaseException) -> CallClosing:
        if not isinstance(exception, Exception):
            # Ctrl-C or a cancelled task: the answer was not waited for.
            stopped = CallError(f"stopped by {type(exception).__name__} before the answer came")
            return flight.failed(stopped, status="interrupted")
        if self._response is None:
            return flight.failed(flight.error_of(exception))
        # The answer came, and the SDK could not make of it what its user asked for.
        closing = self._whole(flight)
        told = {"sdk_error": f"{type(exception).__name__}: {exception}"}
        return _with_other(closing, told)

    def _close(self, ending: Callable[[Flight], CallClosing]) -> None:
        record, closing = self._ends(ending)
        if record is not None and closing is not None:
            try:
                record.close(closing)
            except Exception as exception:
                self._fault("answer", exception)

    async def _aclose(self, ending: Callable[[Flight], CallClosing]) -> None:
        record, closing = self._ends(ending)
        if record is not None and closing is not None:
            try:
                # A cancelled task still closes its record.
                await asyncio.shield(record.aclose(closing))
            except Exception as exception:
                self._fault("answer", exception)

    def _ends(self, ending: Callable[[Flight], CallClosing]) -> tuple[CallRecord | None, CallClosing | None]:
        record, self._record = self._record, None
        flight = self._flight
        if record is None or flight is None:
            return None, None
        flight.attempts = self._attempts.as_metadata()
        try:
            closing = ending(flight)
        except Exception as exception:
            self._fault("answer", exception)
            closing = flight.failed(faults.as_error(exception))
        self._response = None
        return record, _with_other(closing, {"tracing_faults": self._faults}) if self._faults else closing

    def _fault(self, what: str, exception: Exception) -> None:
        self._faults[what] = faults.tell(what, exception)


def _with_other(closing: CallClosing, more: dict[str, Any]) -> CallClosing:
    metadata = closing.metadata
    return dataclasses.replace(closing, metadata=metadata.model_copy(update={"other": {**metadata.other, **more}}))
