"""A call as plain data: what is asked of which model."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from ell2a.messages import JsonValue, Message, RunsAgent


class AgentSpec(BaseModel):
    """An agent as a model sees it: its name, what it is for, and the JSON schema of its arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    type: Literal["agent"] = "agent"
    name: str
    description: str | None = None
    input_schema: dict[str, JsonValue] = Field(alias="schema")
    strict: bool | None = None
    """Whether the provider is to hold the model to the schema; None leaves it to the provider."""
    native: dict[str, JsonValue] | None = None
    _agent: RunsAgent | None = PrivateAttr(default=None)

    def bind(self, agent: RunsAgent | None) -> AgentSpec:
        """Remember the function that runs; not part of the JSON form."""
        self._agent = agent
        return self

    @property
    def agent(self) -> RunsAgent | None:
        """The function of this program, where there is one."""
        return self._agent


class ServerAgent(BaseModel):
    """An agent of the provider's own (its web search, its code execution), in the wire's own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["server_agent"] = "server_agent"
    wire: str
    raw: dict[str, JsonValue]

    @property
    def name(self) -> str:
        """Its name, or its type where it has none."""
        return str(self.raw.get("name") or self.raw.get("type") or "server agent")


AnyAgent = Annotated[AgentSpec | ServerAgent, Field(discriminator="type")]


class AgentChoice(BaseModel):
    """Whether the model may, must or must not call an agent, or which one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["auto", "none", "required", "agent"]
    name: str | None = None
    """The agent that must be called, with kind `agent`."""
    among: list[str] | None = None
    """The agents that the choice is limited to, with kind `auto` or `required`; None: all."""


class ResponseFormat(BaseModel):
    """The structure asked of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    kind: Literal["json_schema", "json_object", "text"]
    name: str | None = None
    json_schema: dict[str, JsonValue] | None = Field(default=None, alias="schema")
    strict: bool | None = None
    description: str | None = None
    native: dict[str, JsonValue] | None = None
    _model: type[BaseModel] | None = PrivateAttr(default=None)

    def bind(self, model: type[BaseModel] | None) -> ResponseFormat:
        """Remember the class that the answer is made into; not part of the JSON form."""
        self._model = model
        return self

    @property
    def model(self) -> type[BaseModel] | None:
        """The class asked for, where there is one."""
        return self._model


class Ell2aCall(BaseModel):
    """What is asked of which model. Plain data: a client or a key is never part of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    provider: str
    wire: str
    messages: list[Message]
    agents: list[AnyAgent] = Field(default_factory=list)
    agent_choice: AgentChoice | None = None
    response_format: ResponseFormat | None = None
    stream: bool = False
    api_params: dict[str, Any] = Field(default_factory=dict)
    """The provider's own params, under the provider's own names: body params only, as JSON values."""

    def agent_named(self, name: str) -> AgentSpec | None:
        """The declared agent of this name."""
        return next((a for a in self.agents if isinstance(a, AgentSpec) and a.name == name), None)


class UniversalParams(BaseModel):
    """The params that many wires share, in one form: the table by which a replay carries params across."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int | None = None
    """The most output tokens, thinking included."""
    temperature: float | None = None
    """0 up to 2; some wires end at 1."""
    top_p: float | None = None
    """0 to 1."""
    stop: list[str] | None = None
    seed: int | None = None
    n: int | None = None
    """How many answers."""
    agent_choice: AgentChoice | None = None
    parallel_agent_calls: bool | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    reasoning_budget: int | None = None
    """The most thinking tokens, on the wires that count them instead of naming an effort."""
    response_format: ResponseFormat | None = None
    user_id: str | None = None
    """The caller's end user, for the provider's abuse checks."""
