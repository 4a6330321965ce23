"""Rules across the params of the wire."""

from __future__ import annotations

from ell2a.providers.param_rules import ParamRule

RULES: tuple[ParamRule, ...] = ()
