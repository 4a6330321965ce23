"""The wire openai-chat: OpenAI's chat completions, and whatever service speaks their format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.providers import facts, joined_pieces
from ell2a.providers.capabilities import ProviderCapabilities
from ell2a.providers.openai_chat import stream_pieces
from ell2a.providers.openai_chat.error_rules import ERROR_RULES
from ell2a.providers.openai_chat.native_keys import NATIVE_KEYS, WIRE
from ell2a.providers.openai_chat.params import NOTES, OWNED, UNIVERSAL
from ell2a.providers.openai_chat.request import write_request
from ell2a.providers.openai_chat.request_reading import read_request
from ell2a.providers.openai_chat.response import read_response
from ell2a.providers.openai_chat.rules import RULES
from ell2a.providers.openai_chat.stream import ChatAccumulator
from ell2a.providers.openai_chat.wire_facts import WIRE_FACTS
from ell2a.providers.provider import NativeRequest, NativeResponse
from ell2a.providers.report import Report
from ell2a.providers.sdk import SdkNeed, require
from ell2a.providers.stainless import StainlessProvider


class OpenAIChat(StainlessProvider):
    """OpenAI's chat completions, and whatever service speaks their format."""

    wire = WIRE
    sdk = SdkNeed("openai", "openai", ("2.0.0", "3.54.0"))
    client_classes = ("OpenAI", "AsyncOpenAI")
    owned = OWNED
    notes = NOTES
    universal = UNIVERSAL
    native_keys = NATIVE_KEYS
    rules = RULES
    error_rules = ERROR_RULES
    stand_ins: ClassVar[Mapping[str, Any] | None] = {"messages": ()}
    end_mark = b"[DONE]"
    takes_citations = False
    """Source: openai 3.54.0, types.chat.chat_completion_assistant_message_param has no `annotations`."""
    longest_call_id = 40
    """Source: OpenAI's refusal of a longer `tool_call_id`: "Expected a string with maximum length 40"."""

    def provider_call_function(self, client: Any = None, model: str | None = None) -> Any:
        del client, model
        require(self.sdk, self.name)
        from openai.resources.chat.completions import Completions

        return Completions.create

    def resource(self, client: Any) -> Any:
        return client.chat.completions

    def capabilities(self, client: Any = None, model: str | None = None) -> ProviderCapabilities:
        del client
        return facts.facts_for(self.row, WIRE_FACTS, model, self.wire)

    def translate_ell2a_to_provider(self, call: Ell2aCall, report: Report | None = None) -> NativeRequest:
        return write_request(
            call, report or Report(f"{self.name}/{call.model} on {self.wire}"), self.row.quirks_on(self.wire)
        )

    def translate_request_to_ell2a(self, native: NativeRequest) -> Ell2aCall:
        return read_request(native, self.name, self.row.quirks_on(self.wire))

    def translate_provider_to_ell2a(self, response: NativeResponse, call: Ell2aCall) -> Ell2aResponse:
        return read_response(response, call, self.name)

    def joined(self, events: Iterable[Any]) -> Iterator[Any]:
        return joined_pieces.joined(events, stream_pieces.piece_of, stream_pieces.with_piece)

    def accumulator(self) -> ChatAccumulator:
        return ChatAccumulator()
