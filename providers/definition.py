"""A call that was checked where it was defined and may be made any number of times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ell2a.calls import AgentChoice, AnyAgent, Ell2aCall, ResponseFormat
from ell2a.messages import Message

if TYPE_CHECKING:
    from ell2a.providers.provider import Provider


@dataclass(frozen=True)
class Definition:
    """What `Provider.define` found to be in order. Everything but the messages is settled."""

    provider: Provider
    model: str
    client: Any = None
    agents: tuple[AnyAgent, ...] = ()
    agent_choice: AgentChoice | None = None
    response_format: ResponseFormat | None = None
    stream: bool = False
    api_params: dict[str, Any] = field(default_factory=dict)
    """The provider's own body params."""
    defaulted: frozenset[str] = frozenset()
    """Those of them that a model handle or `register_model` gave, not the user's definition."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options of the SDK's request (timeout, extra headers): never in the body, never in the log."""
    replay: bool = False
    """A replay's plan stands behind it, which has told what the wire cannot carry: nothing is refused for that any more."""

    def call(self, messages: list[Message]) -> Ell2aCall:
        """The call that these messages make of it."""
        return Ell2aCall(
            model=self.model,
            provider=self.provider.name,
            wire=self.provider.wire,
            messages=messages,
            agents=list(self.agents),
            agent_choice=self.agent_choice,
            response_format=self.response_format,
            stream=self.stream,
            api_params=self.api_params,
        )
