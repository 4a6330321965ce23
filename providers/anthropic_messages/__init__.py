"""The wire `anthropic-messages`: Anthropic's Messages API, spoken through the `anthropic` SDK."""

from ell2a.providers.anthropic_messages.provider import AnthropicMessages

__all__ = ["AnthropicMessages"]
