"""Logging the calls of users' own SDK clients: `client = ell2a.trace(openai.OpenAI())`."""

from ell2a.tracing.clients import trace
from ell2a.tracing.faults import TracingFault

__all__ = ["TracingFault", "trace"]
