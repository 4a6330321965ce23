"""The provider class of the wire `anthropic-messages`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, ClassVar

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.providers import joined_pieces, signature_params
from ell2a.providers.accumulator import Accumulator
from ell2a.providers.anthropic_messages import stream_pieces, tables
from ell2a.providers.anthropic_messages.output_limit import default_max_tokens
from ell2a.providers.anthropic_messages.params import NOTES, OWNED, UNIVERSAL
from ell2a.providers.anthropic_messages.request import native_request
from ell2a.providers.anthropic_messages.request_reading import universal_call
from ell2a.providers.anthropic_messages.response import universal_response
from ell2a.providers.anthropic_messages.rules import RULES
from ell2a.providers.anthropic_messages.server_agents import SERVER_AGENTS
from ell2a.providers.anthropic_messages.stream import MessagesAccumulator
from ell2a.providers.anthropic_messages.thinking_kinds import with_thinking_kinds
from ell2a.providers.anthropic_messages.wire_facts import WIRE_FACTS
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.facts import facts_for
from ell2a.providers.provider import NativeRequest, NativeResponse
from ell2a.providers.report import Report
from ell2a.providers.sdk import SdkNeed, installed_version, require
from ell2a.providers.stainless import StainlessProvider


class AnthropicMessages(StainlessProvider):
    """Anthropic's Messages API, and whatever speaks it."""

    wire: ClassVar[str] = tables.WIRE
    sdk: ClassVar[SdkNeed] = SdkNeed("anthropic", "anthropic", tried=("0.125.0", "2.12.0"))
    client_classes: ClassVar[tuple[str, str]] = ("Anthropic", "AsyncAnthropic")
    universal = UNIVERSAL
    native_keys = tables.NATIVE_KEYS
    joins_turns = True
    """Source: docs.anthropic.com/en/api/messages, `messages`: consecutive turns of one role are combined."""
    owned = OWNED
    notes = NOTES
    rules = RULES
    error_rules = tables.ERROR_RULES
    server_agents = SERVER_AGENTS

    def provider_call_function(self, client: Any = None, model: str | None = None) -> Any:
        del client, model
        require(self.sdk, self.name)
        return import_module("anthropic.resources.messages").Messages.create

    def resource(self, client: Any) -> Any:
        return client.messages

    def capabilities(self, client: Any = None, model: str | None = None) -> ProviderCapabilities:
        del client
        return with_thinking_kinds(facts_for(self.row, WIRE_FACTS, model, self.wire), model)

    def translate_ell2a_to_provider(self, call: Ell2aCall, report: Report | None = None) -> NativeRequest:
        said = report if report is not None else Report(f"{self.name}/{call.model} on {self.wire}")
        return native_request(
            call,
            said,
            arguments=self._argument_names(),
            max_tokens=lambda: default_max_tokens(call, self.capabilities(None, call.model).max_output_tokens),
        )

    def translate_request_to_ell2a(self, native: NativeRequest) -> Ell2aCall:
        return universal_call(native, self.name)

    def translate_provider_to_ell2a(self, response: NativeResponse, call: Ell2aCall) -> Ell2aResponse:
        return universal_response(response, call, self.name)

    def joined(self, events: Iterable[Any]) -> Iterator[Any]:
        return joined_pieces.joined(events, stream_pieces.piece_of, stream_pieces.with_piece)

    def accumulator(self) -> Accumulator:
        return MessagesAccumulator()

    def _argument_names(self) -> frozenset[str] | None:
        if installed_version(self.sdk.package) is None:
            return None
        return signature_params.argument_names(self.provider_call_function())
