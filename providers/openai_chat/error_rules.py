"""What the wire's error bodies mean, where their status alone does not say it."""

from __future__ import annotations

from ell2a import errors
from ell2a.providers.errors import ErrorRule

_OPENAI = "https://platform.openai.com/docs/guides/error-codes"
_AZURE = "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter"
_SEEN = "a recorded answer"

ERROR_RULES: tuple[ErrorRule, ...] = (
    ErrorRule(errors.ContextLengthExceeded, body=r"context_length_exceeded", source=_OPENAI),
    ErrorRule(
        errors.ContextLengthExceeded,
        body=r"maximum context length|max(imum)? context (length|window)|prompt (is )?too long|context window",
        status=400,
        source=f"{_SEEN} of Ollama; vLLM and llama.cpp say it alike",
    ),
    ErrorRule(errors.ContextLengthExceeded, body=r"exceed_context_size_error", source="llama.cpp, server"),
    ErrorRule(
        errors.ContentFiltered, body=r"\bcontent_filter\b|content_policy_violation|ResponsibleAIPolicy", source=_AZURE
    ),
    ErrorRule(
        errors.RateLimited, body=r"insufficient_quota|billing_hard_limit_reached|rate_limit_exceeded", source=_OPENAI
    ),
    ErrorRule(errors.RateLimited, body=r"RateLimitReached|\b429\b", status=429, source=f"{_SEEN} of Azure"),
    ErrorRule(errors.AuthenticationFailed, body=r"invalid_api_key|Incorrect API key", source=_OPENAI),
    ErrorRule(errors.NotFound, body=r"model_not_found|DeploymentNotFound", source=f"{_OPENAI}; {_SEEN} of Azure"),
    ErrorRule(errors.Overloaded, body=r"\boverloaded\b|server_overloaded|no capacity", source=_OPENAI),
)
"""The first that fits."""
