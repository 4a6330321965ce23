"""What keeps secrets off the disk.

Two rules, always on:

- The value of a known key (an environment variable whose name says that it is one, and whatever was given to
  `register_secret`) is replaced wherever it stands: prompts, requests, responses, errors, documents.
- Strings that look like keys (`sk-...`, `Bearer ...`, a URL with a password) are replaced in errors and URLs.
  Prompts are left as they are, so that a replay sends what was sent.

A user's own rules are a hook of the log: see `CallLog.redactor`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from ell2a.log.content import json_bytes

_NAMES_A_KEY = re.compile(
    r"(?:^|_)(?:API_?KEYS?|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIALS?)$", re.IGNORECASE
)
_SHORTEST = 8
_PLACEHOLDERS = {"not-needed", "not_needed", "placeholder", "sk-no-key-required", "no-key-required", "dummy-key"}
"""What people give local servers that want no key: ordinary words, that may stand in a prompt."""

_KEY_SHAPED = re.compile(
    r"(?P<scheme>\b(?:Bearer|Basic|Token)\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|\b(?:sk|pk|rk|gsk|xai|hf|r8|pplx|nvapi|fw|csk|ghp|gho|ghs|github_pat|glpat|xox[abprs])[-_][A-Za-z0-9_*-]{8,}"
    r"|\bAIza[A-Za-z0-9_-]{20,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|(?P<url>\b[a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]+(?=@)"
    r"|(?P<field>[\"']?\b(?:api[-_]?key|x-api-key|access[-_]?token|authorization|cookie|set-cookie|password|secret)"
    r"[\"']?\s*[:=]\s*[\"']?)(?:(?:Bearer|Basic|Token)\s+)?[^\s\"'&,;}]{6,}",
    re.IGNORECASE,
)
"""Sources: the providers' and services' own pages on the form of their keys; RFC 6750, RFC 7617, RFC 3986."""

_registered: dict[str, str] = {}


def register_secret(value: str, name: str = "key") -> None:
    """Make a value known as a secret: from now on no log of this process writes it. `name` is shown in its place."""
    if len(value) >= _SHORTEST:
        _registered[value] = name


class Redactor:
    """Takes secrets out of what is about to be written. Knows the secrets of the moment it is made."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._labels = {value: f"[redacted {name}]" for value, name in secrets.items()}
        # Longest first: a key may begin with another.
        found = sorted(self._labels, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, found))) if found else None
        self._bytes = {value.encode("utf-8", "surrogatepass"): label.encode() for value, label in self._labels.items()}
        # In JSON text a key with a quote or a backslash is spelt otherwise.
        self._needles = tuple({*self._bytes, *(json_bytes(value)[1:-1] for value in found)})

    def touches(self, text: bytes) -> bool:
        """Whether a secret stands in some bytes or JSON text."""
        return any(needle in text for needle in self._needles)

    def text(self, text: str) -> str:
        """The text without known secrets."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._labels[found.group()], text)

    def data(self, data: bytes) -> bytes:
        """The bytes without known secrets."""
        for secret, label in self._bytes.items():
            if secret in data:
                data = data.replace(secret, label)
        return data

    def value(self, value: Any) -> Any:
        """The JSON value without known secrets, in keys as well."""
        return _strings(value, self.text)

    def error_text(self, text: str) -> str:
        """The text of an error or a URL: without known secrets and without what looks like one."""
        return _KEY_SHAPED.sub(_shape, self.text(text))

    def error_value(self, value: Any) -> Any:
        """The body of an error, likewise."""
        return _strings(value, self.error_text)


def _shape(found: re.Match[str]) -> str:
    return f"{found.group('scheme') or found.group('url') or found.group('field') or ''}[redacted]"


def _strings(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(k) if isinstance(k, str) else k: _strings(item, change) for k, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strings(item, change) for item in value]
    return value


_seen: tuple[dict[Any, Any], dict[str, str]] | None = None
_current = Redactor({})


def current_redactor() -> Redactor:
    """The redactor for the keys that are known now. Made anew only when the environment or the register changed."""
    global _seen, _current
    # Comparing the dict behind os.environ takes 1 us; decoding it for every call would take 30.
    environment = getattr(os.environ, "_data", None) or dict(os.environ)
    if _seen is None or _seen[0] != environment or _seen[1] != _registered:
        _current = Redactor({**_keys_in(os.environ), **_registered})
        _seen = dict(environment), dict(_registered)
    return _current


def _keys_in(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        value.strip(): name
        for name, value in environment.items()
        if _NAMES_A_KEY.search(name) and len(value.strip()) >= _SHORTEST and value.strip() not in _PLACEHOLDERS
    }
