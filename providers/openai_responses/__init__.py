"""The wire `openai-responses`: OpenAI's Responses API, spoken through the `openai` SDK."""

from ell2a.providers.openai_responses.provider import OpenAIResponses

__all__ = ["OpenAIResponses"]
