"""Signatures of reasoning: what is sent back must be what the sandbox said."""

from __future__ import annotations

import base64
import hashlib
import hmac

_KEY = b"the sandbox signs for its own checks, not for secrecy"
_MARK = b"sandbox:"
_SHORT = 16


def sign(text: str) -> str:
    """The signature of some reasoning: it marks the text, and is told from a made-up one."""
    digest = hashlib.sha256(text.encode()).digest()[:_SHORT]
    seal = hmac.new(_KEY, digest, "sha256").digest()[:_SHORT]
    return base64.b64encode(_MARK + digest + seal).decode()


def is_signed(text: str, signature: str) -> bool:
    """Whether a signature is the sandbox's, and of this text. Reasoning that was not shown has an empty text."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    digest, seal = raw[len(_MARK) :][:_SHORT], raw[len(_MARK) + _SHORT :]
    genuine = raw.startswith(_MARK) and hmac.compare_digest(hmac.new(_KEY, digest, "sha256").digest()[:_SHORT], seal)
    return genuine and (not text or hashlib.sha256(text.encode()).digest()[:_SHORT] == digest)
