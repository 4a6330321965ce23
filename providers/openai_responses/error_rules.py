"""What the wire's error bodies mean, where their status alone does not say it: OpenAI's codes, most as on its older wire."""

from __future__ import annotations

from ell2a import errors
from ell2a.providers.errors import ErrorRule
from ell2a.providers.openai_chat.error_rules import ERROR_RULES as CHAT_RULES

_CODES = "openai 3.54.0, types.responses.response_error"

ERROR_RULES: tuple[ErrorRule, ...] = (
    ErrorRule(errors.ContentFiltered, body=r"\b(bio_policy|cyber_policy|misalignment_policy)", source=_CODES),
    ErrorRule(errors.CallTimeout, body=r"vector_store_timeout", source=_CODES),
    *CHAT_RULES,
)
"""The first that fits."""
