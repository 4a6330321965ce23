"""What a call asks of a model, held against what the model can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ell2a.calls import AgentSpec, Ell2aCall, ServerAgent
from ell2a.errors import UnsupportedCapability
from ell2a.messages import AgentCallBlock, AgentResultBlock, Block
from ell2a.providers.warn import warn_caller

if TYPE_CHECKING:
    from ell2a.providers.capabilities import Fact, ProviderCapabilities
    from ell2a.providers.provider import Provider

_MEDIA = {"image": "image_input", "audio": "audio_input", "video": "video_input", "document": "document_input"}
"""Block type -> capability."""

_SAYS = {
    "agents": "Leave out `agents`.",
    "response_format": "Leave out `response_format`.",
    "stream": "Leave out `stream`.",
}


class CapabilityUnknown(UserWarning):
    """Nothing says whether the model can do what is asked for; the call is made."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One capability that a part of a call needs."""

    capability: str
    """A field of ProviderCapabilities."""
    path: str
    """The part: `agents`, `response_format`, `messages.0.content.1`."""


def of_definition(*, agents: Iterable[Any], response_format: Any, stream: bool, n: Any = None) -> Iterator[Requirement]:
    """What is asked for before any message is known."""
    agents = list(agents)
    if any(isinstance(a, AgentSpec) for a in agents):
        yield Requirement("function_calling", "agents")
    if any(isinstance(a, ServerAgent) for a in agents):
        yield Requirement("server_agents", "agents")
    if response_format is not None and response_format.kind == "json_schema":
        yield Requirement("structured_outputs", "response_format")
    if stream:
        yield Requirement("streaming", "stream")
    if isinstance(n, int) and n > 1:
        yield Requirement("multiple_choices", "n")


def of_messages(call: Ell2aCall) -> Iterator[Requirement]:
    """What only the messages can show."""
    for m, message in enumerate(call.messages):
        if message.role == "system":
            yield Requirement("system_messages", f"messages.{m}")
        for b, block in enumerate(message.content):
            yield from _of_block(block, f"messages.{m}.content.{b}")


def _of_block(block: Block, path: str) -> Iterator[Requirement]:
    if block.type in _MEDIA:
        yield Requirement(_MEDIA[block.type], path)
    elif isinstance(block, AgentCallBlock):
        yield Requirement("function_calling", path)
    elif isinstance(block, AgentResultBlock):
        yield Requirement("agent_calling", path)
        for i, inner in enumerate(block.content):
            yield from _of_block(inner, f"{path}.content.{i}")


def check(target: str, capabilities: ProviderCapabilities, requirements: Iterable[Requirement]) -> None:
    """Raises UnsupportedCapability at the first `no`; warns once where a fact is `unknown`."""
    for need in requirements:
        fact = getattr(capabilities, need.capability)
        if fact.state == "no":
            source = fact.source + (f", {fact.as_of}" if fact.as_of else "")
            instead = " ".join(part for part in (_SAYS.get(need.path), _overrule(fact, need)) if part) or None
            raise UnsupportedCapability(
                target, need.capability, asked_by=f"`{need.path}`", source=source, instead=instead
            )
        if fact.state == "unknown" and (target, need.capability) not in _warned:
            _warned.add((target, need.capability))
            warn_caller(
                f"{target}: nothing says whether it supports {need.capability}, which `{need.path}` needs; it is tried."
                " `ell2a.register_model(..., capabilities={...})` settles it.",
                CapabilityUnknown,
            )


def _overrule(fact: Fact, need: Requirement) -> str | None:
    """What to do where one refused call is all that the `no` rests on."""
    if fact.source != "observed":
        return None
    return f"Seen in {fact.detail!r}; should it be so no more, `register_model(..., capabilities={{{need.capability!r}: True}})`."


def check_messages(provider: Provider, call: Ell2aCall) -> None:
    """Refuse, before the request leaves, what only the messages can show: an image for a model without images."""
    needs = list(of_messages(call))
    if needs:
        check(f"{provider.name}/{call.model}", provider.capabilities(None, call.model), needs)


_warned: set[tuple[str, str]] = set()
