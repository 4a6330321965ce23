"""How a mutant is made: a shipped provider with one method replaced, under the laws as the shipped one is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from ell2a.calls import Ell2aCall, Ell2aResponse
from ell2a.messages import Block, Message
from ell2a.providers import Report, registry
from ell2a.providers.anthropic_messages import AnthropicMessages
from ell2a.providers.conformance import Subject
from ell2a.providers.conformance.wires.anthropic_messages import AnthropicMessagesConformance
from ell2a.providers.conformance.wires.openai_chat import OpenAIChatConformance
from ell2a.providers.openai_chat import OpenAIChat

MUTANTS: dict[str, Subject] = {}
"""Name of the fault -> the provider that has it, as a subject of the laws."""

_EXAMPLES = 10
"""Each thing by itself finds most faults; fewer generated calls are enough here."""

_WIRES: dict[str, tuple[type[Any], type[Subject]]] = {
    "openai": (OpenAIChat, OpenAIChatConformance),
    "anthropic": (AnthropicMessages, AnthropicMessagesConformance),
}


def mutant(fault: str, of: str, **broken: Any) -> None:
    """Put a provider with these attributes and methods in the place of its own among the mutants."""
    assert fault not in MUTANTS
    speaks, laws = _WIRES[of]
    provider = type(f"Mutant_{fault}", (speaks,), broken)(registry.row(of))
    MUTANTS[fault] = type(f"Laws_{fault}", (laws,), {"provider": provider, "examples": _EXAMPLES})()


def base_of(provider: Any) -> Any:
    """The shipped class that a mutant is made of."""
    return type(provider).__mro__[1]


def writing(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The native request is changed, in place, after it was written."""

    def translate(self: Any, call: Ell2aCall, report: Report | None = None) -> dict[str, Any]:
        native: dict[str, Any] = copy.deepcopy(base_of(self).translate_ell2a_to_provider(self, call, report))
        change(native)
        return native

    return {"translate_ell2a_to_provider": translate}


def reading(change: Callable[[Ell2aCall], Ell2aCall]) -> dict[str, Any]:
    """The call is changed after it was read."""

    def translate(self: Any, native: dict[str, Any]) -> Ell2aCall:
        return change(base_of(self).translate_request_to_ell2a(self, native))

    return {"translate_request_to_ell2a": translate}


def answering(change: Callable[[Ell2aResponse], Any]) -> dict[str, Any]:
    """The response is changed, in place, after it was translated."""

    def translate(self: Any, native: dict[str, Any], call: Ell2aCall) -> Ell2aResponse:
        response: Ell2aResponse = base_of(self).translate_provider_to_ell2a(self, native, call)
        change(response)
        return response

    return {"translate_provider_to_ell2a": translate}


def with_blocks(message: Message, change: Callable[[Block], Block | None]) -> Message:
    """A message with each block changed, or left out."""
    kept = [changed for block in message.content if (changed := change(block)) is not None]
    return message.model_copy(update={"content": kept})


def blocks_of_call(change: Callable[[Block], Block | None]) -> dict[str, Any]:
    """Every block of a call that was read is changed."""
    return reading(
        lambda call: call.model_copy(update={"messages": [with_blocks(message, change) for message in call.messages]})
    )


def blocks_of_answer(change: Callable[[Block], Block | None]) -> dict[str, Any]:
    """Every block of an answer is changed."""

    def each(response: Ell2aResponse) -> None:
        response.messages = [with_blocks(message, change) for message in response.messages]

    return answering(each)
