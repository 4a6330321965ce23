"""What the wire's error bodies mean, where their status alone does not say it: OpenAI's codes, as on its older wire."""

from __future__ import annotations

from ell2a.providers.errors import ErrorRule
from ell2a.providers.openai_chat.error_rules import ERROR_RULES as CHAT_RULES

ERROR_RULES: tuple[ErrorRule, ...] = CHAT_RULES
