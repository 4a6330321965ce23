"""What a model can do, as facts that each name their source."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from ell2a.messages import JsonValue

State = Literal["yes", "no", "unknown"]


class Fact(BaseModel):
    """One thing known, or not known, of a model. `unknown` is not `no`: it warns, and does not refuse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State
    value: JsonValue = None
    """A limit, a date or a list of kinds, where yes and no do not say it all."""
    source: str
    """Where it is known from: `wire`, `row`, `models.dev` (our table), an SDK with its version, `provider`, `observed`, `yours`."""
    as_of: str | None = None
    """The day it was true, ISO 8601."""
    detail: str | None = None
    """More in words: a URL, the reason of a no."""
    call_id: str | None = None
    """The call that showed it, of a fact that was observed."""


UNKNOWN = Fact(state="unknown", source="nothing says")


def yes(source: str, *, value: JsonValue = None, as_of: str | None = None, detail: str | None = None) -> Fact:
    """It can."""
    return Fact(state="yes", source=source, value=value, as_of=as_of, detail=detail)


def no(source: str, *, as_of: str | None = None, detail: str | None = None) -> Fact:
    """It cannot."""
    return Fact(state="no", source=source, as_of=as_of, detail=detail)


class ProviderCapabilities(BaseModel):
    """What a model of a provider can do on a wire. No field has a default: each is said aloud."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    streaming: Fact
    structured_outputs: Fact
    """Answers held to a JSON schema."""
    function_calling: Fact
    """The wire takes declared functions."""
    agent_calling: Fact
    """It also takes their results back in the history."""
    parallel_agent_calls: Fact
    """Several agent calls in one answer."""
    agent_choice: Fact
    """`value` lists the kinds: auto, none, required, agent."""
    system_messages: Fact
    image_input: Fact
    audio_input: Fact
    video_input: Fact
    document_input: Fact
    image_output: Fact
    audio_output: Fact
    thinking: Fact
    """`value` lists the kinds: effort, budget, adaptive."""
    caching: Fact
    multiple_choices: Fact
    """n > 1."""
    seed: Fact
    stop: Fact
    temperature: Fact
    logprobs: Fact
    citations: Fact
    server_agents: Fact
    """Agents that the provider runs itself; `value` lists their types."""
    context_window: Fact
    """`value` in tokens."""
    max_output_tokens: Fact
    """`value` in tokens."""
    knowledge_date: Fact
    """`value` as the source writes it."""
    end_of_life: Fact
    """yes: `value` is the date after which the model is not served."""

    def updated(self, facts: dict[str, Fact]) -> ProviderCapabilities:
        """These with some facts replaced; a fact `unknown` replaces nothing."""
        known = {name: fact for name, fact in facts.items() if fact.state != "unknown"}
        return self.model_copy(update=known) if known else self
