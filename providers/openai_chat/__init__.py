"""The wire openai-chat: OpenAI's chat completions, and whatever service speaks their format."""

from ell2a.providers.openai_chat.provider import OpenAIChat

__all__ = ["OpenAIChat"]
