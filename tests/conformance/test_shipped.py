"""The shipped providers keep every law."""

from __future__ import annotations

from ell2a.providers.conformance.wires.anthropic_messages import AnthropicMessagesConformance
from ell2a.providers.conformance.wires.openai_chat import OpenAIChatConformance
from ell2a.providers.conformance.wires.openai_responses import OpenAIResponsesConformance


class TestOpenAIChat(OpenAIChatConformance):
    """openai-chat."""


class TestAnthropicMessages(AnthropicMessagesConformance):
    """anthropic-messages."""


class TestOpenAIResponses(OpenAIResponsesConformance):
    """openai-responses."""
