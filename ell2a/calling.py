"""Calls without a decorator: `call` and `acall`, and the one place where a call meets the log."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from ell2a.calls import CallObserver, Ell2aResponse
from ell2a.calls.coerce import agent_choice_of, agents_of, response_format_of
from ell2a.errors import InvalidParams, ParamFault
from ell2a.handles import ModelHandle, resolve
from ell2a.messages import Message, messages_of
from ell2a.place import calling_place
from ell2a.providers.call_path import UNOBSERVED
from ell2a.providers.definition import Definition
from ell2a.providers.streams import AsyncStream, Stream
from ell2a.settings import current_log, settings
from ell2a.verbose import VerboseObserver

if TYPE_CHECKING:
    from ell2a.log.views import LmpSource


@overload
def call(
    model: str | ModelHandle,
    messages: Any,
    *,
    stream: Literal[True],
    agents: Iterable[Any] | None = ...,
    agent_choice: Any = ...,
    response_format: Any = ...,
    client: Any = ...,
    wire: str | None = ...,
    **api_params: Any,
) -> Stream: ...


@overload
def call(
    model: str | ModelHandle,
    messages: Any,
    *,
    stream: Literal[False] | None = ...,
    agents: Iterable[Any] | None = ...,
    agent_choice: Any = ...,
    response_format: Any = ...,
    client: Any = ...,
    wire: str | None = ...,
    **api_params: Any,
) -> Ell2aResponse: ...


@overload
def call(
    model: str | ModelHandle,
    messages: Any,
    *,
    stream: bool | None,
    agents: Iterable[Any] | None = ...,
    agent_choice: Any = ...,
    response_format: Any = ...,
    client: Any = ...,
    wire: str | None = ...,
    **api_params: Any,
) -> Ell2aResponse | Stream: ...


def call(
    model: str | ModelHandle,
    messages: Any,
    *,
    agents: Iterable[Any] | None = None,
    agent_choice: Any = None,
    response_format: Any = None,
    client: Any = None,
    stream: bool | None = None,
    wire: str | None = None,
    **api_params: Any,
) -> Ell2aResponse | Stream:
    """Call a model: check, translate, log, send, translate back.

    `model` is `"provider/model"`, a name that one provider only is known to have, or a handle. `messages` is a string,
    a message, or a list of these. `api_params` are the provider's own. With `stream=True` the result is an iterator
    of deltas that has `.message`, `.metadata` and the like once it is read. Raises DefinitionError before anything is
    sent, CallError after.
    """
    made = define(
        model,
        agents=agents,
        agent_choice=agent_choice,
        response_format=response_format,
        client=client,
        stream=stream,
        wire=wire,
        **api_params,
    )
    return run(made, messages_of(messages), stream=stream)


@overload
async def acall(
    model: str | ModelHandle,
    messages: Any,
    *,
    stream: Literal[True],
    agents: Iterable[Any] | None = ...,
    agent_choice: Any = ...,
    response_format: Any = ...,
    client: Any = ...,
    wire: str | None = ...,
    **api_params: Any,
) -> AsyncStream: ...


@overload
async def acall(
    model: str | ModelHandle,
    messages: Any,
    *,
    stream: Literal[False] | None = ...,
    agents: Iterable[Any] | None = ...,
    agent_choice: Any = ...,
    response_format: Any = ...,
    client: Any = ...,
    wire: str | None = ...,
    **api_params: Any,
) -> Ell2aResponse: ...


@overload
async def acall(
    model: str | ModelHandle,
    messages: Any,
    *,
    stream: bool | None,
    agents: Iterable[Any] | None = ...,
    agent_choice: Any = ...,
    response_format: Any = ...,
    client: Any = ...,
    wire: str | None = ...,
    **api_params: Any,
) -> Ell2aResponse | AsyncStream: ...


async def acall(
    model: str | ModelHandle,
    messages: Any,
    *,
    agents: Iterable[Any] | None = None,
    agent_choice: Any = None,
    response_format: Any = None,
    client: Any = None,
    stream: bool | None = None,
    wire: str | None = None,
    **api_params: Any,
) -> Ell2aResponse | AsyncStream:
    """`call`, awaited, with an asynchronous client."""
    made = define(
        model,
        agents=agents,
        agent_choice=agent_choice,
        response_format=response_format,
        client=client,
        stream=stream,
        wire=wire,
        **api_params,
    )
    return await arun(made, messages_of(messages), stream=stream)


def define(
    model: str | ModelHandle,
    *,
    agents: Iterable[Any] | None = None,
    agent_choice: Any = None,
    response_format: Any = None,
    client: Any = None,
    stream: bool | None = None,
    wire: str | None = None,
    **api_params: Any,
) -> Definition:
    """Check a call as far as it is known without its messages. Raises DefinitionError with all faults."""
    provider, name, defaults = resolve(model, wire)
    offered = agents_of(agents, provider.wire)
    faults: list[ParamFault] = []
    made = {
        "agent_choice": _or_fault(faults, lambda: agent_choice_of(agent_choice, offered)),
        "response_format": _or_fault(faults, lambda: response_format_of(response_format)),
    }
    try:
        definition = provider.define(
            name, client=client, agents=offered, stream=bool(stream), default_params=defaults, **made, **api_params
        )
    except InvalidParams as error:
        if not faults:
            raise
        raise InvalidParams(error.target, [*faults, *error.faults], allowed=error.allowed) from None
    if faults:
        raise InvalidParams(f"{provider.name}/{name}", faults)
    return definition


def _or_fault(faults: list[ParamFault], make: Callable[[], Any]) -> Any:
    """What `make` gives; its faults are told together with those of the params."""
    try:
        return make()
    except InvalidParams as error:
        faults.extend(error.faults)
        return None


def run(
    definition: Definition,
    messages: Sequence[Message],
    *,
    stream: bool | None = None,
    client: Any = None,
    lmp: LmpSource | None = None,
    replay_of: str | None = None,
) -> Ell2aResponse | Stream:
    """Make a defined call, logged and printed as the settings say. `stream` is what the user wrote, None for nothing."""
    made, behind = _streamed_behind(definition, stream)
    answer = made.provider.call_model(client, messages=messages, observer=_observer(lmp, replay_of), definition=made)
    return answer.response if behind and isinstance(answer, Stream) else answer


async def arun(
    definition: Definition,
    messages: Sequence[Message],
    *,
    stream: bool | None = None,
    client: Any = None,
    lmp: LmpSource | None = None,
    replay_of: str | None = None,
) -> Ell2aResponse | AsyncStream:
    """`run`, awaited."""
    made, behind = _streamed_behind(definition, stream)
    answer = await made.provider.acall_model(
        client, messages=messages, observer=_observer(lmp, replay_of), definition=made
    )
    return await answer.finish() if behind and isinstance(answer, AsyncStream) else answer


def _streamed_behind(definition: Definition, stream: bool | None) -> tuple[Definition, bool]:
    """The definition to use, and whether it streams only so that the answer prints as it comes."""
    now = settings()
    if stream is not None or not (now.verbose and now.verbose_stream) or definition.stream:
        return definition, False
    can = definition.provider.capabilities(definition.client, definition.model).streaming
    if can.state != "yes":
        return definition, False
    return dataclasses.replace(definition, stream=True), True


def _observer(lmp: LmpSource | None, replay_of: str | None) -> CallObserver:
    log = current_log()
    observer: CallObserver = UNOBSERVED
    if log is not None:
        observer = log.observer(lmp=lmp, place=calling_place(), replay_of=replay_of)
    if settings().verbose:
        return VerboseObserver(observer, title=lmp.name if lmp else None)
    return observer
