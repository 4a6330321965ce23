"""The wire openai-responses: OpenAI's Responses API, and whatever service speaks its format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.providers import facts, joined_pieces
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.openai_responses import stream_pieces
from ell2a.providers.openai_responses.error_rules import ERROR_RULES
from ell2a.providers.openai_responses.native_keys import NATIVE_KEYS, WIRE
from ell2a.providers.openai_responses.params import NOTES, OWNED, UNIVERSAL
from ell2a.providers.openai_responses.request import write_request
from ell2a.providers.openai_responses.request_reading import read_request
from ell2a.providers.openai_responses.response import read_response
from ell2a.providers.openai_responses.rules import RULES
from ell2a.providers.openai_responses.server_agents import SERVER_AGENTS
from ell2a.providers.openai_responses.stream import ResponsesAccumulator
from ell2a.providers.openai_responses.wire_facts import WIRE_FACTS
from ell2a.providers.provider import NativeRequest, NativeResponse
from ell2a.providers.report import Report
from ell2a.providers.sdk import SdkNeed, require
from ell2a.providers.stainless import StainlessProvider


class OpenAIResponses(StainlessProvider):
    """OpenAI's Responses API, and whatever service speaks its format."""

    wire = WIRE
    sdk = SdkNeed("openai", "openai", ("2.0.0", "3.54.0"))
    client_classes = ("OpenAI", "AsyncOpenAI")
    owned = OWNED
    notes = NOTES
    universal = UNIVERSAL
    native_keys = NATIVE_KEYS
    rules = RULES
    server_agents = SERVER_AGENTS
    error_rules = ERROR_RULES
    stand_ins: ClassVar[Mapping[str, Any] | None] = {}
    longest_call_id = 64
    """Source: OpenAI's refusal of a longer `call_id`: "Expected a string with maximum length 64"."""
    kept_elsewhere: ClassVar[Mapping[str, str]] = {
        "previous_response_id": "an answer that OpenAI keeps, with what was said before it",
        "conversation": "a conversation that OpenAI keeps",
        "prompt": "a prompt that OpenAI keeps",
    }
    """Source: openai 3.54.0, the docs of these params of `responses.create`."""

    def provider_call_function(self, client: Any = None, model: str | None = None) -> Any:
        del client, model
        require(self.sdk, self.name)
        from openai.resources.responses import Responses

        return Responses.create

    def resource(self, client: Any) -> Any:
        return client.responses

    def capabilities(self, client: Any = None, model: str | None = None) -> ProviderCapabilities:
        del client
        return facts.facts_for(self.row, WIRE_FACTS, model, self.wire)

    def translate_ell2a_to_provider(self, call: Ell2aCall, report: Report | None = None) -> NativeRequest:
        return write_request(call, report or Report(f"{self.name}/{call.model} on {self.wire}"))

    def translate_request_to_ell2a(self, native: NativeRequest) -> Ell2aCall:
        return read_request(native, self.name)

    def translate_provider_to_ell2a(self, response: NativeResponse, call: Ell2aCall) -> Ell2aResponse:
        return read_response(response, call)

    def joined(self, events: Iterable[Any]) -> Iterator[Any]:
        return joined_pieces.joined(events, stream_pieces.piece_of, stream_pieces.with_piece)

    def accumulator(self) -> ResponsesAccumulator:
        return ResponsesAccumulator()
