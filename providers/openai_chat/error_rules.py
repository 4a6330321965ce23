"""What the wire's error bodies mean, where their status alone does not say it."""

from __future__ import annotations

from ell2a import errors
from ell2a.providers.errors import AMAZON_RULES, ErrorRule

_OPENAI = "https://platform.openai.com/docs/guides/error-codes"
_AZURE = "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter"
_OPENROUTER = "https://openrouter.ai/docs/api-reference/errors"
_SEEN = "a recorded answer"

ERROR_RULES: tuple[ErrorRule, ...] = (
    ErrorRule(errors.ContextLengthExceeded, body=r"context_length_exceeded", source=_OPENAI),
    ErrorRule(
        errors.ContextLengthExceeded,
        body=r"maximum context length|max(imum)? context (length|window)|prompt (is )?too long|exceeds? the context window",
        source=f"{_SEEN} of Ollama, one of OpenAI; vLLM and llama.cpp say it alike",
    ),
    ErrorRule(errors.ContextLengthExceeded, body=r"exceed_context_size_error", source="llama.cpp, server"),
    ErrorRule(
        errors.ContextLengthExceeded,
        body=r"input token count.* exceeds the maximum number of tokens",
        source="answers of the Gemini API",
    ),
    ErrorRule(
        errors.ContentFiltered, body=r"\bcontent_filter\b|content_policy_violation|ResponsibleAIPolicy", source=_AZURE
    ),
    ErrorRule(errors.ContentFiltered, status=403, body=r"requires moderation|input was flagged", source=_OPENROUTER),
    ErrorRule(
        errors.QuotaExhausted, body=r"insufficient_quota|billing_hard_limit_reached|billing_not_active", source=_OPENAI
    ),
    ErrorRule(errors.RateLimited, body=r"rate_limit_exceeded|RateLimitReached", source=f"{_OPENAI}; {_SEEN} of Azure"),
    ErrorRule(errors.PermissionDenied, status=401, body=r"insufficient permissions|missing scopes", source=_OPENAI),
    ErrorRule(
        errors.AuthenticationFailed,
        body=r"invalid_api_key|Incorrect API key|API key not valid|API_KEY_INVALID",
        source=f"{_OPENAI}; {_SEEN} of xAI, which comes with status 400; answers of the Gemini API",
    ),
    ErrorRule(errors.NotFound, body=r"model_not_found|DeploymentNotFound", source=f"{_OPENAI}; {_SEEN} of Azure"),
    ErrorRule(errors.Overloaded, body=r"\boverloaded\b|server_overloaded|no capacity", source=_OPENAI),
    *AMAZON_RULES,
)
"""The first that fits."""
