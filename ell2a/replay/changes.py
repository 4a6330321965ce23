"""What is to be different in a replay: the changes of a plan, read from plain JSON values and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pydantic_core
from pydantic import TypeAdapter, ValidationError

from ell2a.calls import AgentChoice, AnyAgent, ResponseFormat
from ell2a.calls.coerce import agent_choice_of, agents_of, response_format_of
from ell2a.errors import DefinitionError, InvalidParams, ParamFault
from ell2a.messages import Message, messages_of, system

CHANGES: Mapping[str, str] = {
    "drop": "paths of the plan to leave out: `agents`, `messages.3`, `messages.3.content.1`, `response_format`, `api_params.seed`",
    "messages": "the conversation to send instead: a string, or a list of messages",
    "system": "the system message to send instead, as a string; null sends none",
    "agents": 'the agents to offer instead, as a list; `"in_words"` offers none and tells the calls and results in words',
    "agent_choice": '`"auto"`, `"none"`, `"required"`, or an agent\'s name',
    "response_format": 'a JSON schema, `"json_object"`, `"text"`, or `"in_words"`: the JSON is asked for in words and checked here',
    "stream": "true or false",
    "answer_agents_from_record": "true: a called agent is answered with the recorded result of the same agent and arguments",
}
"""The changes of ell2a's own, the same on every wire. Any other name is a param of the target."""

IN_WORDS = "in_words"


@dataclass(frozen=True)
class Changes:
    """The changes of one plan. A field of ell2a's own that is not `given` keeps what the original has."""

    given: Mapping[str, Any] = field(default_factory=dict)
    """As they were written: what `Plan.changed` adds to."""
    drop: tuple[str, ...] = ()
    messages: tuple[Message, ...] | None = None
    system: Message | None = None
    agents: tuple[AnyAgent, ...] = ()
    agents_in_words: bool = False
    agent_choice: AgentChoice | None = None
    response_format: ResponseFormat | None = None
    format_in_words: bool = False
    stream: bool = False
    answer_agents_from_record: bool = False
    api_params: Mapping[str, Any] = field(default_factory=dict)
    """The target's own params."""

    def gives(self, name: str) -> bool:
        """Whether a change of ell2a's own was written."""
        return name in self.given


def changes_of(given: Mapping[str, Any], *, wire: str, agents: list[AnyAgent]) -> Changes:
    """Read changes. `wire` is the target's; `agents` are the original's, for `agent_choice` by name.

    Raises InvalidParams with every fault at once, the params of the target aside: those are checked with the call.
    """
    reader = _Reader(given, wire, agents)
    changes = reader.changes()
    if reader.faults:
        raise InvalidParams("the changes of a replay", reader.faults, allowed=CHANGES)
    return changes


def merge_changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two sets of changes as one: their `drop` lists are joined, of anything else the second counts."""
    both = {**one, **other}
    if "drop" in one and "drop" in other:
        both["drop"] = list(dict.fromkeys([*_paths(one["drop"]), *_paths(other["drop"])]))
    return both


class _Reader:
    def __init__(self, given: Mapping[str, Any], wire: str, agents: list[AnyAgent]) -> None:
        self.given, self.wire, self.known = given, wire, agents
        self.faults: list[ParamFault] = []

    def changes(self) -> Changes:
        agents = self._agents()
        offered = list(agents) if "agents" in self.given else self.known
        return Changes(
            given=dict(self.given),
            drop=self._drop(),
            messages=self._messages(),
            system=self._system(),
            agents=agents,
            agents_in_words=self.given.get("agents") == IN_WORDS,
            agent_choice=self._read("agent_choice", lambda value: agent_choice_of(_choice(value), offered)),
            response_format=self._format(),
            format_in_words=self.given.get("response_format") == IN_WORDS,
            stream=self._flag("stream"),
            answer_agents_from_record=self._flag("answer_agents_from_record"),
            api_params={name: value for name, value in self.given.items() if name not in CHANGES},
        )

    def _fault(self, path: str, problem: str) -> None:
        self.faults.append(ParamFault(path, problem, CHANGES[path]))

    def _read(self, name: str, read: Any) -> Any:
        """What a change says, or None with the fault noted."""
        if self.given.get(name) is None:
            return None
        try:
            return read(self.given[name])
        except InvalidParams as error:
            self.faults.extend(error.faults)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            self._fault(name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        except DefinitionError as error:
            self._fault(name, str(error))
        return None

    def _drop(self) -> tuple[str, ...]:
        paths = _paths(self.given.get("drop") or [])
        if all(isinstance(path, str) for path in paths):
            return tuple(paths)
        self._fault("drop", f"{self.given['drop']!r} is no list of paths")
        return ()

    def _messages(self) -> tuple[Message, ...] | None:
        if "messages" in self.given and not self.given["messages"]:
            self._fault("messages", f"{self.given['messages']!r} says nothing to the model")
        found = self._read("messages", _messages)
        return None if found is None else tuple(found)

    def _system(self) -> Message | None:
        found: Message | None = self._read("system", system)
        return found

    def _agents(self) -> tuple[AnyAgent, ...]:
        if self.given.get("agents") == IN_WORDS:
            return ()
        return tuple(self._read("agents", lambda value: agents_of(_agents(value), self.wire)) or ())

    def _format(self) -> ResponseFormat | None:
        if self.given.get("response_format") == IN_WORDS:
            return None
        found: ResponseFormat | None = self._read("response_format", lambda value: response_format_of(_format(value)))
        return found

    def _flag(self, name: str) -> bool:
        value = self.given.get(name, False)
        if not isinstance(value, bool):
            self._fault(name, f"{value!r} is neither true nor false")
            return False
        return value


_AGENTS: TypeAdapter[AnyAgent] = TypeAdapter(AnyAgent)


def _paths(drop: Any) -> list[Any]:
    return [drop] if isinstance(drop, str) else list(drop) if isinstance(drop, (list, tuple)) else [drop]


def _messages(given: Any) -> list[Message]:
    if isinstance(given, (list, tuple)):
        return [_message(m) if isinstance(m, dict) else messages_of(m)[0] for m in given]
    return [_message(given)] if isinstance(given, dict) else messages_of(given)


def _message(given: dict[str, Any]) -> Message:
    # By way of JSON, where bytes are base64: in Python's own values a string would be taken for the bytes.
    return Message.model_validate_json(pydantic_core.to_json(given, bytes_mode="base64"))


def _agents(given: Any) -> list[Any]:
    """Agents in their JSON form are read as such; a dict of another form is an agent of the provider's own."""
    listed = given if isinstance(given, (list, tuple)) else [given]
    return [
        _AGENTS.validate_python(a) if isinstance(a, dict) and a.get("type") in ("agent", "server_agent") else a
        for a in listed
    ]


def _choice(given: Any) -> Any:
    return AgentChoice.model_validate(given) if isinstance(given, dict) else given


def _format(given: Any) -> Any:
    return ResponseFormat.model_validate(given) if isinstance(given, dict) and "kind" in given else given
